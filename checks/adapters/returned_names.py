"""What a function calls the things that it returns, one beside the other: ``return a, y_pred, caches``."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterator
from inspect import unwrap
from types import CodeType
from typing import Any

from checks.adapters.callables import without_held

#: Instructions that only take from the stack: what then is its top was there before.
_TAKES = ("STORE", "POP", "DELETE", "RETURN", "JUMP", "RAISE")

#: What a variable of the function's own is loaded by.
_OF_VARIABLES = ("LOAD_FAST", "LOAD_DEREF")


def returned_names(function: Callable[..., Any]) -> tuple[str, ...]:
    """The variables that each ``return`` of several things gives, in their order; empty of what has no name there.

    Empty as a whole where the returns differ, or the function has no code that can be read.
    """
    code = getattr(unwrap(innermost(function)), "__code__", None)
    found = set(_returned(code)) if isinstance(code, CodeType) else set[tuple[str, ...]]()
    return found.pop() if len(found) == 1 else ()


def innermost(function: Any) -> Any:
    """The function of a user's own that others of ours stand around, which keep it as ``func``."""
    inner = without_held(unwrap(function))
    while not hasattr(inner, "__code__") and callable(getattr(inner, "func", None)):
        inner = without_held(unwrap(inner.func))
    return inner


def _returned(code: CodeType) -> Iterator[tuple[str, ...]]:
    """The names of each tuple that is made and returned.

    The stack is followed by what each instruction leaves on it: what it computes has no name.
    """
    stack, made = list[str](), tuple[str, ...]()
    for step in dis.get_instructions(code):
        if step.opname == "RETURN_VALUE" and made:
            yield made
        effect, count = dis.stack_effect(step.opcode, step.arg, jump=False), step.arg or 0
        made = tuple(stack[-count:]) if step.opname == "BUILD_TUPLE" and 1 < count <= len(stack) else ()
        if step.is_jump_target or step.opname == "SWAP":  # it may come from elsewhere, or is in another order
            stack = [""] * len(stack)
        if step.opname.startswith(_OF_VARIABLES):
            stack += step.argval if isinstance(step.argval, tuple) else (step.argval,)
            continue
        stack = stack[: max(len(stack) + effect, 0)] + [""] * effect
        if stack and (not step.opname.startswith(_TAKES) or "LOAD" in step.opname):
            stack[-1] = ""
