"""Arrays from a seed: the promises of each kind, the rounding to each format, the same bits again."""

from __future__ import annotations

import numpy as np
import pytest

from checks import data
from checks.errors import CaseError
from checks.rounding import DIGITS, exact_limit
from checks.types import Array, carrier

DTYPES = sorted(DIGITS)
REAL = [dtype for dtype in DTYPES if not dtype.startswith("complex")]
SHAPES = {"x": (2, 3, 5), "weight": (4, 3, 2), "bias": (4,), "dy": (2, 4, 4)}


def _x(kind: str, dtype: str, shape: tuple[int, ...], unit: int = 1, seed: int = 0) -> Array:
    return data.draw({"x": shape}, dtype, kind, 3, unit, seed)["x"]


@pytest.mark.parametrize("kind", data.KINDS)
@pytest.mark.parametrize("dtype", DTYPES)
def test_the_same_numbers_give_the_same_bits_and_another_seed_others(kind: str, dtype: str) -> None:
    """In the carrier of the format."""
    first, again, other = (data.draw(SHAPES, dtype, kind, 3, 2, seed) for seed in (7, 7, 8))
    for name, shape in SHAPES.items():
        assert first[name].shape == shape
        assert first[name].dtype == carrier(dtype)
        np.testing.assert_array_equal(first[name], again[name], strict=True)
    assert any(not np.array_equal(first[name], other[name]) for name in SHAPES)


@pytest.mark.parametrize("kind", data.KINDS)
@pytest.mark.parametrize("dropped", ["x", "weight", "bias", "dy"])
def test_dropping_an_argument_leaves_the_others_as_they_were(kind: str, dropped: str) -> None:
    """Each name has a stream of its own, so shrinking a bias away keeps the rest of a counterexample."""
    whole = data.draw(SHAPES, "float64", kind, 3, 2, 5)
    rest = data.draw({name: shape for name, shape in SHAPES.items() if name != dropped}, "float64", kind, 3, 2, 5)
    for name, value in rest.items():
        np.testing.assert_array_equal(value, whole[name])


def test_the_seed_stands_for_the_same_numbers_for_ever() -> None:
    """A committed counterexample must not change its meaning: a few entries, written down."""
    drawn = data.draw({"x": (4,), "dy": (4,)}, "float64", "integers", 100, 1, 0)
    assert drawn["x"].tolist() == [-4, 61, 32, 69]
    assert drawn["dy"].tolist() == [-6, -75, 44, 42]


@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("size", [1, 2, 3, 8, 9, 100])
def test_distinct_values_are_distinct_nonzero_multiples_of_the_unit(dtype: str, size: int) -> None:
    """As long as the format has so many."""
    unit = max(1, int(exact_limit(dtype)) // (2 * size + 4))
    x = _x("distinct", dtype, (size,), min(unit, 2**20)).astype(np.longdouble)
    assert len(set(x.tolist())) == size
    assert np.all(x != 0)
    assert not np.any(np.remainder(x, min(unit, 2**20)))


@pytest.mark.sweep("arrays that may move", 4)
@pytest.mark.parametrize("dtype", REAL)
@pytest.mark.parametrize("kind", ["distinct", "spread", "near"])
@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8, 16, 17, 32, 64, 65, 500])
@pytest.mark.parametrize("seed", range(8))
def test_all_entries_may_move_by_their_reach_without_meeting_zero_or_each_other(
    dtype: str, kind: str, size: int, seed: int
) -> None:
    """The worst movement: neighbours towards each other, those next to zero towards it, then rounded again."""
    unit = max(1, 2 ** (int(exact_limit(dtype)) // (size + 2)).bit_length() // 2)
    reach = data.reach(kind, dtype, min(unit, 2**20), (size,))
    x = np.sort(_x(kind, dtype, (size,), min(unit, 2**20), seed).astype(np.longdouble))
    steps = reach * np.where(np.arange(size) % 2, -1.0, 1.0)
    for step in (steps, -steps, -np.sign(x) * reach):
        moved = data.round_to(x + step, dtype).astype(np.longdouble)
        if reach:
            assert np.all(np.diff(moved) > 0)
            assert np.array_equal(np.sign(moved), np.sign(x))


@pytest.mark.parametrize("kind", ["integers", "normal", "sparse"])
def test_data_that_do_not_keep_away_from_kinks_have_no_reach(kind: str) -> None:
    """Zero means: nothing is known, a witness that would move x must stay silent."""
    assert data.reach(kind, "float64", 1, (10,)) == 0


def test_formats_too_coarse_for_so_many_entries_have_no_reach() -> None:
    """Half precision cannot tell a thousand entries apart and move them too."""
    assert data.reach("distinct", "float16", 2, (2000,)) == 0
    assert data.reach("spread", "float16", 1, (65,)) == 0
    assert data.reach("spread", "float16", 1, (64,)) > 0


@pytest.mark.parametrize("dtype", REAL)
def test_near_values_are_all_but_tied(dtype: str) -> None:
    """All of them within a few dozen ULP for each entry, and no two alike."""
    x = _x("near", dtype, (2, 2, 3, 3), 1).astype(np.longdouble)
    assert len(set(x.ravel().tolist())) == x.size
    assert np.all(np.abs(np.abs(x) - 1) <= x.size * data.NEAR * data.ulp(dtype))


def test_integers_span_from_minus_span_to_span_in_units() -> None:
    """Both ends occur, in every array."""
    for value in data.draw({"x": (500,), "weight": (500,), "dy": (500,)}, "float64", "integers", 3, 5, 0).values():
        assert set(value.tolist()) == {-15, -10, -5, 0, 5, 10, 15}


@pytest.mark.parametrize("dtype", [dtype for dtype in REAL if dtype != "bfloat16"])
def test_fractions_are_exact_and_lie_on_both_sides_of_every_threshold(dtype: str) -> None:
    """Whole numbers of the smallest part, none of them 0, some of them larger than most caps."""
    x = _x("fractions", dtype, (500,)).astype(np.longdouble)
    assert np.array_equal(x * data.PARTS, np.rint(x * data.PARTS))
    assert np.array_equal(x, _x("fractions", "longdouble", (500,)))
    assert np.all(x != 0)
    for low, high in ((0, 0.02), (0.02, 0.1), (0.1, 0.5), (0.5, 1), (6, 20)):
        assert np.any((x > low) & (x < high))
        assert np.any((x < -low) & (x > -high))


def test_a_sparse_array_of_few_entries_is_not_zero() -> None:
    """A gradient of nothing but zeros would show nothing."""
    drawn = [data.draw({"dy": (1, 1, 2, 3), "x": (0, 2)}, "float32", "sparse", 50, 4, seed) for seed in range(20)]
    assert all(np.abs(arrays["dy"]).max() == 4 for arrays in drawn)
    assert all(arrays["x"].size == 0 for arrays in drawn)


def test_sparse_integers_are_mostly_zero_and_otherwise_plus_or_minus_the_unit() -> None:
    """One entry in ``span``, so that long sums stay small."""
    x = data.draw({"x": (10_000,)}, "float64", "sparse", 8, 4, 0)["x"]
    assert set(x.tolist()) == {-4, 0, 4}
    assert np.count_nonzero(x) == pytest.approx(10_000 / 8, rel=0.1)


@pytest.mark.parametrize("kind", ["integers", "normal"])
def test_complex_data_have_two_parts_that_differ(kind: str) -> None:
    """An imaginary part of zero would never show a missing conjugate."""
    x = _x(kind, "complex64", (50,))
    assert np.any(x.imag)
    assert np.any(x.imag != x.real)


def test_bfloat16_is_rounded_as_pytorch_rounds_it() -> None:
    """Random bits, ties, subnormal numbers, infinities and NaN."""
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(0)
    bits = np.append(
        rng.integers(0, 2**32, 20_000, dtype=np.uint32), np.array([0, 2**31, 0x7F800000, 0xFFFFFFFF], np.uint32)
    )
    ties = (rng.integers(0, 2**16, 5_000, dtype=np.uint32) << 16) | np.uint32(0x8000)
    values = np.concatenate([bits, ties]).view(np.float32)
    assert np.isnan(values).any()
    want = torch.from_numpy(values.copy()).to(torch.bfloat16).float().numpy()
    np.testing.assert_array_equal(data.round_to(values, "bfloat16"), want)


def test_an_unknown_kind_is_turned_down_with_those_that_exist() -> None:
    """Value, expectation."""
    with pytest.raises(CaseError, match=r"data=.ones. is unknown; expected one of integers, .*spread"):
        data.draw({"x": (1,)}, "float64", "ones", 1, 1, 0)
