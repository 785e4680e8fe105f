"""Gradients of norms and of softmax that leave out a mean, or sum something else or elsewhere, are named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks.selftest.diagnosis.test_causes import bent, looks
from checks.types import Array

pytestmark = pytest.mark.usefixtures("every_step")

RNG = np.random.default_rng(4)
X, SCALE, SHIFT = RNG.standard_normal((4, 5)), RNG.uniform(0.5, 2, 5), RNG.standard_normal(5)
SQUARE, OF_SQUARE = RNG.standard_normal((4, 4)), RNG.uniform(0.5, 2, 4)
IMAGES, OF_CHANNELS = RNG.standard_normal((2, 3, 4)), RNG.uniform(0.5, 2, 3)

GROUPED, OF_GROUPED = RNG.standard_normal((2, 4, 3)), RNG.uniform(0.5, 2, 4)


def norm(axes: tuple[int, ...], without: str = "", *, centre: bool = True) -> Any:
    """A norm with a scale along axis -1, or 1 of three, whose gradient lacks some of its terms."""

    def forward(x: Array, g: Array) -> tuple[Array, Any]:
        g = g.reshape(-1, *(1,) * (x.ndim - 2)) if x.ndim > 2 else g
        away = x - centre * x.mean(axes, keepdims=True)
        deviation = np.sqrt((away**2).mean(axes, keepdims=True) + 1e-5)
        return g * away / deviation, (x, away / deviation, deviation, g)

    def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
        x, h, deviation, g = saved
        d, others = dy * g, tuple(axis for axis in range(x.ndim) if axis != (1 if x.ndim > 2 else x.ndim - 1))
        mean = d.mean(axes, keepdims=True) * (centre and "mean" not in without)
        along = h * (d * h).mean(axes, keepdims=True) * ("along" not in without)
        of = x if "x" in without else h
        if "other" in without:
            others = (1,)
        return (d - mean - along) / deviation, (dy * of).sum(others)

    return forward, backward


def group_norm(without: str) -> Any:
    """The same in two groups of channels, each with the positions of its channels."""
    plain, backward = norm((1,), without)

    def forward(x: Array, g: Array) -> tuple[Array, Any]:
        rows = x.reshape(2 * len(x), -1)
        y, (_, h, deviation, _) = plain(rows, np.ones(rows.shape[1]))
        return g[:, None] * y.reshape(x.shape), (rows, h, deviation, g[:, None])

    def back(dy: Array, saved: Any) -> tuple[Array, Array]:
        rows, h, deviation, g = saved
        dx, _ = backward((dy * g).reshape(rows.shape), (rows, h, deviation, 1.0))
        return dx.reshape(dy.shape), (dy * (rows if "x" in without else h).reshape(dy.shape)).sum((0, 2))

    return forward, back


def shifted(wrong: int) -> Any:
    """A shift with db summed along another axis."""
    return lambda x, b: (x + b, None), lambda dy, _: (dy, dy.sum(wrong))


def softmax(x: Array, axis: int) -> Array:
    """Along an axis."""
    return np.asarray(np.exp(x) / np.exp(x).sum(axis, keepdims=True))


def summed(axis: int) -> Any:
    """Softmax along the last axis."""
    return lambda x: (softmax(x, -1),) * 2, lambda dy, p: p * (dy - (dy * p).sum(axis, keepdims=True))


def logarithm(axis: int) -> Any:
    """Its logarithm."""
    return (
        lambda x: (np.log(softmax(x, -1)), softmax(x, -1)),
        lambda dy, p: dy - p * dy.sum(axis, keepdims=True),
    )


NAMED: list[tuple[str, Any, tuple[Array, ...], str, str]] = [
    ("layer norm", norm((1,), "mean"), (X, SCALE), "dx", "a norm along axis 1 in which mean(d) is left out"),
    ("its other mean", norm((1,), "along"), (X, SCALE), "dx", "along axis 1 in which h mean(d h) is left out"),
    ("both", norm((1,), "mean along"), (X, SCALE), "dx", "along axis 1 in which each mean is left out"),
    ("batch norm", norm((0, 2), "mean"), (IMAGES, OF_CHANNELS), "dx", "along axes 0, 2 in which mean(d) is left out"),
    ("group norm", group_norm("mean"), (GROUPED, OF_GROUPED), "dx", "along axes 1, 2 in 2 groups in which mean(d) is"),
    ("of groups", group_norm("along"), (GROUPED, OF_GROUPED), "dx", "axes 1, 2 in 2 groups in which h mean(d h) is"),
    ("their x", group_norm("x"), (GROUPED, OF_GROUPED), "dg", "x as it is normalized along axes 1, 2 in 2 groups bel"),
    ("rms norm", norm((1,), "along", centre=False), (X, SCALE), "dx", "is left out of (d - h mean(d h)) / deviation"),
    ("of x", norm((1,), "x"), (X, SCALE), "dg", "dg is the sum of dy times x itself, where x as it is normalized"),
    ("axes", norm((1,), "other"), (SQUARE, OF_SQUARE), "dg", "along axis 1, where it must be summed along axis 0"),
    ("shift", shifted(1), (SQUARE, OF_SQUARE), "db", "db sums dy along axis 1, where it must be summed along axis 0"),
    ("softmax", summed(0), (X,), "dx", "dx sums dy * y along axis 0, where it must be summed along axis 1"),
    ("log-softmax", logarithm(0), (X,), "dx", "dx sums dy along axis 0, where it must be summed along axis 1"),
]


@pytest.mark.parametrize(("layer", "inputs", "of", "words"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_it_is_named_first_and_a_near_miss_is_not(layer: Any, inputs: tuple[Array, ...], of: str, words: str) -> None:
    """The near miss has one element that the mistake does not explain."""
    said = looks(layer, *inputs, of=of)
    assert words in said[0], said
    forward, backward = layer

    def missed(dy: Array, saved: Any) -> Any:
        given = backward(dy, saved)
        if not isinstance(given, tuple):
            return bent(lambda *_: given)(dy, saved)
        wrong = bent(lambda *_: given[of != "dx"])(dy, saved)
        return (wrong, given[1]) if of == "dx" else (given[0], wrong)

    assert not any(words in each for each in looks((forward, missed), *inputs, of=of))
