"""A bias of F numbers as people keep it who add it to a matrix, or to y: of shape (F, 1), or (1, F, 1, 1)."""

from __future__ import annotations

import re

from checks.errors import UsageError
from checks.types import Array, Shape

#: One axis for the output channels, others of length 1.
_ORDER = re.compile("1*O1*")


def read(text: str) -> str:
    """The axes of a bias, such as ``O1``.

    Raises UsageError where they are no O among ones.
    """
    if not _ORDER.fullmatch(order := str(text).upper()):
        raise UsageError(f"layout of bias is {text!r}; expected O among ones: 'O1' for (F, 1), '1O11' for (1, F, 1, 1)")
    return order


def order_of(own: Shape) -> str:
    """The axes of a bias of this shape, such as ``1O11``; empty where it is a plain row, or nobody can tell."""
    long = [axis for axis, length in enumerate(own) if length > 1]
    return "".join("O" if axis in long else "1" for axis in range(len(own))) if len(long) == 1 < len(own) else ""


def shape(order: str, array: Array) -> Shape:
    """The shape of as many numbers in this order of axes."""
    return tuple(array.size if letter == "O" else 1 for letter in order)


def turned(order: str, text: str) -> str:
    """Source of a bias in this order."""
    lengths = ("-1" if letter == "O" else letter for letter in order)
    return f"{text}.reshape({', '.join(lengths)})" if len(order) > 1 else text


def back(order: str, text: str) -> str:
    """Source of the plain bias of one in this order."""
    return f"{text}.reshape(-1)" if len(order) > 1 else text
