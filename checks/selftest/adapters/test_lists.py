"""Tuples and lists of integers among the examples, such as a shape, axes, paddings."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import UsageError, examine, story
from checks.types import Array

RNG = np.random.default_rng(0)
X, G, B = RNG.standard_normal((4, 5)), RNG.standard_normal(5), RNG.standard_normal(5)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Padded:
    """An object that is told how much to pad."""

    def forward(self, x: Array, pads: Any) -> Array:
        """It insists on a tuple of tuples."""
        self.cut = tuple(slice(before, before + size) for (before, _), size in zip(pads, x.shape, strict=True))
        return np.pad(x, pads)

    def backward(self, dy: Array) -> Array:
        """The border is cropped."""
        return dy[self.cut]


class WronglyPadded(Padded):
    """The wrong side is cropped."""

    def backward(self, dy: Array) -> Array:
        """From the start on."""
        return dy[tuple(slice(0, part.stop - part.start) for part in self.cut)]


def turned(x: Array, axes: Any) -> tuple[Array, Any]:
    """Axes in another order, which NumPy takes as a tuple, a list or integers in an array."""
    return x.transpose(axes) * 2, axes


LISTS: dict[str, Any] = {
    "a shape": (lambda x, size: torch.tanh(x).reshape(size), (X, (2, 2, 5))),
    "a list before other arguments": (torch.nn.functional.layer_norm, (X, [5], G, B)),
    "an empty tuple": ((lambda x, axes: (x.sum(axes), None), lambda dy, _: dy), (X, ())),
    "a pair": ((turned, lambda dy, axes: 2 * dy.transpose(np.argsort(axes))), (X, [1, 0])),
    "an object": (Padded(), (X, ((1, 2), (0, 1)))),
    "a wrong object": (WronglyPadded(), (X, ((1, 2), (0, 1)))),
}


@pytest.mark.parametrize("name", LISTS)
def test_a_tuple_or_a_list_of_integers_is_held_as_it_was_given(name: str) -> None:
    """As one integer is: a shape, axes, paddings."""
    layer, inputs = LISTS[name]
    found = examine(layer, inputs=inputs, **QUICK)
    assert bool(found.wrong) == ("wrong" in name), story(found)
    assert found.compared
    assert any(note.endswith(f"={inputs[1]!r}") and note.startswith("held at its value") for note in found.notes)


def test_a_script_holds_a_list_of_integers() -> None:
    """It runs once the user's module is named."""
    found = examine((turned, lambda dy, axes: dy.transpose(np.argsort(axes))), inputs=(X, [1, 0]), **QUICK)
    assert "forward(x, axes=[1, 0])" in story(found)


def test_a_list_of_integers_that_has_a_gradient_is_misuse() -> None:
    """It was meant for an array of real numbers, and the message says how to make one."""
    pair = (lambda x, w: (x @ np.asarray(w), (x, np.asarray(w))), lambda dy, s: (dy @ s[1].T, s[0].T @ dy))
    said = r"w is of int64; expected floating point, since gradients are what is examined, such as np\.asarray\(w, np"
    with pytest.raises(UsageError, match=said):
        examine(pair, inputs=(X, [[1, 2]] * 5), **QUICK)


def combined(x: Array, scales: Any) -> tuple[Array, Any]:
    """As many multiples of an array as there are numbers in a list, added up."""
    return np.asarray(sum(scale * x for scale in scales)), (x, scales)


def in_a_list(dy: Array, saved: Any) -> tuple[Array, list[float]]:
    """Their gradients in a list, too."""
    x, scales = saved
    return dy * sum(scales), [float((dy * x).sum()) for _ in scales]


def by_name(dy: Array, saved: Any) -> dict[str, Any]:
    """In a tuple, by name."""
    dx, dscales = in_a_list(dy, saved)
    return {"dx": dx, "dscales": tuple(dscales)}


def doubled(dy: Array, saved: Any) -> tuple[Array, list[float]]:
    """Twice theirs."""
    dx, dscales = in_a_list(dy, saved)
    return dx, [2 * each for each in dscales]


@pytest.mark.parametrize("scales", [[0.5, 2.0, -1.0], (0.5, 2.0, -1.0)])
def test_a_list_of_numbers_may_have_its_gradient_in_one(scales: Any) -> None:
    """It is one array; what is wrong in it is found."""
    x, laws = np.array([[1.0, -2.0], [0.3, 0.7]]), ["finite differences"]
    for backward, wrong in ((in_a_list, False), (by_name, False), (doubled, True)):
        found = examine((combined, backward), inputs=(x, scales), budget="1ms", laws=laws)
        assert found.wrong is wrong, story(found)
        assert found.compared


def test_a_list_of_numbers_alone_is_told_where_it_stands() -> None:
    """For one argument it would be as many examples."""
    with pytest.raises(UsageError, match=r"stands in a tuple, inputs=\(\[1.0, 2.0\],\)"):
        examine((lambda x: (np.asarray(x), None), lambda dy, _: dy), inputs=[0.5, 2.0, -1.0], budget="1ms")
