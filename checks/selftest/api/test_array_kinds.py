"""Masked arrays, ``np.matrix`` and other kinds of arrays: no mask is dropped, and no kind changed, without a word."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from checks import UsageError, examine
from checks.types import Array

X, W = np.array([[0.5, -1.5, 2.0], [0.25, 1.0, -0.75]]), np.array([[1.5, 0.5], [-0.25, 1.25], [0.75, -1.0]])


def dense(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """A product of matrices."""
    return x @ w, (x.copy(), w.copy())


def dense_backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Its gradients."""
    x, w = saved
    return dy @ w.T, x.T @ dy


class Metres(np.ndarray):
    """An array with a unit."""


KINDS: dict[str, tuple[Any, str]] = {
    "numpy.matrix": (np.asmatrix, ", on which * is a product of matrices: its numbers are examined"),
    f"{np.ma.MaskedArray.__module__}.MaskedArray": (
        np.ma.asarray,
        ": its numbers are examined, also those beneath its mask",
    ),
    f"{__name__}.Metres": (lambda array: array.view(Metres), ": its numbers are examined"),
}


def _notes(layer: Any, inputs: Any = (X, W)) -> list[str]:
    found = examine(layer, inputs=inputs, budget="1ms")
    assert not found.wrong
    return found.notes


@pytest.mark.parametrize("drawn", [False, True])
def test_an_example_with_masked_entries_is_refused(drawn: bool) -> None:
    """The layer would be handed the numbers beneath the mask; it says what to give."""
    inputs = (np.ma.masked_greater(X, 0.9), W)
    with pytest.raises(UsageError, match=r"x is a masked array with 2 of 6 entries masked.*such as x\.filled\(0\)"):
        examine((dense, dense_backward), inputs=st.just(inputs) if drawn else inputs)


@pytest.mark.filterwarnings("ignore:the matrix subclass:PendingDeprecationWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_an_example_of_another_kind_of_array_is_said_to_be_handed_over_plain(kind: str) -> None:
    """A layer may compute in another way with it."""
    notes = _notes((dense, dense_backward), (KINDS[kind][0](X), W))
    told = f"the layer is handed plain arrays: x of the example is of {kind}"
    assert [note.removesuffix(", on which * is a product of matrices") for note in notes if "plain" in note] == [told]


@pytest.mark.parametrize("kind", KINDS)
def test_results_of_another_kind_of_array_are_told(kind: str) -> None:
    """Their numbers are right; whoever computes with them may get others."""
    turned, meaning = KINDS[kind]

    def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        dx, dw = dense_backward(dy, saved)
        return dx, turned(dw)

    def forward(x: Array, w: Array) -> tuple[Array, Any]:
        y, saved = dense(x, w)
        return turned(y), saved

    for name, layer in {"dw": (dense, backward), "y": (forward, dense_backward)}.items():
        assert f"{name} comes as {kind}, no plain array{meaning}" in _notes(layer)


def test_plain_arrays_are_told_nothing_of() -> None:
    """Nor one that lies in a file."""
    assert not [note for note in _notes((dense, dense_backward)) if "plain array" in note]
