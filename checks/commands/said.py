"""Limits in the words of the command line: --supports NAME=VALUE."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

from checks.errors import UsageError


def limits_said(supports: Sequence[str]) -> dict[str, Any]:
    """The limits that words such as ``stride=1``, ``padding=0,1`` or ``dtype=float32,float64`` say.

    Raises UsageError where one is not understood, or a name is said twice: the last one would win in silence.
    """
    said = [_parted(text) for text in supports]
    for name, _ in said:
        values = [value for other, value in said if other == name]
        if len(values) > 1:
            raise UsageError(
                f"--supports says {name} {len(values)} times; expected each name once, its values after one another: "
                f"--supports {name}={','.join(values)}"
            )
    return {name: _value(text) for name, text in said}


def _parted(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    if not name or not value:
        raise UsageError(f"--supports {text!r} is not understood; expected NAME=VALUE, such as 'padding=(0,1)'")
    return name, value


def _value(text: str) -> Any:
    """A literal of Python's; a word is itself, and several of them are a tuple."""
    try:
        return ast.literal_eval(text)
    except (SyntaxError, ValueError):
        words = tuple(word.strip() for word in text.split(","))
        return words if len(words) > 1 and all(map(str.isidentifier, words)) else text
