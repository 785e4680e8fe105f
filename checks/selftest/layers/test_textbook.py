"""The fast forms and the textbook forms agree bit for bit on integer data, over random configurations of every kind."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import reference_impl as layers
from checks.selftest.layers import draws
from reference_impl import textbook

SEEDS = range(60)


def assert_same_bits(got: Any, want: Any) -> None:
    """Equal shape, dtype and values; NaN equals NaN."""
    assert (got.shape, got.dtype) == (want.shape, want.dtype)
    np.testing.assert_array_equal(got, want)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble", "complex128"])
@pytest.mark.parametrize("seed", SEEDS)
def test_convolution_equals_rotation_zeros_and_full_correlation(seed: int, dtype: str) -> None:
    """Unfolding and folding gives what the tutorial's steps give: y, dx, dweight and dbias."""
    draw = draws.convolution(seed, dtype)
    y, saved = layers.conv_forward(**draw.arguments)
    assert_same_bits(y, textbook.conv_forward(**draw.arguments))
    dy = draws.integers(np.random.default_rng(seed), y.shape, dtype)
    want = textbook.conv_backward(dy, **draw.arguments)
    for fast, slow in zip(layers.conv_backward(dy, saved), want, strict=True):
        assert_same_bits(np.asarray(fast), np.asarray(slow))


@pytest.mark.parametrize("dtype", ["float16", "float64"])
@pytest.mark.parametrize("seed", SEEDS)
def test_max_pooling_equals_the_search_of_each_window(seed: int, dtype: str) -> None:
    """Also with ties, NaN and minus infinity, where only the recorded winner gets the gradient."""
    draw = draws.max_pool(seed, dtype)
    y, saved = layers.max_pool_forward(**draw.arguments)
    assert_same_bits(y, textbook.max_pool_forward(**draw.arguments))
    dy = draws.integers(np.random.default_rng(seed), y.shape, dtype)
    want = textbook.max_pool_backward(dy, **draw.arguments)
    assert_same_bits(layers.max_pool_backward(dy, saved), want)


@pytest.mark.parametrize("dtype", ["float32", "longdouble"])
@pytest.mark.parametrize("seed", SEEDS)
def test_average_pooling_equals_equal_shares_of_each_window(seed: int, dtype: str) -> None:
    """Every window shares dy / divisor among its cells, whatever the settings make the divisor."""
    draw = draws.avg_pool(seed, dtype)
    y, saved = layers.avg_pool_forward(**draw.arguments)
    assert_same_bits(y, textbook.avg_pool_forward(**draw.arguments))
    dy = draws.whole_shares(seed, y, saved.divisor)
    want = textbook.avg_pool_backward(dy, **draw.arguments)
    assert_same_bits(layers.avg_pool_backward(dy, saved), want)


@pytest.mark.parametrize("at_zero", [0.0, 1.0, 0.5, -2.0])
def test_relu_equals_its_three_cases(at_zero: float) -> None:
    """Below, above and at zero, with every slope at zero."""
    rng = np.random.default_rng(0)
    x, dy = draws.integers(rng, (50, 7), "float64"), draws.integers(rng, (50, 7), "float64")
    y, saved = layers.relu_forward(x, at_zero)
    assert_same_bits(y, textbook.relu_forward(x, at_zero))
    assert_same_bits(layers.relu_backward(dy, saved), textbook.relu_backward(dy, x, at_zero))


def test_the_textbook_spells_out_known_numbers() -> None:
    """A kernel (1, 2) on (3, 5, 7) with dy = (10, 100), by hand: dx = (10, 120, 200), dweight = (530, 750)."""
    x, weight, dy = (np.array([[values]], float) for values in ([3, 5, 7], [1, 2], [10, 100]))
    assert textbook.conv_forward(x, weight).tolist() == [[[13, 19]]]
    dx, dweight, dbias = textbook.conv_backward(dy, x, weight)
    assert (dx.tolist(), dweight.tolist(), dbias) == ([[[10, 120, 200]]], [[[530, 750]]], None)


@pytest.mark.parametrize(
    ("op", "values", "want"),
    [("max_pool", [1, 4, 2, 4], [0, 10, 0, 100]), ("avg_pool", [1, 4, 2, 4], [5, 5, 50, 50])],
)
def test_the_textbook_pools_known_numbers(op: str, values: list[int], want: list[int]) -> None:
    """Windows of two: the winner takes dy = (10, 100), or both cells share it."""
    x, dy = np.array([[values]], float), np.array([[[10, 100]]], float)
    assert getattr(textbook, f"{op}_backward")(dy, x, 2).tolist() == [[want]]
