"""Which of the things that a forward gives its backward is told of, where it is told of some alone.

``rnn_forward(x, a0, parameters) -> (a, y_pred, caches)`` and ``rnn_backward(da, caches)``: y is a, and y_pred is
nobody's. Names say so; where they do not, a call shows which of them the backward takes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from inspect import Parameter, signature
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import name_of
from checks.adapters.flat_backward import handed
from checks.adapters.gradients import by_name
from checks.adapters.nested import several
from checks.adapters.returned_names import innermost, returned_names
from checks.adapters.upstream import tried
from checks.adapters.words import gradient_names, names_of
from checks.refusals import RAISED, printable
from checks.shapes import in_shape
from checks.types import Arrays, gradient_of

#: How many things a forward gives that gives y and what was saved.
USUAL = 2


@dataclass(frozen=True)
class Division:
    """The places of a forward's ``outputs`` among all that it gives, and of what it has ``saved``.

    ``called`` is what the forward calls each of them, where that is known.
    """

    outputs: tuple[int, ...]
    saved: int
    called: tuple[str, ...] = ()

    def of(self, result: Sequence[Any]) -> tuple[Any, Any]:
        """Y, or several, and what was saved."""
        each = tuple(result[place] for place in self.outputs)
        return (each if len(each) > 1 else each[0]), result[self.saved]

    def source(self, call: str, indent: str = "    ") -> str:
        """Lines of a forward that give both, of a call that gives everything."""
        each = ", ".join(f"gave[{place}]" for place in self.outputs)
        y = f"({each})" if len(self.outputs) > 1 else each
        return f"{indent}gave = {call}\n{indent}y, saved = {y}, gave[{self.saved}]"

    def of_object(self, call: str, note: str) -> list[str]:
        """The same of an object, whose backward is handed what stands in a list."""
        return [f"    gave = {call}{note}", f"    y, cache = gave[{self.outputs[0]}], [gave[{self.saved}]]"]

    def remark(self, forward: str, backward: str, count: int) -> str:
        """What is to be said of it."""
        rest = [self._name(place) for place in range(count) if place not in {*self.outputs, self.saved}]
        y, saved = ", ".join(map(self._name, self.outputs)), self._name(self.saved)
        are, remain = ("are" if len(each) > 1 else "is" for each in (self.outputs, rest))
        return (
            f"of what {forward} gives {y} {are} y, {saved} is handed to {backward}, and {', '.join(rest)} {remain} not "
            "examined"
        )

    def _name(self, place: int) -> str:
        return (self.called[place : place + 1] or ("",))[0] or f"[{place}]"


@dataclass(frozen=True)
class Handing:
    """How a backward is handed what a forward gave: ``division`` where it is told of some of that alone."""

    division: Division | None = None
    remark: str = ""


def divided(forward: Callable[..., Any], backward: Callable[..., Any], result: Any, arrays: Arrays) -> Handing:
    """The handing of this ``result`` of a forward, given for these ``arrays``; as usual where nothing else is shown.

    The first that goes back and gives gradients of the shapes of their arguments; else the first that goes back.
    """
    usual = Handing()
    if not isinstance(result, tuple) or len(result) <= USUAL or not (asked := _asked(backward)):
        return usual
    called = returned_names(forward)
    called = called if len(called) == len(result) else ()
    ways = list(dict.fromkeys(_ways(asked, called, result)))
    if ways in ([], [None]):
        return usual
    tries = [_tried(backward, way, result, arrays) for way in ways]
    best = max(range(len(ways)), key=lambda place: (tries[place].worth, -place))
    names = name_of(forward), name_of(backward)
    if found := ways[best]:
        return Handing(found, found.remark(*names, len(result)))
    if tries[best].worth:
        return usual
    return Handing(None, _unclear(forward, name_of(backward), called or [""] * len(result), result, asked, tries[best]))


def divided_by_names(forward: Callable[..., Any], asked: Sequence[str], result: Any) -> Division | None:
    """The same of an object's forward, whose backward asks for these: the likeliest way; None where it is the usual."""
    if not isinstance(result, tuple) or not USUAL <= len(asked) < len(result):
        return None
    called = returned_names(forward)
    ways = _ways(list(asked), called if len(called) == len(result) else (), result)
    return next((way for way in ways if way), None)


def _asked(backward: Callable[..., Any]) -> list[str]:
    """Names of what a backward must be given by place, in lower case; none where it does not say, or takes any."""
    try:
        taken = list(signature(handed(backward)).parameters.values())
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return []
    required = [each for each in taken if each.default is each.empty]
    plain = all(each.kind in {Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD} for each in required)
    return [each.name.lower() for each in required] if plain else []


def _ways(asked: list[str], called: Sequence[str], result: Sequence[Any]) -> Iterator[Division | None]:
    """Ways to hand a result to a backward that takes upstream gradients and then one thing, the likeliest first.

    None is the usual one, in which y is the first and all others were saved.
    """
    *ups, saved = asked
    if not ups or not all(map(is_upstream, ups)) or is_upstream(saved) or len(ups) >= len(result) - 1:
        return
    names = [name.lower() for name in called]
    outputs = tuple(output_of(up, names) for up in ups)
    known = len({*outputs}) == len(ups) and -1 not in outputs
    first = outputs if known else tuple(range(len(ups)))
    last, named = len(result) - 1, _named(saved, names)
    if named not in {-1, *first}:
        yield Division(first, named, tuple(called))
    if len(ups) == 1:
        yield None
    for place in (last, *(place for place, each in enumerate(result) if several(each))):
        if place not in first:
            yield Division(first, place, tuple(called))
    if len(ups) == 1 and not known:  # of another output, as its shape may show
        yield from (Division((place,), last, tuple(called)) for place in range(1, last))


def output_of(upstream: str, names: Sequence[str]) -> int:
    """The place of the one among these whose gradient is called so; -1 where there is none, or several."""
    found = [place for place, name in enumerate(names) if name and upstream in _of_gradients(name)]
    return found[0] if len(found) == 1 else -1


def _of_gradients(name: str) -> tuple[str, ...]:
    """What its gradient is called, other than by its own name."""
    return gradient_names(name)[: -len(names_of(name))]


def _named(saved: str, names: Sequence[str]) -> int:
    """The place of the one among these that is called so, or by its plural; -1 where there is none, or several."""
    found = [place for place, name in enumerate(names) if name and name.rstrip("s") == saved.rstrip("s")]
    return found[0] if len(found) == 1 else -1


@dataclass(frozen=True)
class _Try:
    """What a call showed: ``worth`` is 0 where it ``raised``, 2 where gradients have the shapes of their arguments."""

    worth: int
    raised: str = ""


def _tried(backward: Callable[..., Any], way: Division | None, result: Any, arrays: Arrays) -> _Try:
    """A call of a backward with a copy of what the forward gave, handed so."""
    y, saved = way.of(result) if way else (result[0], result[1:])
    try:
        ups, own = [tried(each) for each in (y if isinstance(y, tuple) else (y,))], deepcopy(saved)
        with np.errstate(all="ignore"):
            found = by_name(backward(*ups, own), tuple(arrays))
    except RAISED as error:
        return _Try(0, printable(f"{type(error).__name__}: {error}"))
    pairs = [(found[of], value) for name, value in arrays.items() if (of := gradient_of(name)) in found]
    return _Try(1 + bool(pairs and all(np.shape(in_shape(np.asarray(a), b.shape)) == b.shape for a, b in pairs)))


def _unclear(
    forward: Callable[..., Any], back: str, called: Sequence[str], result: Any, asked: Sequence[str], last: _Try
) -> str:
    """What to write where no way goes back."""
    names = [name or f"out{place}" for place, name in enumerate(called)]
    came = ", ".join(f"{name} {_kind(each)}" for name, each in zip(names, result, strict=True))
    taken, ahead = ", ".join(signature(innermost(forward)).parameters), name_of(forward)
    return (
        f"{ahead} gives {len(result)} things ({came}), and {back}({', '.join(asked)}) raises {last.raised} where "
        f"{asked[-1]} is all but the first of them, or the last alone; where it is another, write\n"
        f"    def forward({taken}): {', '.join(names)} = {ahead}({taken}); return {names[0]}, {names[-1]}  # y, saved\n"
        f"    examine((forward, {back}), inputs=inputs)"
    )


def _kind(value: Any) -> str:
    shape = getattr(value, "shape", None)
    return f"of shape {shape}" if shape is not None else f"a {type(value).__name__}"
