"""Finite differences of the subject's own forward: the whole Jacobian where it is small, a counted sample where not."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import pytest

from checks.families import family
from checks.oracles.finite_difference import FiniteDifference, indices, sample
from checks.oracles.together import MOST_ENTRIES
from checks.selftest.spoil import NAMES, case_of, faults, heard, spoiled
from checks.types import Arrays

SMALL: dict[str, Any] = {"x": (1, 2, 3, 3), "weight": (2, 2, 2, 2), "bias": (2,)}


def _small(name: str) -> Any:
    sheet = family(name)
    config = {"max_pool": {"kernel_size": 2, "stride": 1}, "avg_pool": {"kernel_size": 2}}.get(name, {})
    return sheet.case_of({word: SMALL[word] for word in sheet.arguments}, config, "float64", sheet.kinds[0], 0)


@pytest.mark.parametrize("name", NAMES)
def test_every_entry_of_a_small_layer_is_compared_and_each_wrong_one_is_named(name: str) -> None:
    """The full Jacobian, contracted with dy: nothing is blind, whichever entry is spoilt is the worst."""
    case = _small(name)
    for argument in case.arguments:
        of, shape = f"d{argument}", case.shapes[argument]
        for place in np.ndindex(*shape):

            def change(found: Arrays, of: str = of, place: tuple[int, ...] = place) -> Arrays:
                spoilt = found[of].copy()
                spoilt[place] += 1
                return found | {of: spoilt}

            found = {verdict.of: verdict for verdict in heard(FiniteDifference(), spoiled(name, change), case)}
            assert found[of].status == "wrong"
            assert (found[of].wrong, found[of].compared, found[of].blind) == (1, prod(shape), 0)
            worst = found[of].worst
            assert worst is not None
            assert worst.index == place


def test_of_a_large_argument_a_sample_is_compared_and_the_rest_counted_as_blind() -> None:
    """120 entries: 64 are tried, 56 are not, and no one is told otherwise."""
    verdict = heard(FiniteDifference(), family("conv").reference, case_of("conv"))[0]
    assert (verdict.of, verdict.compared, verdict.blind) == ("dx", MOST_ENTRIES, 120 - MOST_ENTRIES)


@pytest.mark.parametrize(("shape", "most"), [((3, 4), 12), ((3, 4), 64), ((0, 3), 8), ((1,), 1)])
def test_small_arrays_are_sampled_whole_and_in_order(shape: tuple[int, ...], most: int) -> None:
    """Every index once."""
    assert indices(sample(shape, most, 0)) == list(np.ndindex(*shape))


@pytest.mark.parametrize("seed", range(20))
def test_a_sample_holds_both_ends_and_no_index_twice(seed: int) -> None:
    """First and last rows are where off-by-one mistakes live."""
    found = indices(sample((5, 7, 9), 16, seed))
    assert len(set(found)) == 16
    assert {(0, 0, 0), (4, 6, 8)} <= set(found)
    assert found == sorted(found)
    assert found == indices(sample((5, 7, 9), 16, seed))


def test_different_seeds_try_different_entries() -> None:
    """Over many cases every entry has its turn."""
    seen = {place for seed in range(60) for place in indices(sample((6, 6), 8, seed))}
    assert len(seen) == 36


def test_a_forward_that_is_wrong_with_its_backward_passes_here() -> None:
    """Finite differences prove that a backward belongs to its forward, and no more: others judge the forward."""
    right = family("conv").reference
    doubled = replace(
        right,
        forward=lambda arrays, config: (2 * right.forward(arrays, config)[0], right.forward(arrays, config)[1]),
        backward=lambda dy, saved: right.backward(2 * dy, saved),
    )
    assert not faults(FiniteDifference(), doubled, case_of("conv"))


def test_where_x_may_not_move_nothing_is_said() -> None:
    """All entries are blind."""
    case = case_of("relu").holding("x", np.zeros((2, 3, 5, 4)))
    (verdict,) = heard(FiniteDifference(), family("relu").reference, case)
    assert (verdict.status, verdict.blind) == ("blind", 120)


def test_both_parts_of_complex_gradients_are_derived() -> None:
    """A conjugate too many shows in the imaginary part."""
    case = case_of("conv", "complex64")
    conjugated = spoiled("conv", lambda found: found | {"dx": found["dx"].conj()})
    assert faults(FiniteDifference(), conjugated, case) == {"dx"}
    assert not faults(FiniteDifference(), family("conv").reference, case)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("kind", [0, 1])
def test_right_layers_pass_in_every_format(name: str, dtype: str, kind: int) -> None:
    """Ten seeds each."""
    for seed in range(10):
        case = case_of(name, dtype, kind, seed)
        assert not faults(FiniteDifference(), family(name).reference, case), str(case)
