"""A forward that gives what it saves before y: ``return cache, y``, as names say, or as nothing else could be y."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from inspect import signature
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream, output_among
from checks.adapters.callables import name_of
from checks.adapters.divided import USUAL
from checks.adapters.flat_backward import handed
from checks.adapters.gradients import by_name
from checks.adapters.nested import flat, formed
from checks.adapters.returned_names import innermost, returned_names
from checks.adapters.upstream import tried
from checks.errors import UsageError
from checks.refusals import RAISED
from checks.types import Arrays, gradient_of

#: What people call that which a backward needs of its forward, in the singular.
_SAVED = frozenset({"cache", "cached", "saved", "ctx", "tape", "residual", "intermediate"})

REMARK = "{0} gives {1}, of which the second is taken for y, and the first for what was saved"

UNCLEAR = """\
{0} gives two things, and {1}({2}) goes back where the second of them is y as well as where the first is; expected y \
first, then what was saved; write
    def forward({3}): cache, y = {0}({3}); return y, cache  # where the second is y
    examine((forward, {1}), inputs=inputs)"""


@dataclass(frozen=True)
class _Given:
    """Two things that a forward gave for these ``arrays``, what it calls them, and what its backward takes."""

    forward: Callable[..., Any]
    backward: Callable[..., Any]
    result: tuple[Any, Any]
    arrays: Arrays
    called: tuple[str, ...]
    asked: tuple[str, ...]

    @property
    def named(self) -> tuple[bool, ...]:
        """Which of both was saved, as its name says."""
        upstream = [name for name in self.asked if is_upstream(name)]
        y = {output_among(self.called, name) for name in upstream}
        taken = {name.rstrip("s") for name in self.asked if name not in upstream} | _SAVED
        return tuple(name.rstrip("s") in taken and name not in y for name in self.called)

    @property
    def possible(self) -> tuple[bool, bool]:
        """Which of both may be y: arrays with a gradient, of which the second is none that came in."""
        first, second = self.result
        came_in = any(second is each or np.array_equal(second, each) for each in self.arrays.values())
        return _has_gradients(first), isinstance(second, np.ndarray) and _has_gradients(second) and not came_in

    def goes_back(self, y: Any, saved: Any) -> bool:
        """Whether the backward gives gradients of the shapes of the arguments, as a call shows."""
        try:
            each = list(flat(y))
            dy = formed(y, iter([tried(one) for one in each])) if len(each) > 1 else tried(each[0])
            in_order = {True: (dy, deepcopy(saved)), False: (deepcopy(saved), dy)}[is_upstream(self.asked[0])]
            with np.errstate(all="ignore"):
                found = by_name(self.backward(*in_order), tuple(self.arrays))
        except RAISED:
            return False
        every = [(found.get(gradient_of(name)), value.shape) for name, value in self.arrays.items()]
        return all(getattr(came, "shape", None) == shape for came, shape in every)


def remark_if_first(forward: Callable[..., Any], backward: Callable[..., Any], result: Any, arrays: Arrays) -> str:
    """What is to be said where what was saved stands before y; empty where y stands first, as usual.

    Raises UsageError where both may be, and nothing tells which is.
    """
    if type(result) is not tuple or len(result) != USUAL or not (asked := tuple(_asked(backward))):
        return ""
    called = tuple(name.lower() for name in returned_names(forward))
    given = _Given(forward, backward, result, arrays, called if len(called) == USUAL else (), asked)
    ahead, back = name_of(forward), name_of(backward)
    remark = REMARK.format(ahead, f"({', '.join(given.called)})" if all(given.called or ("",)) else "two things")
    if given.named == (True, False) and _has_gradients(result[1]):
        return remark
    if True in given.named or not given.possible[1] or len(asked) != USUAL or sum(map(is_upstream, asked)) != 1:
        return ""
    if not given.goes_back(*result[::-1]) or (given.possible[0] and not _holds_several(result[0])):
        return ""
    if not given.possible[0] or not given.goes_back(*result):
        return remark
    raise UsageError(UNCLEAR.format(ahead, back, ", ".join(asked), ", ".join(signature(innermost(forward)).parameters)))


def _asked(backward: Callable[..., Any]) -> Iterator[str]:
    """Names of what a backward must be given, in lower case; none where it does not say."""
    try:
        every = signature(handed(backward)).parameters.values()
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return
    yield from (each.name.lower() for each in every if each.default is each.empty)


def _holds_several(value: Any) -> bool:
    return not isinstance(value, np.ndarray) and not isinstance(value, float)


def _has_gradients(value: Any) -> bool:
    """Whether all that a value holds may have a gradient."""
    each = list(flat(value))
    return bool(each) and all(isinstance(one, float) or _is_real(one) for one in each)


def _is_real(one: Any) -> bool:
    return isinstance(one, (np.ndarray, np.generic)) and one.dtype.kind in "fc"
