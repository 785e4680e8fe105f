"""A layer whose padding is a word unless it is said is handed numbers where it heeds them, else words alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward, max_pool_backward, max_pool_forward


class ByWord:
    """A convolution that takes any padding but one word for the other."""

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: Any = "valid") -> None:
        self.filters, self.window, self.strides, self.padding = filters, kernel_size, strides, padding

    def pads(self) -> Any:
        """What the reference is told."""
        return "same" if self.padding == "same" else 0

    def forward(self, x: Array, kernel: Array, bias: Array | None = None) -> Array:
        """The reference's."""
        y, self.saved = conv_forward(x, kernel, bias, stride=self.strides, padding=self.pads())
        return y

    def backward(self, dy: Array) -> tuple[Array | None, ...]:
        """The reference's."""
        return tuple(conv_backward(dy, self.saved))


class Strict(ByWord):
    """One that turns numbers down, and words in small letters; its padding keeps the size."""

    def __init__(self, filters: int, kernel_size: Any, strides: Any = (1, 1), padding: Any = "SAME") -> None:
        super().__init__(filters, kernel_size, strides, {"SAME": "same", "VALID": "valid"}[padding])


class ByNumber(ByWord):
    """One that heeds numbers beside words."""

    def pads(self) -> Any:
        """As they are."""
        return self.padding


class Lopsided(ByWord):
    """One that heeds numbers before x, and forgets them behind."""

    def pads(self) -> Any:
        """A pair for each axis."""
        return [(self.padding, 0)] * len(self.window) if isinstance(self.padding, int) else self.padding


class OneStride(ByWord):
    """One whose stride is one number, which it counts with."""

    def __init__(self, filters: int, kernel_size: Any, strides: int = 1, padding: str = "valid") -> None:
        super().__init__(filters, kernel_size, strides + 0, padding)


class Doubled(ByWord):
    """One that errs where it keeps the size."""

    def backward(self, dy: Array) -> tuple[Array | None, ...]:
        """Twice as much of dx."""
        dx, *rest = super().backward(dy)
        return (dx if dx is None or self.padding != "same" else 2 * dx, *rest)


class Pooling:
    """A pooling of the kind: it knows the one word that stands for no padding."""

    def __init__(self, pool_size: Any = 2, strides: Any = None, padding: str = "valid") -> None:
        if padding != "valid":
            raise ValueError("no padding is implemented")
        self.window, self.strides = pool_size, strides

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = max_pool_forward(x, self.window, self.strides)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's."""
        return np.asarray(max_pool_backward(dy, self.saved))


@pytest.mark.parametrize(("kind", "like"), [(ByWord, "conv2d"), (Strict, "conv2d"), (Pooling, "max_pool2d")])
def test_no_number_is_handed_to_a_layer_that_heeds_none(kind: type, like: str) -> None:
    """A note says so, and what it takes."""
    found = examine(kind, like=like, budget="1ms")
    assert not found.wrong, story(found)
    assert {case.config["padding"] for case in found.judged} == ({0} if like == "max_pool2d" else {"same", "valid"})
    assert any("numbers for it are not heeded" in note for note in found.notes)


@pytest.mark.parametrize(("kind", "law"), [(Lopsided, "shape"), (Doubled, "reference")])
def test_a_wrong_layer_by_words_is_wrong(kind: type, law: str) -> None:
    """Where it heeds numbers wrongly, and where it errs by a word."""
    assert law in examine(kind, like="conv2d", budget="1ms").findings


def test_a_layer_that_heeds_numbers_beside_words_is_handed_both() -> None:
    """The default says nothing against them."""
    found = examine(ByNumber, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    padding = [case.config["padding"] for case in found.judged]
    assert "same" in padding
    assert any(type(each) is int and each > 0 for each in padding)


def test_a_layer_of_words_is_asked_for_strides_and_for_pairs_of_them_by_the_word_that_has_any() -> None:
    """The word that keeps the size has none but 1."""
    found = examine(OneStride, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    strides = {case.config["stride"] for case in found.judged}
    assert {type(each) for each in strides} == {int}
    assert max(strides) > 1
