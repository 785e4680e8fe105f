"""Of common layers that no family claims, the derivative that stands in place of the right one is named."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.diagnosis.causes import example_looks
from checks.opening import opened
from checks.types import Array
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("every_step")

X = np.random.default_rng(3).standard_normal((4, 5))
KERNEL = np.array([1.0, 2.0, -3.0])

Forward = Callable[[Array], Array]
#: Told dy, x and y.
Backward = Callable[[Array, Array, Array], Array]


def sigmoid(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return np.asarray(1 / (1 + np.exp(-x)))


def softmax(x: Array) -> Array:
    """Over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def norm(x: Array) -> Array:
    """Of each row."""
    return np.asarray(np.sqrt(np.sum(x**2, 1, keepdims=True)))


def logarithm_of_sum(x: Array) -> Array:
    """Of the exponentials of each row."""
    return np.asarray(np.log(np.sum(np.exp(x), 1)))


def every_other(x: Array) -> Array:
    """Column."""
    return x[:, ::2] + 0.0


def columns_astray(dy: Array, x: Array, _y: Array) -> Array:
    """The first columns get what every other one must get."""
    dx = np.zeros_like(x)
    dx[:, : dy.shape[1]] = dy
    return dx


WRONG: list[tuple[Forward, Backward, str]] = [
    (sigmoid, lambda dy, _x, y: dy * y, "dx is dy * y, where dy * y * (1 - y) belongs"),
    (sigmoid, lambda dy, _x, y: dy * (1 - y), "dx is dy * (1 - y), where dy * y * (1 - y) belongs"),
    (sigmoid, lambda dy, x, _y: dy * x * (1 - x), "dx is dy * x * (1 - x), where dy * y * (1 - y) belongs"),
    (np.tanh, lambda dy, _x, y: dy * (1 - y), "dx is dy * (1 - y), where dy * (1 - y**2) belongs"),
    (np.tanh, lambda dy, x, _y: dy * (1 - x**2), "dx is dy * (1 - x**2), where dy * (1 - y**2) belongs"),
    (np.square, lambda dy, _x, _y: 2 * dy, "dx is dy * 2, where dy * 2 * x belongs"),
    (np.exp, lambda dy, x, _y: dy * x, "dx is dy * x, where dy * y belongs"),
    (
        lambda x: x * sigmoid(x),
        lambda dy, x, _y: dy * sigmoid(x),
        "dx is dy * sigmoid(x), where something else belongs",
    ),
    (lambda x: np.sum(x**3), lambda dy, x, _y: 3 * dy * x, "dx is the right one / x"),
    (lambda x: np.sum(x**2), lambda dy, x, _y: 2 * dy * x**2, "dx is the right one times x"),
    (softmax, lambda dy, _x, y: dy * y, "y times the sum of dy * y along axis 1 is not taken off"),
    (
        softmax,
        lambda dy, _x, y: y * (dy - np.sum(dy)),
        "along axis 1 dx is off by a multiple of y, the same one",
    ),
    (
        lambda x: np.log(softmax(x)),
        lambda dy, _x, _y: dy + 0.0,
        "exp(y) times the sum of dy along axis 1 is not taken off",
    ),
    (
        lambda x: np.log(softmax(x)),
        lambda dy, _x, y: dy - 2 * np.exp(y) * dy.sum(1, keepdims=True),
        "exp(y) times the sum of dy along axis 1 is taken off twice",
    ),
    (lambda x: x / norm(x), lambda dy, x, _y: dy / norm(x), "along axis 1 dx is off by a multiple of y, the same one"),
    (
        lambda x: x / np.sqrt(np.sum(x**2)),
        lambda dy, x, _y: dy / np.sqrt(np.sum(x**2)),
        "along axis 0 and axis 1 dx is off by a multiple of y",
    ),
    (
        logarithm_of_sum,
        lambda dy, x, _y: dy.mean() * softmax(x),
        "dx is what it must be for the mean of dy in place of each entry",
    ),
    (
        logarithm_of_sum,
        lambda dy, x, _y: dy[::-1, None] * softmax(x),
        "dx is what it must be for dy reversed along its axis 0",
    ),
    (np.tanh, lambda dy, _x, y: dy**2 * (1 - y**2), "dx is what it must be for dy squared"),
    (every_other, columns_astray, "each element of dx is an entry of dy, or 0, as it must be; the wrong ones hold"),
]


def looks(layer: Any, *inputs: Array) -> tuple[str, ...]:
    """What is said of the gradient of x on the example as it was given."""
    examination, limits = opened(layer, "", None, inputs)
    case = next(case for case in limits.family.sweep(1, 12) if case.span == 1)
    return example_looks(Trial(examination.subject, examination.family, case), "dx")


def pair(forward: Forward, backward: Backward) -> Any:
    """Functions of which the backward is told x and y."""
    return (lambda x: (forward(x), (x, forward(x)))), lambda dy, saved: backward(dy, *saved)


@pytest.mark.long(keep=8)
@pytest.mark.parametrize(("forward", "backward", "words"), WRONG, ids=[row[2] for row in WRONG])
def test_what_stands_in_place_of_a_derivative_is_named(forward: Forward, backward: Backward, words: str) -> None:
    """First of all that is said; the same with its largest element off by an eighth has no name."""
    assert looks(pair(forward, backward), X)[0].startswith(words)

    def bent(dy: Array, x: Array, y: Array) -> Array:
        dx = np.array(backward(dy, x, y))
        dx.reshape(-1)[np.argmax(np.abs(dx))] *= 1.125
        return dx

    assert looks(pair(forward, bent), X)[0].startswith("dx: ")


def test_a_kernel_that_is_not_reversed_is_told() -> None:
    """Sums over windows: dx is what it must be for the kernel reversed; one entry off has no cause."""

    def forward(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
        return np.array([np.convolve(row, w[::-1], "valid") for row in x]), (x, w)

    def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, w = saved
        dx = np.array([np.convolve(row, w[::-1], "full") for row in dy])
        return dx, np.sum([np.correlate(a, b, "valid") for a, b in zip(x, dy, strict=True)], 0)

    assert "dx is what it must be for w reversed along its last axis" in looks((forward, backward), X, KERNEL)


@pytest.mark.parametrize("off", [1e-3, 1e-7])
def test_what_is_all_but_right_has_no_other_cause(off: float) -> None:
    """A gradient that is off by less than causes are told apart by fits every expression that fits the right one."""
    layer = pair(sigmoid, lambda dy, _x, y: dy * y * (1 - y) * (1 + off))
    assert looks(layer, X)[0].startswith("dx: ")


def test_dropout_without_its_scale_is_not_scattered() -> None:
    """Entries of dy belong there twice."""
    mask = np.arange(20).reshape(4, 5) % 2
    said = looks(pair(lambda x: 2 * x * mask, lambda dy, _x, _y: dy * mask), X)
    assert not [sentence for sentence in said if "scattered" in sentence]


def scaled_to_one(x: Array) -> Array:
    """Each row from 0 to 1."""
    least = x.min(1, keepdims=True)
    return np.asarray((x - least) / (x.max(1, keepdims=True) - least))


def without_the_least(dy: Array, x: Array, y: Array) -> Array:
    """The least number of a row as if it were a constant."""
    rows, width = np.arange(len(x)), np.ptp(x, axis=1)
    dx = dy / width[:, None]
    dx[rows, x.argmax(1)] -= (dy * y).sum(1) / width
    return np.asarray(dx)


def test_nothing_is_over_what_is_zero_where_a_number_came() -> None:
    """The sign of y is 1 everywhere else, where dx is right."""
    said = looks(pair(scaled_to_one, without_the_least), X)
    assert not [sentence for sentence in said if "the right one" in sentence]
