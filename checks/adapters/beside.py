"""The backward that stands beside a function in its module, by its name: ``relu_backward`` beside ``relu_forward``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from types import FunctionType
from typing import Any

#: What stands in the name of a forward, and in its place in that of its backward.
_WORDS = (("forward", "backward"), ("fwd", "bwd"), ("fprop", "bprop"), ("forward", "back"), ("fw", "bw"), ("f", "b"))

#: Names of the backward of a function that is called by what it computes.
_FORMS = (
    *("{}_backward", "{}_backprop", "{}_bwd", "{}_back", "{}_bw", "{}_grad", "{}_gradient", "{}_vjp", "{}_prime"),
    *("backward_{}", "back_{}", "grad_{}", "d_{}", "d{}"),
)


def pair_beside(obj: Any) -> tuple[str, str] | None:
    """Names of a forward and its backward, one of which is this function; None where no such other stands beside it."""
    if not isinstance(obj, FunctionType) or not obj.__name__.isidentifier():
        return None
    name, held = obj.__name__, obj.__globals__
    if held.get(name) is not obj:
        return None
    pairs = (*((name, back) for back in _backs(name)), *((ahead, name) for ahead in _aheads(name)))
    return next((pair for pair in pairs if all(isinstance(held.get(each), FunctionType) for each in pair)), None)


def _backs(name: str) -> Iterator[str]:
    for ahead, back in _WORDS:
        yield from _in_place(name, ahead, back)
    yield from (form.format(name) for form in _FORMS)


def _aheads(name: str) -> Iterator[str]:
    for ahead, back in _WORDS:
        yield from _in_place(name, back, ahead)
    for form in _FORMS:
        before, _, behind = form.partition("{}")
        if len(name) > len(before + behind) and name.startswith(before) and name.endswith(behind):
            yield name.removeprefix(before).removesuffix(behind)


def _in_place(name: str, word: str, other: str) -> Iterator[str]:
    """The name with a word of it changed for another: ``conv_forward``, ``forwardConv``, ``convForward``."""
    small, large = rf"(?<![a-zA-Z]){word}(?![a-z])", rf"{word.capitalize()}(?![a-z])"
    for pattern, new in ((small, other), (large, other.capitalize())):
        if (changed := re.sub(pattern, new, name)) != name:
            yield changed
