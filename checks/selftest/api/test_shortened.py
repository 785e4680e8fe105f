"""What only an example with a short length, or with one of 1, shows."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.families.elsewhere import OTHER_LENGTHS
from checks.selftest.api.products import dense, dense_back
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def padded(x: Array) -> tuple[Array, int]:
    """Each row with two more numbers at either end, as in a mirror."""
    return np.pad(x, [*[(0, 0)] * (x.ndim - 1), (2, 2)], mode="reflect"), x.shape[-1]


def padded_back(dy: Array, size: int) -> Array:
    """What lies in the mirror is added to what it mirrors."""
    dx = dy[..., 2:-2].copy()
    dx[..., 1:3] += dy[..., 1::-1]
    dx[..., size - 3 : size - 1] += dy[..., :-3:-1]
    return dx


def padded_back_at_once(dy: Array, size: int) -> Array:
    """The same, but a number that both mirrors show gets one share alone."""
    dx, inner = padded_back(dy, size), dy[..., 2:-2]
    dx[..., size - 3 : size - 1] = inner[..., size - 3 : size - 1] + dy[..., :-3:-1]
    return dx


def ends(x: Array) -> tuple[Array, tuple[int, ...]]:
    """The first and the last number of each row once more."""
    return np.concatenate([x[..., :1], x, x[..., -1:]], -1), x.shape


def ends_back(dy: Array, _: tuple[int, ...]) -> Array:
    """Each end gets what its copies got."""
    dx = dy[..., 1:-1].copy()
    dx[..., 0] += dy[..., 0]
    dx[..., -1] += dy[..., -1]
    return dx


def ends_back_at_once(dy: Array, _: tuple[int, ...]) -> Array:
    """The same, but where both ends are one number the second share takes the first one's place."""
    dx, inner = ends_back(dy, ()), dy[..., 1:-1]
    dx[..., -1] = inner[..., -1] + dy[..., -1]
    return dx


@pytest.mark.parametrize("layer", [(padded, padded_back_at_once), (ends, ends_back_at_once)])
def test_what_is_wrong_in_short_rows_alone_is_said_to_be_so_there_alone(layer: tuple[Any, Any]) -> None:
    """Of one number, and of the fewest that the layer takes."""
    found = examine(layer, inputs=(RNG.normal(size=(2, 7)),), **QUICK)
    assert found.only_elsewhere == [OTHER_LENGTHS], story(found)


def applied(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """Each row of each sample times a matrix."""
    return x @ w.T, (x, w)


def applied_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Of one sample the rows of dw lie as if they were columns."""
    x, w = saved
    dw = np.einsum("bti,btj->ij", dy, x)
    return dy @ w, dw if len(x) > 1 else dw.T.reshape(w.shape)


def test_the_first_of_three_lengths_becomes_1_too() -> None:
    """One sample, beside the last length and the one between them."""
    found = examine((applied, applied_back), inputs=(RNG.normal(size=(2, 5, 3)), RNG.normal(size=(4, 3))), **QUICK)
    assert found.findings["finite differences"].shrunk.shapes["x"][0] == 1


@pytest.mark.parametrize("axis", [0, 1])
def test_of_two_lengths_each_becomes_1_in_its_turn(axis: int) -> None:
    """Rows, and the length over which a product sums: of one number y is far smaller."""

    def back_of_one(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, (dx, dw) = saved[0], dense_back(dy, saved)
        return dx, dw * (2 if x.ndim == 2 and x.shape[axis] == 1 else 1)

    inputs = RNG.normal(size=(4, 6)), RNG.normal(size=(6, 4))
    found = examine((dense, back_of_one), inputs=inputs, **QUICK)
    assert found.findings["finite differences"].case.shapes["x"][axis] == 1


def test_a_length_that_a_layer_holds_unseen_is_not_taken_for_a_short_one() -> None:
    """A single number is stretched to as many as the layer has."""
    weights = np.arange(1.0, 6.0)
    found = examine(
        (lambda x: (x * weights, None), lambda dy, _: dy * weights), inputs=(RNG.normal(size=(2, 5)),), **QUICK
    )
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
