"""Lattices keep their promise: sums over them are exact in every order, by brute force."""

from __future__ import annotations

import numpy as np
import pytest

from checks import lattice
from checks.data import draw, round_to
from checks.rounding import DIGITS, exact_limit

REAL = [dtype for dtype in DIGITS if not dtype.startswith("complex")]


def _sum(terms: np.ndarray, dtype: str) -> int:
    total = terms[:1]
    for i in range(1, len(terms)):
        total = round_to(total + terms[i : i + 1], dtype)
    return int(total[0])


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("terms", [1, 2, 9, 30])
@pytest.mark.parametrize("unit", [1, 2, 3])
def test_the_largest_products_add_up_exactly_even_when_one_factor_is_moved(dtype: str, terms: int, unit: int) -> None:
    """Every factor at its largest, one of them moved by as much again: the worst case of the promise."""
    largest = unit * lattice.span(dtype, terms, unit)
    product = round_to(np.full(terms, float(largest)), dtype) * round_to(np.full(terms, 2.0 * largest), dtype)
    assert _sum(round_to(product, dtype), dtype) == terms * 2 * largest**2


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("terms", [1, 2, 9, 30, 1000])
def test_no_larger_span_would_keep_the_promise(dtype: str, terms: int) -> None:
    """One more and twice the products, moved, leave the exact integers; unless the span stopped growing on purpose."""
    span = lattice.span(dtype, terms)
    assert span == lattice.LARGEST_SPAN or terms * (2 * (span + 1)) ** 2 > exact_limit(dtype)


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("size", [1, 2, 7, 8, 63, 64])
def test_units_leave_room_for_distinct_multiples_that_move(dtype: str, size: int) -> None:
    """Every multiple, moved by half a unit either way, is a number of the format."""
    unit = lattice.unit(dtype, size)
    x = draw({"x": (size,)}, dtype, "distinct", 1, unit, 0)["x"].astype(np.longdouble)
    for move in (-(unit // 2), 0, unit // 2):
        np.testing.assert_array_equal(round_to(x + move, dtype), x + move)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16"])
@pytest.mark.parametrize("terms", [600, 3000, 20_000])
def test_sparse_sums_stay_exact_on_average_with_room_to_spare(dtype: str, terms: int) -> None:
    """Where no span is small enough, zeros make the sums small."""
    assert lattice.span(dtype, terms) == 0
    thin = lattice.thinning(dtype, terms)
    masses = [
        float(np.abs(drawn["x"] * drawn["weight"]).sum())
        for seed in range(40)
        for drawn in [draw({"x": (terms,), "weight": (terms,)}, dtype, "sparse", thin, 1, seed)]
    ]
    assert max(masses) <= exact_limit(dtype)
