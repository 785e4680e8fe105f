"""What an object's forward gave: y alone, y and what its backward is to be handed again, or several outputs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from inspect import BoundArguments, Parameter
from typing import Any

from checks.adapters.backward_order import about_order, is_upstream, order, ordered
from checks.adapters.callables import by_function, name_of
from checks.adapters.divided import Division, divided_by_names
from checks.adapters.fields import has_fields
from checks.adapters.holders import attributes
from checks.adapters.instead import method_of
from checks.adapters.left import left_in
from checks.adapters.methods import Methods, steps_among, told_parameters
from checks.adapters.nested import several
from checks.adapters.outputs import Outputs, Parted
from checks.types import Array


@dataclass(frozen=True)
class Answer:
    """One output and a cache; or several, of which the backward is told in one tuple, or one by one.

    ``wanted`` says in which order the backward takes what it is told where that is not dy and then the cache; ``x`` is
    what the forward was given first.
    """

    y: Any
    cache: tuple[Any, ...] = ()
    parted: Parted | None = None
    spread: bool = False
    #: The attribute in which a forward that gives nothing, or its object, left y.
    left: str = ""
    wanted: tuple[str, ...] = ()
    x: Any = None
    #: What the forward left in an attribute that its backward is told again.
    left_beside: Any = None
    #: Of which of the things that the forward gave the backward is told, where it is told of some alone.
    division: Division | None = None

    @property
    def of_one(self) -> bool:
        """Whether its backward is told other things than dy, which it takes to be 1."""
        return bool(self.wanted) and "dy" not in self.wanted

    @property
    def alone(self) -> str:
        """Where y is found among several outputs, as source, if the backward is handed dy of that one alone."""
        if self.parted is None or self.spread or len(self.parted.places) > 1:
            return ""
        return self.parted.counted.strip().removeprefix("y").removesuffix(",")

    def handed(self, dy: Array) -> tuple[Any, ...]:
        """What the backward is called with for an upstream gradient of y."""
        if self.wanted:
            return ordered(self.wanted, {"dy": dy, "y": self.y, "x": self.x, "left": self.left_beside}, self.cache)
        if self.parted is None:
            return (dy, *self.cache)
        pieces = self.parted.upstream(dy)
        if self.spread:
            return (*pieces, *self.cache)
        return (pieces if len(self.parted.places) > 1 else dy,)


def forwarded(layer: Any, methods: Methods, outputs: Outputs, bound: BoundArguments) -> Answer:
    """The answer of a forward with these arguments; of one that gives nothing, or itself, the attribute that has y.

    Raises UsageError where that may be one of several.
    """
    before, places = dict(attributes(layer)), bound.args
    result = methods.ahead(layer)(*places, **bound.kwargs)
    x = places[0] if places else None
    nothing = result is None or result is layer
    if not nothing or not (name := left_in(layer, before, bound.arguments.values())):
        return answered(layer, methods, result, outputs, x)
    return replace(answered(layer, methods, attributes(layer)[name].copy(), outputs, x), left=name)


def answered(layer: Any, methods: Methods, result: Any, outputs: Outputs, x: Any = None) -> Answer:
    """The answer of a layer's forward to ``x``, understood by what its backward asks for."""
    names = asked(layer, methods)
    result = _without_kept(result, outputs) if len(names) == 1 else result
    each = result if isinstance(result, tuple) else (result,)
    whole = several(result) and not (isinstance(result, tuple) and len(names) != 1)
    upstream = [name for name in names if is_upstream(name)]
    spread = 1 < len(each) == len(names) and len(upstream) == len(names)
    if whole or spread:
        parted = Parted.of(result, outputs)
        return Answer(parted.joined(), parted=parted, spread=spread)
    if 1 < len(upstream) == len(names) - 1 == len(each) - 1 and names[:-1] == upstream:
        parted = Parted.of(each[:-1], outputs)
        return Answer(parted.joined(), each[-1:], parted, spread=True)
    room = len(told_parameters(method_of(layer, methods.backward)) or ())
    if room < len(each) and (division := divided_by_names(methods.ahead(layer), names, result)):
        return _divided(division, layer, methods, result, outputs)
    back = method_of(layer, methods.backward)
    told: tuple[str, ...] = getattr(back, "wanted", ())
    wanted = told or order(names, len(each) - 1)
    if (said := about_order(f"{name_of(layer)}.{methods.backward}", names, wanted)) and said not in outputs.remarks:
        outputs.remarks.append(said)
    return Answer(each[0], each[1:], wanted=wanted, x=x, left_beside=attributes(layer).get(getattr(back, "left", "")))


def _divided(division: Division, layer: Any, methods: Methods, result: Any, outputs: Outputs) -> Answer:
    """The answer of a layer whose backward is told of some of what its forward gave; the remarks are told of which."""
    own = name_of(layer)
    said = division.remark(f"{own}.{methods.forward}", f"{own}.{methods.backward}", len(result))
    outputs.remarks.extend([said] if said not in outputs.remarks else [])
    y, saved = division.of(result)
    if not several(y):
        return Answer(y, (saved,), division=division)
    parted = Parted.of(y, outputs)
    return Answer(parted.joined(), (saved,), parted, spread=True, division=division)


def _without_kept(result: Any, outputs: Outputs) -> Any:
    """An answer without things with fields behind arrays, of which the remarks are told: a layer keeps what it likes.

    As a whole, or inside of a dictionary, such a thing holds outputs.
    """
    if not (isinstance(result, tuple) and any(map(has_fields, result)) and not any(map(has_fields, result[:1]))):
        return result
    kept = [f"{place + 1} ({type(each).__name__})" for place, each in enumerate(result) if has_fields(each)]
    said = f"not examined, of {len(result)} outputs: {', '.join(kept)}"
    outputs.remarks.extend([said] if said not in outputs.remarks else [])
    arrays = tuple(each for each in result if not has_fields(each))
    return arrays if len(arrays) > 1 else arrays[0]


def asked(layer: Any, methods: Methods) -> Sequence[str]:
    """Names, in lower case, of what a backward must be given, but for its steps; none where it does not say."""
    return _asked_of(method_of(layer, methods.backward))


@by_function
def _asked_of(backward: Callable[..., Any]) -> Sequence[str]:
    parameters = told_parameters(backward) or ()
    if any(each.kind is Parameter.VAR_POSITIONAL for each in parameters):
        return []
    steps = steps_among(parameters)
    return [each.name.lower() for each in parameters if each.default is each.empty and each.name not in steps]
