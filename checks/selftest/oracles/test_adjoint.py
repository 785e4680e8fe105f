"""The adjoint identity sees a single wrong entry, however small, and says how sure it is."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.case import parse
from checks.data import round_to
from checks.families import family
from checks.judge import verdicts
from checks.oracles.adjoint import DRAWS, Adjoint, direction_span, directions, drawn, draws, moved_error, moved_mass
from checks.oracles.finite_difference import FiniteDifference
from checks.selftest.spoil import NAMES, case_of, faults, heard, spoiled
from checks.types import Arrays
from checks.witness import Trial


def _entry(of: str, place: int, change: Callable[[Any], Any]) -> Callable[[Arrays], Arrays]:
    """Change one entry of one gradient."""

    def apply(found: Arrays) -> Arrays:
        spoilt = found[of].copy()
        spoilt.flat[place] = change(spoilt.flat[place])
        return found | {of: spoilt}

    return apply


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("place", [0, 7, -1])
def test_one_entry_that_is_off_by_one_is_seen(name: str, place: int) -> None:
    """And only its gradient is called wrong."""
    for of in [f"d{argument}" for argument in case_of(name).arguments]:
        at = place if abs(place) < 4 else 3
        assert faults(Adjoint(), spoiled(name, _entry(of, at, lambda value: value + 1)), case_of(name)) == {of}


@pytest.mark.parametrize("name", ["conv", "avg_pool"])
def test_one_entry_that_is_off_by_a_billionth_is_seen_on_integers(name: str) -> None:
    """Where all numbers are whole there is no tolerance to hide in."""
    change = _entry("dx", 5, lambda value: value + 1e-9)
    assert faults(Adjoint(), spoiled(name, change), case_of(name)) == {"dx"}


@pytest.mark.parametrize("name", NAMES)
def test_one_entry_that_is_off_by_a_millionth_is_seen_on_real_numbers(name: str) -> None:
    """Within what rounding of two forwards leaves."""
    case = case_of(name, kind=1)
    assert faults(Adjoint(), spoiled(name, _entry("dx", 5, lambda value: value + 1e-6)), case) == {"dx"}
    assert not faults(Adjoint(), family(name).reference, case)


def test_a_gradient_of_zero_is_seen() -> None:
    """The mistake that a loose tolerance forgives."""
    assert faults(Adjoint(), spoiled("conv", lambda found: found | {"dx": 0 * found["dx"]}), case_of("conv")) == {"dx"}


def test_a_missing_conjugate_is_seen() -> None:
    """Of complex numbers the real part of the inner product is compared."""
    case = case_of("conv", "complex128")
    conjugated = spoiled("conv", lambda found: found | {"dweight": found["dweight"].conj()})
    assert faults(Adjoint(), conjugated, case) == {"dweight"}
    assert not faults(Adjoint(), family("conv").reference, case)


def test_a_wrong_entry_is_missed_no_more_often_than_stated() -> None:
    """Directions from {-1, 0, 1}: one draw misses one wrong entry with probability 1/3, two draws with 1/9."""
    rng, span, tries = np.random.default_rng(0), 1, 4000
    wrong = np.zeros(6)
    wrong[2] = 1.0
    missed = sum(not any(wrong @ rng.integers(-span, span + 1, 6) for _ in range(DRAWS)) for _ in range(tries))
    assert missed / tries == pytest.approx((2 * span + 1) ** -DRAWS, abs=0.02)


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_the_stated_probability_follows_from_the_span_of_the_directions(dtype: str) -> None:
    """Wider directions where the format holds them; said in the verdict."""
    trial = Trial(family("conv").reference, family("conv"), case_of("conv", dtype))
    span = direction_span(trial, "x")
    verdict = heard(Adjoint(), trial.subject, trial.case)[0]
    assert verdict.exact
    assert f"{(2 * span + 1.0) ** -draws(span):.1g}" in verdict.why
    assert span >= {"float64": 2**16, "float32": 8, "float16": 1}[dtype]


def test_where_x_may_not_move_the_adjoint_is_blind_and_says_so() -> None:
    """Ties and zeros: no step leaves the layer linear."""
    case = case_of("max_pool").holding("x", np.zeros((2, 3, 5, 4)))
    (verdict,) = heard(Adjoint(), family("max_pool").reference, case)
    assert (verdict.status, verdict.blind, verdict.compared) == ("blind", 120, 0)
    assert verdict.why == "the data lie at kinks, or too close to step aside"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "longdouble"])
@pytest.mark.parametrize("kind", [0, 1])
def test_right_layers_pass_in_every_format(name: str, dtype: str, kind: int) -> None:
    """Twenty seeds each."""
    for seed in range(20):
        case = case_of(name, dtype, kind, seed)
        assert not faults(Adjoint(), family(name).reference, case), str(case)


@pytest.mark.parametrize("name", ["conv", "avg_pool"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "complex128"])
def test_the_rounding_of_a_moved_forward_follows_from_masses_that_are_known(name: str, dtype: str) -> None:
    """It is what that forward's own mass says, whichever argument was moved, and however far."""
    trial = Trial(family(name).reference, family(name), case_of(name, dtype, 1))
    for argument in trial.case.arguments:
        for factor in (0.25, 3.0):
            moved = np.abs(trial.wide_inputs[argument]) * factor
            known, another = moved_mass(trial, argument, moved), moved_error(trial, argument, moved)
            assert 0 < known == pytest.approx(another, rel=1e-3)


def test_a_direction_in_which_another_witness_moved_all_entries_takes_no_forward_of_its_own() -> None:
    """Of real numbers: finite differences move all entries of the bias together, and those of the others once more."""
    calls: list[None] = []
    right = family("conv").reference

    def counting(arrays: Arrays, config: Any) -> Any:
        calls.append(None)
        return right.forward(arrays, config)

    trial = Trial(replace(right, forward=counting), family("conv"), case_of("conv", kind=1))
    verdicts(FiniteDifference(), trial)
    calls.clear()
    assert _statuses(trial) == dict.fromkeys(("dx", "dweight", "dbias"), "right")
    assert not calls


def test_a_forward_whose_samples_mix_is_not_the_one_that_the_adjoint_identity_takes() -> None:
    """At the case's own size it is right, and so is its backward: what is wrong at others is for other laws to say."""
    right, case = family("conv").reference, case_of("conv", kind=1)

    def mixing(arrays: Arrays, config: Any) -> Any:
        y, saved = right.forward(arrays, config)
        return (y if y.shape == case.dy.shape else y + y.mean()), saved

    trial = Trial(replace(right, forward=mixing), family("conv"), case)
    verdicts(FiniteDifference(), trial)
    assert _statuses(trial) == dict.fromkeys(("dx", "dweight", "dbias"), "right")


def _statuses(trial: Trial) -> dict[str, str]:
    return {verdict.of: verdict.status for verdict in verdicts(Adjoint(), trial)}


@pytest.mark.parametrize("of", ["dx", "dweight", "dbias"])
def test_what_another_witness_moved_hides_no_mistake(of: str) -> None:
    """One entry that is off is seen after finite differences too."""
    subject = spoiled("conv", _entry(of, 1, lambda value: value + 1e-6))
    trial = Trial(subject, family("conv"), case_of("conv", kind=1))
    verdicts(FiniteDifference(), trial)
    assert {verdict.of for verdict in verdicts(Adjoint(), trial) if verdict.status == "wrong"} == {of}


def test_a_moved_argument_holds_numbers_of_its_format() -> None:
    """Beside 256 the next whole number of bfloat16 is 258."""
    case = parse(
        "conv(x=(1,1,1), weight=(1,1,1), dy=(1,1,1); stride=1, padding=0, dilation=1, groups=1; "
        'dtype="bfloat16", data="integers", span=3, unit=1, seed=0; x=(((256.0,),),))'
    )
    trial = Trial(family("conv").reference, family("conv"), case)
    every = np.array([moved.item() for moved in islice(drawn(trial, "x", 1), 20)])
    assert np.array_equal(every, round_to(every, "bfloat16"))


@pytest.mark.parametrize("wrong", [False, True])
def test_a_forward_that_writes_to_its_argument_is_judged_by_the_direction_that_was_drawn(wrong: bool) -> None:
    """It clips x where it lies: what it was handed tells nothing afterwards."""

    def forward(arrays: Arrays, _: Any) -> Any:
        positive = arrays["x"] > 0
        return np.maximum(arrays["x"], 0.0, out=arrays["x"]), positive

    def backward(dy: Any, positive: Any) -> Arrays:
        dx = dy * positive
        dx.flat[3] += wrong
        return {"dx": dx}

    subject = replace(family("relu").reference, forward=forward, backward=backward)
    trial = Trial(subject, family("relu"), case_of("relu"))
    (verdict,) = verdicts(Adjoint(), trial)
    v = next(directions(trial, "x", direction_span(trial, "x")))
    assert verdict.status == ("wrong" if wrong else "right")
    assert not wrong or (verdict.worst and verdict.worst.got - verdict.worst.want == v.flat[3])


def test_at_the_size_of_production_a_direction_takes_a_few_arrays_of_memory() -> None:
    """The direction in two bytes a number, the moved argument, and what the forward makes of it."""
    sheet = family("relu")
    case = sheet.case_of({"x": (1, 1, 500, 500)}, {"at_zero": 0.0}, "float32", sheet.kinds[0], 1)
    trial = Trial(sheet.reference, sheet, case)
    assert trial.got.y.nbytes == case.held["x"].nbytes
    tracemalloc.start()
    try:
        assert _statuses(trial) == {"dx": "right"}
        assert tracemalloc.get_traced_memory()[1] < 4 * case.held["x"].nbytes
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("span", [2**10, 2**14, 2**15, 2**20])
def test_large_directions_are_even_draws_of_all_their_numbers(span: int) -> None:
    """From -span to span - 1, as the stated probability takes them."""
    case = family("relu").case_of({"x": (1, 1, 400, 500)}, {"at_zero": 0.0}, "float64", "distinct", 3)
    trial = Trial(family("relu").reference, family("relu"), case)
    v = next(directions(trial, "x", span))
    assert (v.min() < -0.999 * span) & (v.max() > 0.999 * span - 1)
    assert (v.min() >= -span) & (v.max() < span)
    assert np.array_equal(v, np.rint(v))
    assert np.histogram(v, 8)[0] == pytest.approx(np.full(8, v.size / 8), rel=0.05)
