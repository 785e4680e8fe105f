"""Signatures that stand in the documentation of a callable alone, as those of built-in functions do."""

from __future__ import annotations

import pytest

from checks.adapters.documented import documented


class Documented:
    """Something with a documentation of its own."""

    def __init__(self, text: str) -> None:
        """As a compiled function has it."""
        self.__doc__ = text

    def __call__(self) -> None:
        """It is never called."""


@pytest.mark.parametrize(
    ("text", "signature"),
    [
        ("conv2d(input, weight, bias=None, stride=1) -> Tensor\n\nApplies.", "(input, weight, bias=None, stride=1)"),
        ("linalg.inv(A, *, out=None) -> Tensor", "(A, *, out=None)"),
        ("\ntanh(x, /, out=None, *, where=True[, signature, extobj])", "(x, /, out=None, *, where=True)"),
        ("full(shape[, value[, order]])", "(shape)"),
    ],
)
def test_the_first_line_tells(text: str, signature: str) -> None:
    """What may be left out, in brackets within brackets, is left out; what is taken by place alone stays so."""
    assert str(documented(Documented(text))) == signature


@pytest.mark.parametrize("text", ["", "Compute the sine.", "tanh(x[, y)"])
def test_other_words_are_no_signature(text: str) -> None:
    """Nor is nothing."""
    assert documented(Documented(text)) is None
