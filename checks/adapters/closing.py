"""Functions that give y and, beside it, the function that goes back from there: ``y, back = layer(x, w)``."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from inspect import unwrap
from types import CellType, CodeType
from typing import Any

from checks.adapters.callables import without_held

#: What a function that it defines is loaded by, or left by where it is made on the spot.
_MADE = ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")
#: How a statement ends; what is loaded next begins another.
_ENDS = ("STORE", "POP_TOP", "RETURN", "RESUME")


def back(dy: Any, saved: Callable[[Any], Any]) -> Any:
    """The gradients that such a function gives."""
    return saved(dy)


def with_back(obj: Any) -> Any:
    """The pair of a function that gives two things, the second a function that goes back; others as they are.

    It defines that itself, or hands on what another function gives that does. One alone that goes back beside y is no
    output of any framework's.
    """
    return (obj, back) if _gives_back(unwrap(without_held(obj)), frozenset()) else obj


def _gives_back(function: Any, asking: frozenset[CodeType]) -> bool:
    """Whether a function gives such a pair, as its code says; ``asking`` are the codes of those that call it."""
    code = getattr(function, "__code__", None)
    if not isinstance(code, CodeType) or code in asking:
        return False
    return any(_gives_own(code)) or any(_hands_on(function, asking | {code}))


def _gives_own(code: CodeType) -> Iterator[bool]:
    """For each pair that it gives, whether the second is a function of one argument that it defines itself."""
    inner = {each.co_name for each in code.co_consts if isinstance(each, CodeType) and each.co_argcount == 1}
    steps = list(dis.get_instructions(code))
    for made, pair, given in zip(steps, steps[1:], steps[2:], strict=False):
        if (pair.opname, pair.arg, given.opname) == ("BUILD_TUPLE", 2, "RETURN_VALUE"):
            named = made.argval if isinstance(made.argval, tuple) else (made.argval,)
            yield bool(inner) and (made.opname in _MADE or (made.opname.startswith("LOAD") and named[-1] in inner))


def _hands_on(function: Any, asking: frozenset[CodeType]) -> Iterator[bool]:
    """For each statement that may give what another function gives, whether that is such a pair.

    As a whole, ``return layer(x)``, or the second part alone: ``y, back = layer(x)`` and then ``return 2 * y, back``.
    """
    steps, begun, handed = list(dis.get_instructions(function.__code__)), 0, set[str]()
    for place, step in enumerate(steps):
        called, given = steps[begun:place], steps[place - 1].opname
        if (step.opname, step.arg) == ("UNPACK_SEQUENCE", 2) and _gives_back(_called(called, function), asking):
            handed.add(_names(steps[place + 1 : place + 3])[1])
        elif step.opname == "RETURN_VALUE" and given.startswith("CALL"):
            yield _gives_back(_called(called, function), asking)
        elif step.opname == "RETURN_VALUE" and (given, steps[place - 1].arg) == ("BUILD_TUPLE", 2):
            yield _names([steps[place - 2]])[-1] in handed
        if step.opname.startswith(_ENDS):
            begun = place + 1


def _called(statement: list[dis.Instruction], function: Any) -> Any:
    """What a statement that is one call calls by its name, which is loaded first; None where that is nothing known."""
    first = next((each for each in statement if each.opname.startswith("LOAD")), None)
    if first is None:
        return None
    if first.opname == "LOAD_GLOBAL":
        return getattr(function, "__globals__", {}).get(first.argval)
    free = dict(zip(function.__code__.co_freevars, getattr(function, "__closure__", None) or (), strict=True))
    cell = free.get(first.argval, CellType()) if first.opname == "LOAD_DEREF" else CellType()
    return None if cell == CellType() else cell.cell_contents


def _names(steps: list[dis.Instruction]) -> list[Any]:
    """What is loaded, or left, by these: one instruction may do so with two."""
    return [name for each in steps for name in (each.argval if isinstance(each.argval, tuple) else (each.argval,))]
