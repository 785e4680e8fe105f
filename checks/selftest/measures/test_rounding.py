"""The bounds of rounding hold for every format and order of summing, and no smaller bound of their form would."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from checks.data import round_to
from checks.rounding import DIGITS, TINIEST, dot, exact_limit, gamma, growth, sum_bound, unit_roundoff
from checks.types import Array, carrier

REAL = ["bfloat16", "float16", "float32", "float64", "longdouble"]
ORDERS = ["as they come", "reversed", "ascending", "pairwise"]


def _ordered(terms: Array, order: str) -> Array:
    return {"reversed": terms[::-1], "ascending": np.sort(terms)}.get(order, terms)


def _sum(terms: Array, dtype: str, order: str) -> Array:
    """Sum with a rounding to ``dtype`` after each addition."""
    terms = _ordered(terms, order)
    while len(terms) > 1:
        if order == "pairwise":
            even = terms if len(terms) % 2 == 0 else np.append(terms, terms.dtype.type(0))
            terms = round_to(even[::2] + even[1::2], dtype)
        else:
            terms = np.append(round_to(terms[:1] + terms[1:2], dtype), terms[2:])
    return np.asarray(terms[0])


def _exact(terms: Array) -> Fraction:
    return sum((_fraction(term) for term in terms), Fraction(0))


def _fraction(value: Any) -> Fraction:
    """The very number, of any format: NumPy gives the ratio of two integers."""
    return Fraction(*value.as_integer_ratio())


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("count", [2, 3, 17, 60])
def test_sums_of_products_stay_within_the_bound_in_every_order(dtype: str, order: str, count: int) -> None:
    """Random products, rounded one by one, then added in one order, against exact fractions."""
    rng = np.random.default_rng(count)
    for _ in range(20):
        a, b = (round_to(rng.standard_normal(count) * 4.0 ** rng.integers(-3, 4, count), dtype) for _ in "ab")
        exact = sum((_fraction(p) * _fraction(q) for p, q in zip(a, b, strict=True)), Fraction(0))
        got = _sum(round_to(a * b, dtype), dtype, order)
        mass = np.sum(np.abs(a.astype(np.longdouble) * b.astype(np.longdouble)))
        assert abs(_fraction(got[()]) - exact) <= float(sum_bound(np.asarray(mass), count, dtype))


@pytest.mark.parametrize("dtype", REAL)
def test_a_bound_of_half_a_rounding_less_would_be_broken(dtype: str) -> None:
    """1 + u (1 - 2u) ties down every time: n additions lose nearly n u, so gamma of n/2 is too small."""
    count = 2 ** min(DIGITS[dtype] // 2, 6)
    tie = carrier(dtype).type(2.0 ** -DIGITS[dtype])
    terms = np.array([1.0] + [tie] * count, carrier(dtype))
    lost = abs(_fraction(_sum(terms, dtype, "as they come")[()]) - _exact(terms))
    mass = np.asarray(1.0 + count * float(tie))
    assert lost <= float(sum_bound(mass, count, dtype))
    assert lost > float(sum_bound(mass, count // 2, dtype))


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_products_that_underflow_are_allowed_for(dtype: str) -> None:
    """The smallest number times a half is lost whole; relative bounds alone would call that wrong."""
    tiny = carrier(dtype).type(TINIEST[dtype])
    product = tiny * carrier(dtype).type(0.25)
    assert product == 0
    mass = np.asarray(np.longdouble(TINIEST[dtype]) * 0.25)
    assert mass <= sum_bound(mass, 1, dtype)
    assert mass > gamma(1, dtype) * mass
    assert sum_bound(mass, 1, dtype) - gamma(1, dtype) * mass >= TINIEST[dtype]


@pytest.mark.parametrize("dtype", [name for name in DIGITS if not name.startswith("complex")])
def test_digits_are_those_of_the_format(dtype: str) -> None:
    """1 + u rounds back to 1, 1 + 2u does not; integers are exact up to the limit and not beyond."""
    one, u = np.ones((), carrier(dtype)), unit_roundoff(dtype)
    assert round_to(np.asarray(one + one * u), dtype) == 1
    assert round_to(np.asarray(one + one * 2 * u), dtype) > 1
    limit, whole = int(exact_limit(dtype)), carrier("longdouble").type(exact_limit(dtype))
    assert int(round_to(np.asarray(whole - 1), dtype)) == limit - 1
    assert int(round_to(np.asarray(whole), dtype)) == limit
    assert int(round_to(np.asarray(whole + 1), dtype)) != limit + 1


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64", "longdouble"])
def test_the_tiniest_number_is_the_formats_own(dtype: str) -> None:
    """Where the table says more than the format has, the bound is only wider."""
    assert np.finfo(dtype).smallest_subnormal <= TINIEST[dtype] * 2


def test_gamma_is_n_u_over_one_minus_n_u_and_unknown_beyond_half() -> None:
    """The formula, and its refusal where the format is too coarse for so many roundings."""
    u = 2.0**-11
    assert gamma(10, "float16") == pytest.approx(10 * u / (1 - 10 * u), rel=1e-15)
    assert gamma(0, "float16") == 0
    assert np.isnan(gamma(1024, "float16"))
    assert growth(1024, "float16")[1] == "gamma_1024 (1,024 roundings are too many for float16)"
    assert growth(1023, "float16")[1] == "gamma_1023"


def test_no_rounding_gives_no_bound() -> None:
    """A selected value must be equal, however large it is."""
    assert not np.any(sum_bound(np.full((2, 3), 1e30), 0, "float32"))
    assert sum_bound(np.full((2, 3), 1e30), 0, "float32").shape == (2, 3)


@pytest.mark.parametrize("dtype", ["complex64", "complex128"])
def test_complex_products_by_three_real_ones_stay_within_the_bound(dtype: str) -> None:
    """Gauss: ac, bd and (a + b)(c + d); the imaginary part suffers most where the real parts are large."""
    rng, worst = np.random.default_rng(0), 0.0
    for _ in range(2000):
        first, second = (_complex(rng, dtype) for _ in "xw")
        got = _gauss(first, second)
        off = np.abs(np.clongdouble(got) - np.clongdouble(first) * np.clongdouble(second))
        worst = max(worst, float(off / sum_bound(np.abs(np.clongdouble(first) * second), 1, dtype)))
    assert 0.05 < worst <= 1


def _complex(rng: np.random.Generator, dtype: str) -> Any:
    value = rng.standard_normal() + 1j * rng.standard_normal() * 10.0 ** rng.integers(-4, 5)
    return np.dtype(dtype).type(value)


def _gauss(x: Any, w: Any) -> complex:
    first, second, both = x.real * w.real, x.imag * w.imag, (x.real + x.imag) * (w.real + w.imag)
    return complex(first - second, both - first - second)


def test_growth_names_what_it_multiplies() -> None:
    """The name goes into messages."""
    assert growth(7, "float32") == (gamma(7, "float32"), "gamma_7")
    assert growth(7, "complex64") == (4 * gamma(11, "complex64"), "4 gamma_11")


def test_inner_products_of_integers_are_exact_and_say_so() -> None:
    """In blocks larger than one too."""
    a, b = (np.random.default_rng(seed).integers(-9, 10, 100_000) for seed in (0, 1))
    assert dot(a.astype(float), b.astype(np.float16)) == (float(a @ b), 0.0)


@pytest.mark.parametrize("dtype", ["float32", "float64", "longdouble", "complex64", "complex128"])
def test_inner_products_of_real_numbers_know_their_error(dtype: str) -> None:
    """Against extended precision; of complex numbers the real part of sum conj(a) b."""
    rng = np.random.default_rng(0)
    for size in (0, 1, 5, 1000):
        a, b = (rng.standard_normal(size).astype(dtype) * (1 + 1j if dtype[0] == "c" else 1) for _ in "ab")
        exact = np.sum(np.conj(a.astype(np.clongdouble)) * b).real
        value, error = dot(a, b)
        assert abs(np.longdouble(value) - exact) <= error
        assert error <= 1e-12 * (1 + size)


def test_products_that_only_happen_to_be_whole_do_not_count_as_exact() -> None:
    """A tenth times ten is one only after rounding."""
    value, error = dot(np.array([0.1]), np.array([10.0]))
    assert value == 1
    assert error > 0
