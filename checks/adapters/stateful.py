"""A class or an object with ``forward`` and ``backward`` methods that keeps its state between the two.

An object is used as it is, again and again, as it would be in training: what it forgets to reset is seen. So is one
object of a class for as long as its constructor asks for nothing else; it is given what it asks for.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from inspect import BoundArguments, Signature
from typing import Any

from checks.adapters.answered import answered
from checks.adapters.backwards import Backward, Ran
from checks.adapters.callables import name_of
from checks.adapters.holders import attributes, stored
from checks.adapters.homes import ByName, Homes, OfObject, Seen
from checks.adapters.kept_parameters import Kept
from checks.adapters.methods import Methods
from checks.adapters.outputs import Outputs
from checks.adapters.preamble import preamble
from checks.adapters.reused import Reused
from checks.adapters.signature import Plan, read
from checks.adapters.words import WORDS, first_present, fixed_by, forms, names_of, per_axis, sizes
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def adapt_class(kind: type, methods: Methods, arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    """Subject from a class: constructor and forward share the arrays and keywords as their signatures ask.

    A window with sides alike is handed over as one number, and as one for each axis where that is not understood.

    Raises UsageError where either signature cannot be understood.
    """
    whole = read(kind, arguments[1:], "constructor")
    flags = {name: parameter for name, parameter in whole.slots.items() if _is_flag(whole.signature, parameter)}
    built = replace(whole, slots={name: slot for name, slot in whole.slots.items() if name not in flags})
    method, objects, homes = read(methods.ahead(kind), arguments, "class"), Reused(kind), ByName(arguments)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        *firsts, last = forms({**sizes(arrays), **config})
        for numbers in firsts:
            with suppress(TypeError):
                return once(arrays, config, numbers)
        return once(arrays, config, last)

    def once(arrays: Arrays, config: Config, numbers: Config) -> tuple[Array, Ran]:
        bound = built.bind(arrays, numbers)
        bound.arguments |= {parameter: name in arrays for name, parameter in flags.items()}
        handed = {slot: name for name, slot in built.slots.items() if name in arrays}
        layer = objects.give(bound, handed, arrays, _forms(arrays, method))
        placed = {name: array for name, array in arrays.items() if name not in {*built.slots, *method.slots}}
        try:
            return _placed(layer, methods, outputs, method.bind(arrays, config), placed, homes)
        except BaseException:
            objects.forget()
            raise

    limits = _merged(built, method) | dict.fromkeys(flags, (False, True))
    return _subject(name_of(kind), run, homes, limits, outputs.remarks)


def _forms(arrays: Arrays, method: Plan) -> dict[str, Any]:
    """What an object is made for, of arrays: all but the sizes of those that its forward is given."""
    return {name: (array.dtype, array.ndim if name in method.slots else array.shape) for name, array in arrays.items()}


def _is_flag(signature: Signature, name: str) -> bool:
    """Whether a parameter says that there is an array, and does not hold it: ``bias=True``."""
    parameter = signature.parameters[name]
    return isinstance(parameter.default, bool) or parameter.annotation in {bool, "bool"}


def adapt_object(
    layer: Any, methods: Methods, arguments: tuple[str, ...], outputs: Outputs, kept: Kept | None = None
) -> Subject:
    """Subject from an object: its attributes fix the configuration, and its arrays are replaced by the case's.

    They stand where ``kept`` says, or else under their names. Raises UsageError where the signature of the forward
    cannot be understood.
    """
    own = kept.slots if kept else {}
    inputs = tuple(name for name in arguments if name not in own)
    method = read(methods.ahead(layer), inputs, "class")
    known = kept and set(inputs) <= set(method.slots)
    homes: Homes = Seen(arguments, own, kept.returned) if kept and known else OfObject(arguments)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Ran]:
        placed = {name: array for name, array in arrays.items() if name not in method.slots}
        return _placed(layer, methods, outputs, method.bind(arrays, config), placed, homes)

    limits = {**method.limits(), **fixed_by(attributes(layer)), **({"axes": 2} if per_axis(attributes(layer)) else {})}
    words = frozenset(method.words) | {word for word in WORDS if word in limits}
    limits = {**limits, "words": words} if "words" in limits else limits
    subject = _subject(name_of(layer), run, homes, _without_bias(limits, layer), outputs.remarks)
    return replace(subject, preamble=preamble(layer, methods, method, inputs, kept)) if kept and known else subject


def _subject(
    name: str, run: Callable[[Arrays, Config], tuple[Array, Ran]], homes: Homes, limits: Config, remarks: list[str]
) -> Subject:
    """A subject whose gradients never grow from call to call, with one that leaves them as the layer does."""
    back = Backward(homes, remarks)
    raw = Subject(name, run, back.once, limits, stateful=True, remarks=remarks)
    return replace(raw, backward=back.from_zero, untouched=raw)


def _placed(
    layer: Any, methods: Methods, outputs: Outputs, bound: BoundArguments, placed: Arrays, homes: Homes
) -> tuple[Array, Ran]:
    """A forward with these arrays in their places, after one that builds them where the layer has not had any."""
    forward = partial(methods.ahead(layer), *bound.args, **bound.kwargs)
    homes.build(layer, placed, forward)
    homes.place(layer, placed)
    result = forward()
    homes.demand_kept(layer, placed)
    answer = answered(layer, methods, result, outputs)
    return answer.y, Ran(layer, methods, answer)


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
