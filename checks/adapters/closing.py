"""Functions that give y and, beside it, the function that goes back from there: ``y, back = layer(x, w)``."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from inspect import unwrap
from types import CodeType
from typing import Any

from checks.adapters.callables import without_held

#: What a function that it defines is loaded by, or left by where it is made on the spot.
_MADE = ("MAKE_FUNCTION", "SET_FUNCTION_ATTRIBUTE")


def back(dy: Any, saved: Callable[[Any], Any]) -> Any:
    """The gradients that such a function gives."""
    return saved(dy)


def with_back(obj: Any) -> Any:
    """The pair of a function that gives two things, the second a function that it defines itself; others as they are.

    One alone that goes back beside y is no output of any framework's.
    """
    code = getattr(unwrap(without_held(obj)), "__code__", None)
    return (obj, back) if isinstance(code, CodeType) and any(_gives_own(code)) else obj


def _gives_own(code: CodeType) -> Iterator[bool]:
    """For each pair that it gives, whether the second is a function of one argument that it defines itself."""
    inner = {each.co_name for each in code.co_consts if isinstance(each, CodeType) and each.co_argcount == 1}
    steps = list(dis.get_instructions(code))
    for made, pair, given in zip(steps, steps[1:], steps[2:], strict=False):
        if (pair.opname, pair.arg, given.opname) == ("BUILD_TUPLE", 2, "RETURN_VALUE"):
            named = made.argval if isinstance(made.argval, tuple) else (made.argval,)
            yield bool(inner) and (made.opname in _MADE or (made.opname.startswith("LOAD") and named[-1] in inner))
