"""An object with forward and backward methods: its attributes fix the configuration, the case gives arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial
from typing import Any

from checks.adapters.backwards import Backward, Ran
from checks.adapters.bias_order import order_of
from checks.adapters.built_window import settings_of, shape_of_all
from checks.adapters.callables import given_by_name, name_of
from checks.adapters.described import described
from checks.adapters.flags import about_one_mode, of_method
from checks.adapters.holders import attributes, held_at, stored
from checks.adapters.homes import Homes, OfObject, Seen
from checks.adapters.inner import part_of
from checks.adapters.kept import Kept
from checks.adapters.learned import Learned
from checks.adapters.left_complex import kept_real
from checks.adapters.listed import listed
from checks.adapters.methods import Methods
from checks.adapters.outputs import Outputs
from checks.adapters.own_generators import OwnGenerators
from checks.adapters.shown import ObjectSource
from checks.adapters.signature import read
from checks.adapters.slots import Slot, slot_of
from checks.adapters.stateful import placed_forward, subject_of
from checks.adapters.switches import by_flags, flags_of_mode, switch_of
from checks.adapters.two_modes import in_other_modes, left_in, put_back, told
from checks.adapters.words import WORDS, first_present, names_of, per_axis
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape


def adapt_object(
    layer: Any, methods: Methods, arguments: tuple[str, ...], outputs: Outputs, kept: Kept | None = None
) -> Subject:
    """Subject from an object: its attributes fix the configuration, and its arrays are replaced by the case's.

    They stand where ``kept`` says, or else under their names. Where the object can be copied, a copy stands beside it,
    one in its other mode where it has two, and what calls leave in it can be forgotten. Raises UsageError where the
    signature of the forward cannot be understood.
    """
    made = partial(_of_object, methods, arguments, outputs, kept or listed(layer, arguments))
    found, flagged = made(layer), flags_of_mode(layer, methods, arguments)
    said = about_one_mode(flagged)
    with suppress(*RAISED):
        found = replace(found, forget=partial(put_back, layer, left_in(layer)))
        found = replace(found, sibling=made(deepcopy(layer)))
        if switch := by_flags(methods, flagged) or switch_of(layer):
            found = replace(found, modes=in_other_modes(layer, switch, made))
            said = [told(switch, layer)]
    found.remarks.extend(said)
    return found


def _of_object(
    methods: Methods,
    arguments: tuple[str, ...],
    outputs: Outputs,
    kept: Kept | None,
    layer: Any,
    switched: Sequence[str] = (),
) -> Subject:
    """Subject from an object alone; ``switched`` are lines of a script that bring it into its mode."""
    own = kept.slots if kept else {}
    inputs = tuple(name for name in arguments if name not in own)
    method = read(methods.ahead(layer), inputs, "class")
    given = given_by_name(methods.ahead(layer))
    free = [each for each in method.signature.parameters.values() if each.name not in given]
    flags = of_method(method.flags, () if kept else free, outputs.remarks)
    taken = method.taken(inputs if kept else inputs[:1])
    known = kept and taken.issuperset(inputs)
    homes: Homes = Seen(arguments, own, kept.returned, kept.order) if kept and known else OfObject(arguments)
    drawn = OwnGenerators.of(layer, outputs.remarks)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        placed = {name: array for name, array in arrays.items() if name not in taken}
        bound = method.bind({name: arrays[name] for name in arrays if name in taken}, config)
        with kept_real(layer, arrays):
            return drawn.ahead(layer, lambda: placed_forward(layer, methods, outputs, bound, placed, homes, flags))

    part = layer if kept else part_of(layer)
    everything = {**attributes(part), **attributes(layer)}
    weight = _shape_of(part, "weight", own) or shape_of_all(everything)
    limits = {**method.limits(), **settings_of(everything, weight), **({"axes": 2} if per_axis(everything) else {})}
    words = frozenset(method.words) | {word for word in WORDS if word in limits}
    limits = {**limits, "words": words} if "words" in limits else limits
    learned = Learned(homes, tuple(name for name in arguments if name not in method.slots), outputs.remarks)
    back = Backward(homes, outputs.remarks, kept.steps if kept and known else learned)
    shown = ObjectSource(layer, methods, method, back, back.grown, *_known(layer, homes, kept), switched, _left(kept))
    by_place = "weight" in own and not (kept and kept.values)
    limits = {**limits, "bias": "bias" in own} if by_place else _without_bias(limits, part)
    subject = subject_of(name_of(layer), run, back, limits, shown)
    subject = described(subject, method)
    return replace(subject, built_with=weight, bias_axes=order_of(_shape_of(part, "bias", own)), moved=frozenset(own))


def _shape_of(layer: Any, name: str, own: Mapping[str, Slot]) -> Shape:
    """The shape of the array of this name that an object holds; empty where it holds none, or one that is no array."""
    slot = own.get(name) or slot_of(layer, name)
    shape = getattr(slot.value(layer), "shape", ()) if slot else ()
    return tuple(shape) if isinstance(shape, tuple) else ()


def _known(layer: Any, homes: Homes, kept: Kept | None) -> tuple[Mapping[str, Slot], Any, bool]:
    """Places of an object's arrays, what a backward of it gave, and whether its first forward makes them."""
    if kept and isinstance(homes, Seen):
        return homes.slots, kept.result, kept.built
    return {}, None, "weight" in homes.arguments and held_at(part_of(layer), "weight") is None


def _left(kept: Kept | None) -> dict[str, Slot | None]:
    """What an object holds that no case replaces, and that may be of its own numbers, with its place if it is known."""
    return {name: kept.left.get(name) for name in kept.unexamined} if kept else {}


def _without_bias(limits: dict[str, Any], layer: Any) -> dict[str, Any]:
    """An object that holds a weight has a bias or has none, for good; of one that it is yet to build nobody knows."""
    everything = stored(layer)
    weight = first_present(names_of("weight"), everything)
    if not weight or everything[weight] is None:
        return limits
    bias = first_present(names_of("bias"), everything)
    return {**limits, "bias": bool(bias) and everything[bias] is not None}
