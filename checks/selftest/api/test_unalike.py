"""A square example is also tried with sides that differ: there, one length cannot stand for another."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.families.elsewhere import OTHER_LENGTHS
from checks.report.story import story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "adjoint"]}
RNG = np.random.default_rng(0)
IMAGES, CUBES, MATRICES = (RNG.normal(size=size) for size in [(2, 3, 4, 4), (2, 3, 3, 3), (3, 3)])


def mean(x: Array) -> tuple[Array, tuple[int, ...]]:
    """Of each plane."""
    return x.mean((-1, -2)), x.shape


def mean_back(dy: Array, shape: tuple[int, ...]) -> Array:
    """Shared by all cells."""
    return np.broadcast_to(dy[..., None, None] / (shape[-1] * shape[-2]), shape).copy()


def mean_back_of_squares(dy: Array, shape: tuple[int, ...]) -> Array:
    """The same, of as many rows as columns."""
    return np.broadcast_to(dy[..., None, None] / shape[-1] ** 2, shape).copy()


def winner(x: Array) -> tuple[Array, tuple[Array, tuple[int, ...]]]:
    """The largest number of each of the samples, and where it was among all."""
    flat = x.reshape(len(x), -1)
    return flat.max(1), (flat.argmax(1), x.shape)


def winner_back(dy: Array, saved: tuple[Array, tuple[int, ...]]) -> Array:
    """It alone gets something."""
    (at, shape), dx = saved, np.zeros(saved[1])
    dx[(np.arange(len(at)), *np.unravel_index(at, shape[1:]))] = dy
    return dx


def winner_back_of_cubes(dy: Array, saved: tuple[Array, tuple[int, ...]]) -> Array:
    """Found again by the first length along each axis."""
    (at, shape), dx = saved, np.zeros(saved[1])
    side = shape[1]
    place = at // side**2 % side, at // side % side, at % side
    dx[(np.arange(len(at)), *(np.minimum(each, size - 1) for each, size in zip(place, shape[1:], strict=True)))] = dy
    return dx


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("layer", "example"),
    [
        ((mean, mean_back_of_squares), IMAGES),
        ((winner, winner_back_of_cubes), CUBES),
        ((mean, mean_back_of_squares), RNG.normal(size=(2, 12, 4, 4))),
        ((mean, mean_back_of_squares), RNG.normal(size=(4, 3, 32, 32))),
    ],
    ids=["mean", "winner", "of hundreds of numbers", "of thousands"],
)
def test_one_length_that_stands_for_another_is_said_to_be_wrong_there_alone(layer: Any, example: Array) -> None:
    """It is right on squares."""
    found = examine(layer, inputs=(example,), **QUICK)
    assert found.only_elsewhere == [OTHER_LENGTHS], story(found)


@pytest.mark.long
@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ((mean, mean_back), (IMAGES,)),
        ((mean, mean_back), (RNG.normal(size=(4, 3, 32, 32)),)),
        ((winner, winner_back), (CUBES,)),
        (torch.linalg.inv, (torch.tensor(MATRICES),)),
        (torch.diagonal, (torch.tensor(MATRICES),)),
        (torch.matmul, (torch.tensor(MATRICES), torch.tensor(RNG.normal(size=(3, 3))))),
        (torch.nn.Linear(3, 3).double(), (torch.tensor(MATRICES),)),
        (torch.nn.functional.mse_loss, (torch.tensor(MATRICES), torch.tensor(RNG.normal(size=(3, 3))))),
        ((lambda x: (np.diag(x).copy(), None), lambda dy, _: np.diag(dy)), (MATRICES,)),
    ],
    ids=["mean", "mean of thousands", "winner", "inverse", "diagonal", "product", "linear", "squares", "square alone"],
)
def test_a_layer_that_keeps_its_sides_apart_or_takes_squares_alone_is_no_hazard(layer: Any, inputs: Any) -> None:
    """A matrix that is inverted has no other shape."""
    found = examine(layer, inputs=inputs, **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


def product(a: Array, b: Array) -> tuple[Array, tuple[Array, Array]]:
    """Of two matrices."""
    return a @ b, (a, b)


def product_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Of both."""
    a, b = saved
    return dy @ b.T, a.T @ dy


def product_back_of_squares(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """The second by as many rows of the first as it has itself."""
    a, b = saved
    rows = min(len(a), len(b))
    return dy @ b.T, a[:rows].T @ dy[:rows]


@pytest.mark.parametrize(("backward", "told"), [(product_back, False), (product_back_of_squares, True)])
def test_arguments_of_one_shape_are_tried_in_shapes_of_their_own(backward: Any, *, told: bool) -> None:
    """Two square matrices: a longer first one alone shows what takes its rows for those of the second."""
    found = examine((product, backward), inputs=(MATRICES, MATRICES[::-1].copy()), **QUICK)
    assert found.wrong is told, story(found)


@pytest.mark.long
@pytest.mark.parametrize(
    "layer", [torch.nn.functional.mse_loss, torch.cdist, torch.mul, torch.nn.functional.cosine_similarity]
)
def test_pairs_of_one_shape_are_no_hazard(layer: Any) -> None:
    """Whether they take others or not."""
    x = torch.tensor(RNG.normal(size=(2, 5, 4)))
    assert examine(layer, inputs=(x[0], x[1]), **QUICK).hazards == {}


def attention(q: Array, k: Array, v: Array) -> tuple[Array, Any]:
    """Values of each query, weighed by its keys."""
    scores = q @ k.swapaxes(-1, -2) / np.sqrt(q.shape[-1])
    weights = np.exp(scores) / np.exp(scores).sum(-1, keepdims=True)
    return weights @ v, (q, k, v, weights)


def attention_back(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Of all three."""
    q, k, v, weights = saved
    dweights = dy @ v.swapaxes(-1, -2)
    dscores = weights * (dweights - (dweights * weights).sum(-1, keepdims=True)) / np.sqrt(q.shape[-1])
    return dscores @ k, dscores.swapaxes(-1, -2) @ q, weights.swapaxes(-1, -2) @ dy


def attention_back_by_values(dy: Array, saved: Any) -> tuple[Array, ...]:
    """Scaled by the width of the values, which the keys have only where nobody chose another."""
    dq, dk, dv = attention_back(dy, saved)
    by = np.sqrt(saved[0].shape[-1] / saved[2].shape[-1])
    return dq * by, dk * by, dv


@pytest.mark.parametrize(("backward", "told"), [(attention_back, set()), (attention_back_by_values, {"dq", "dk"})])
def test_values_are_tried_wider_than_keys(backward: Any, told: set[str]) -> None:
    """Queries that are longer than keys come first, and tell nothing of that."""
    found = examine((attention, backward), inputs=tuple(RNG.normal(size=(3, 2, 3, 4))), **QUICK)
    assert {each.verdict.of for each in found.findings.values()} <= told
    assert found.wrong is bool(told), story(found)
