"""A class or an object with ``forward`` and ``backward`` methods that keeps its state between the two.

An object is used as it is, again and again, as it would be in training: what it forgets to reset is seen. So is one
object of a class for as long as its constructor asks for nothing else; it is given what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import replace
from functools import partial
from inspect import BoundArguments
from typing import Any

import numpy as np

from checks.adapters.answered import forwarded
from checks.adapters.backwards import Backward, Ran
from checks.adapters.callables import name_of
from checks.adapters.constructor import Constructor
from checks.adapters.flags import Flags, about_one_mode, of_method
from checks.adapters.grown import Grown, flushed
from checks.adapters.holders import attributes, held_at, stored
from checks.adapters.homes import ByName, Homes, OfObject, Seen
from checks.adapters.kept import Kept
from checks.adapters.learned import Learned
from checks.adapters.methods import Methods
from checks.adapters.open_constructor import settled
from checks.adapters.outputs import Outputs
from checks.adapters.reused import Reused
from checks.adapters.shown import ClassSource, ObjectSource
from checks.adapters.signature import Plan, read
from checks.adapters.slots import Slot
from checks.adapters.switches import by_flags, flags_of_mode, switch_of
from checks.adapters.two_modes import Mention, in_other_mode, left_in, put_back, told
from checks.adapters.words import WORDS, Turn, as_it_comes, first_present, fixed_by, names_of, per_axis
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def adapt_class(
    kind: type, methods: Methods, arguments: tuple[str, ...], outputs: Outputs, turn: Turn = as_it_comes
) -> Subject:
    """Subject from a class: constructor and forward share the arrays and keywords as their signatures ask.

    ``turn`` makes our shapes of its arrays', from which the constructor is told sizes.

    A window with sides alike is handed over as one number, and as one for each axis where that is not understood.

    Raises UsageError where either signature cannot be understood.
    """
    constructor = settled(kind, Constructor.of(kind, arguments[1:], turn), arguments)
    method = read(methods.ahead(kind), arguments, "class")
    taken = method.taken(arguments[:1])
    objects, homes, mention = Reused(kind), ByName(arguments), Mention(outputs.remarks)
    flags = of_method(method.flags, method.signature.parameters.values(), outputs.remarks)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        *firsts, last = constructor.forms(arrays, config)
        for numbers in firsts:
            with suppress(TypeError):
                return once(arrays, config, numbers)
        return once(arrays, config, last)

    def once(arrays: Arrays, config: Config, numbers: Config) -> tuple[Array, Ran]:
        bound, elsewhere = constructor.bind(arrays, numbers), {*constructor.plan.slots, *taken}
        layer = objects.give(bound, constructor.handed(arrays), arrays, _forms(arrays, taken))
        mention.look(layer)
        placed = {name: array for name, array in arrays.items() if name not in elsewhere}
        try:
            bound = method.bind({name: arrays[name] for name in arrays if name in taken}, config)
            return _placed(layer, methods, outputs, bound, placed, homes, flags)
        except BaseException:
            objects.forget()
            raise

    limits = _merged(constructor.plan, method) | dict.fromkeys(constructor.flags, (False, True))
    own = tuple(name for name in arguments if name not in method.slots)
    back = Backward(homes, outputs.remarks, Learned(homes, own, outputs.remarks))
    shown = ClassSource(kind, methods, constructor, method, objects, back, back.grown)
    return replace(_subject(name_of(kind), run, back, limits, shown), forget=objects.forget, builds=True)


def _forms(arrays: Arrays, taken: frozenset[str]) -> dict[str, Any]:
    """What an object is made for, of arrays: of those that its forward is given the number of axes alone."""
    return {name: array.ndim if name in taken else (array.dtype, array.shape) for name, array in arrays.items()}


def adapt_object(
    layer: Any, methods: Methods, arguments: tuple[str, ...], outputs: Outputs, kept: Kept | None = None
) -> Subject:
    """Subject from an object: its attributes fix the configuration, and its arrays are replaced by the case's.

    They stand where ``kept`` says, or else under their names. Where the object can be copied, a copy stands beside it,
    one in its other mode where it has two, and what calls leave in it can be forgotten. Raises UsageError where the
    signature of the forward cannot be understood.
    """
    made = partial(_of_object, methods, arguments, outputs, kept)
    found, flagged = made(layer), flags_of_mode(layer, methods, arguments)
    said = about_one_mode(flagged)
    with suppress(*RAISED):
        found = replace(found, forget=partial(put_back, layer, left_in(layer)))
        found = replace(found, sibling=made(deepcopy(layer)))
        if switch := by_flags(methods, flagged) or switch_of(layer):
            found = replace(found, modes={switch.mode: in_other_mode(layer, switch, made)})
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
    flags = of_method(method.flags, () if kept else method.signature.parameters.values(), outputs.remarks)
    taken = method.taken(inputs if kept else inputs[:1])
    known = kept and taken.issuperset(inputs)
    homes: Homes = Seen(arguments, own, kept.returned) if kept and known else OfObject(arguments)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        placed = {name: array for name, array in arrays.items() if name not in taken}
        bound = method.bind({name: arrays[name] for name in arrays if name in taken}, config)
        return _placed(layer, methods, outputs, bound, placed, homes, flags)

    limits = {**method.limits(), **fixed_by(attributes(layer)), **({"axes": 2} if per_axis(attributes(layer)) else {})}
    words = frozenset(method.words) | {word for word in WORDS if word in limits}
    limits = {**limits, "words": words} if "words" in limits else limits
    learned = Learned(homes, tuple(name for name in arguments if name not in method.slots), outputs.remarks)
    back = Backward(homes, outputs.remarks, kept.steps if kept and known else learned)
    shown = ObjectSource(layer, methods, method, back, back.grown, *_known(layer, homes, kept), switched)
    return _subject(name_of(layer), run, back, _without_bias(limits, layer), shown)


def _known(layer: Any, homes: Homes, kept: Kept | None) -> tuple[Mapping[str, Slot], Any, bool]:
    """Places of an object's arrays, what a backward of it gave, and whether its first forward makes them."""
    if kept and isinstance(homes, Seen):
        return homes.slots, kept.result, kept.built
    return {}, None, "weight" in homes.arguments and held_at(layer, "weight") is None


def _subject(
    name: str,
    run: Callable[[Arrays, Config], tuple[Array, Ran]],
    back: Backward,
    limits: Config,
    shown: ClassSource | ObjectSource,
) -> Subject:
    """A subject whose gradients never grow from call to call, with one that leaves them as the layer does."""
    as_it_is = replace(shown, grown=Grown(back.homes))
    raw = Subject(name, run, back.once, limits, stateful=True, remarks=back.remarks, preamble=as_it_is)
    return replace(raw, backward=back.from_zero, untouched=raw, preamble=shown)


def _placed(
    layer: Any, methods: Methods, outputs: Outputs, bound: BoundArguments, placed: Arrays, homes: Homes, flags: Flags
) -> tuple[Array, Ran]:
    """A forward with these arrays in their places, after one that builds them where the layer has not had any."""

    def forward(layer: Any, alight: Mapping[str, Any]) -> Ran:
        arguments = BoundArguments(bound.signature, {**bound.arguments, **alight})
        homes.build(layer, placed, lambda: methods.ahead(layer)(*arguments.args, **arguments.kwargs))
        homes.place(layer, placed)
        flushed(layer)
        answer = forwarded(layer, methods, outputs, arguments)
        homes.demand_kept(layer, placed)
        return Ran(layer, methods, answer)

    def rehearse(alight: Mapping[str, Any]) -> None:
        ran = forward(deepcopy(layer), alight)
        methods.back(ran.layer, *ran.answer.handed(np.ones_like(ran.answer.y)))

    ran = forward(layer, flags.set_for(rehearse))
    return ran.answer.y, ran


def _merged(built: Plan, method: Plan) -> dict[str, Any]:
    """Limits of a constructor and a method together: a keyword may go to either."""
    first, second = built.limits(), method.limits()
    open_words = built.open or method.open
    found = {**first, **second}
    for word in ("words", "square"):
        both = frozenset(first.get(word, ())) | frozenset(second.get(word, ()))
        found |= {word: both} if both else {}
    if open_words:
        found.pop("words", None)
    return found


def _without_bias(limits: dict[str, Any], layer: Any) -> dict[str, Any]:
    """An object that holds a weight has a bias or has none, for good; of one that it is yet to build nobody knows."""
    everything = stored(layer)
    weight = first_present(names_of("weight"), everything)
    if not weight or everything[weight] is None:
        return limits
    bias = first_present(names_of("bias"), everything)
    return {**limits, "bias": bool(bias) and everything[bias] is not None}
