"""Right layers that transform are not called wrong, however exact or coarse the case's numbers are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks.arithmetic import EXACT_TRANSFORM, OBSERVED, TRANSFORM
from checks.case import Case, nested
from checks.examination import Examination
from checks.families import family
from checks.families.ties import tied_subgradients
from checks.invariants.result_format import ResultFormat
from checks.invariants.special_values import SpecialValues
from checks.invariants.translation import Translation
from checks.judge import fair_verdicts, verdicts
from checks.oracles.reference import Reference
from checks.scope.limits import Limits, limited
from checks.selftest.contracts.transforms import CONV, PLAIN, SHAPES, winograd, with_forward
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial


def _fft(x: Array, weight: Array) -> Array:
    """A correlation by FFT, in float64."""
    size = x.shape[2]
    spectrum = np.fft.rfft(x.astype(np.float64))[:, np.newaxis] * np.conj(np.fft.rfft(weight.astype(np.float64), size))
    return np.asarray(np.fft.irfft(spectrum.sum(axis=2), size)[..., : size - weight.shape[2] + 1])


def _case(dtype: str, data: str, seed: int) -> Case:
    return CONV.case_of(SHAPES, PLAIN, dtype, data, seed)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_winograd_on_integers_that_need_all_digits_takes_no_detour(dtype: str, seed: int) -> None:
    """It is exact on the case's integers, so nothing else tells that it transforms."""
    trial = Trial(with_forward(winograd), CONV, _case(dtype, "integers", seed))
    assert np.array_equal(trial.got.y, trial.reference["y"])
    assert {verdict.status for verdict in verdicts(ResultFormat(), trial)} == {"right"}


@pytest.mark.parametrize("seed", range(5))
def test_a_transform_is_seen_in_a_wider_format_where_the_case_s_own_is_too_coarse(seed: int) -> None:
    """In float16 an FFT's rounding looks like any other."""
    found = Examination(with_forward(_fft), CONV, (Translation(),))
    found.judge(_case("float16", "normal", seed))
    assert not found.findings


def _keeping(arrays: Arrays, config: Config) -> tuple[Array, Any]:
    """The reference's y; its arguments are saved."""
    return CONV.reference.forward(arrays, config)[0], arrays


def _by_fft(dy: Array, arrays: Arrays) -> Arrays:
    """The reference's gradients, but dx by an FFT in float64."""
    x, weight = arrays["x"], arrays["weight"]
    size = x.shape[2]
    spectra = np.fft.rfft(dy.astype(np.float64), size)[:, :, np.newaxis] * np.fft.rfft(weight.astype(np.float64), size)
    right = CONV.reference.backward(dy, CONV.reference.forward(arrays, PLAIN)[1])
    return {**right, "dx": np.fft.irfft(spectra.sum(axis=1), size).astype(dy.dtype)}


@pytest.mark.parametrize("seed", range(5))
def test_a_transform_that_rounds_to_float32_is_seen_in_float64(seed: int) -> None:
    """Only where 0 is due does a float32 show what a float64 left there."""
    by_fft = replace(CONV.reference, forward=_keeping, backward=_by_fft)
    found = Examination(by_fft, CONV)
    found.judge(CONV.case_of({"x": (2, 2, 7), "weight": (2, 2, 2)}, PLAIN, "float32", "integers", seed))
    assert not found.findings


def test_a_wrong_layer_is_not_taken_for_a_transform_in_float16() -> None:
    """A gradient that is off by a hundredth is so in float64, too."""
    wrong = replace(CONV.reference, forward=with_forward(lambda x, weight: _direct(x, weight) * 1.01).forward)
    found = Examination(wrong, CONV)
    for seed in range(3):
        found.judge(_case("float16", "integers", seed))
    assert "reference" in found.findings


def _direct(x: Array, weight: Array) -> Array:
    return CONV.reference.apply({"x": x, "weight": weight}, PLAIN)


def test_averages_by_fft_are_a_hazard_where_no_integer_is_exact() -> None:
    """Windows of three divide with rounding; that the layer transforms is seen on windows of two."""
    sheet = family("avg_pool")

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = sheet.reference.forward(arrays, config)
        window = int(config["kernel_size"])
        sums = _fft(arrays["x"], np.ones((arrays["x"].shape[1], 1, window)) * np.eye(arrays["x"].shape[1])[:, :, None])
        return (sums / window).astype(y.dtype)[..., :: config["stride"]], saved

    config: Config = {"kernel_size": 3, "stride": 1, "padding": 0, "ceil_mode": False}
    config = {**config, "count_include_pad": True, "divisor_override": None}
    found = Examination(replace(sheet.reference, forward=forward), sheet)
    for seed in range(3):
        found.judge(sheet.case_of({"x": (2, 3, 12)}, config, "float64", "integers", seed))
    assert "reference" not in found.findings
    assert "arithmetic" in found.hazards


@pytest.mark.parametrize("seed", range(3))
def test_another_choice_among_tied_cells_is_not_wrong_where_a_format_has_too_few_numbers(seed: int) -> None:
    """Half precision has 4,096 integers for a plane of 16,384 cells: ties are blind to second sources."""
    sheet = family("max_pool")
    config = {"kernel_size": 32, "stride": 32, "padding": 0, "dilation": 1, "ceil_mode": False}
    case = sheet.case_of({"x": (1, 1, 128, 128)}, config, "float16", "distinct", seed)
    assert sheet.undecided(case).all()
    assert not sheet.undecided(sheet.case_of({"x": (3, 2, 40, 40)}, config, "float16", "distinct", seed)).any()
    right = sheet.reference

    def last(dy: Array, saved: Any) -> Arrays:
        arrays, config, kept = saved
        return {**right.backward(dy, kept), "dx": tied_subgradients(arrays["x"], config, dy).conventions["last"]}

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, kept = right.forward(arrays, config)
        return y, (arrays, config, kept)

    found = Examination(replace(right, forward=forward, backward=last), sheet, (Reference(),))
    found.judge(case)
    assert not found.findings
    assert found.tallies["reference"].blind_elements


def _cancelling(dtype: str) -> Case:
    """A tap so large that a tile's products round more than the output that it does not reach."""
    case = CONV.case_of({"x": (1, 1, 4), "weight": (1, 1, 3)}, PLAIN, dtype, "normal", 0)
    x, weight = [[[0.0, 0.3330078125, 1.0, 0.0]]], [[[1000.0, 0.0009765625, 0.0]]]
    return case.but(values={"x": nested(np.array(x)), "weight": nested(np.array(weight))})


def test_a_transform_that_is_exact_on_integers_is_seen_where_numbers_are_real() -> None:
    """Winograd's smallest tiles halve and add; what they round is told by cells that a plain sum does not meet."""
    subject = with_forward(winograd)
    found, trial = fair_verdicts(Reference(), Trial(subject, CONV, _cancelling("float16")))
    assert {verdict.status for verdict in found} == {"right", "hazard"}
    assert trial.subject.arithmetic == EXACT_TRANSFORM


def test_a_mistake_that_does_not_shrink_with_the_format_is_no_transform() -> None:
    """Off by as much in float64 as in half precision."""
    subject = with_forward(lambda x, weight: np.where(winograd(x, weight) < 0.5, winograd(x, weight) + 0.4, 0))
    found, trial = fair_verdicts(Reference(), Trial(subject, CONV, _cancelling("float16")))
    assert "wrong" in {verdict.status for verdict in found}
    assert trial.subject.arithmetic == OBSERVED


def _lossy(lose: Any) -> Subject:
    """ReLU whose dx is worked on by ``lose``."""
    right = family("relu").reference
    return replace(right, backward=lambda dy, saved: {"dx": lose(right.backward(dy, saved)["dx"])})


@pytest.mark.parametrize(
    ("lose", "expected"),
    [
        (lambda dx: (dx / 2 * 2).astype(dx.dtype), "hazard"),  # one digit of a subnormal
        (lambda dx: np.where(np.abs(dx) < np.finfo(dx.dtype).smallest_normal, 0, dx).astype(dx.dtype), "hazard"),
        (lambda dx: np.where(np.abs(dx) < 16 * np.finfo(dx.dtype).smallest_normal, 0, dx).astype(dx.dtype), "wrong"),
    ],
)
def test_what_is_lost_among_subnormals_alone_is_a_hazard_and_shown(lose: Any, expected: str) -> None:
    """In half precision ordinary data reach them; whoever loses more than a subnormal is wrong."""
    relu = family("relu")
    tiny = float(np.finfo(np.float16).smallest_normal)
    dy = [[[tiny * share for share in (0.5 + 2**-10, 0.75 + 2**-10, 8.0, 1.0)]]]
    case = relu.case_of({"x": (1, 1, 4)}, {"at_zero": 0.0}, "float16", "spread", 0)
    case = case.but(values={"x": (((1.0, 2.0, 3.0, 4.0),),), "dy": nested(np.array(dy))})
    found = Examination(_lossy(lose), relu, (Reference(),))
    found.judge(case)
    assert ("reference" in found.findings) == (expected == "wrong")
    assert ("arithmetic" in found.hazards) == (expected == "hazard")


def test_an_algorithm_that_rounds_real_numbers_alone_is_seen_in_double_precision_too() -> None:
    """Winograd's smallest tiles: y is off where a sum is 0, by no more than a transform may be."""
    subject = with_forward(winograd)
    case = _cancelling("float64")
    case = case.holding("x", case.inputs["x"] / 3).holding("weight", case.inputs["weight"] / 7)
    found, trial = fair_verdicts(Reference(), Trial(subject, CONV, case))
    assert {verdict.status for verdict in found} == {"right", "hazard"}
    assert trial.subject.arithmetic == EXACT_TRANSFORM


def _dx_by_winograd(kept: Callable[[Array], Array]) -> Subject:
    """The reference, with what is ``kept`` of that by which its dx differs from Winograd's."""

    def backward(dy: Array, arrays: Arrays) -> Arrays:
        right = CONV.reference.backward(dy, CONV.reference.forward(arrays, PLAIN)[1])
        padded = np.pad(dy, ((0, 0), (0, 0), (2, 2)))
        off = winograd(padded, arrays["weight"][:, :, ::-1].swapaxes(0, 1)) - right["dx"]
        return {**right, "dx": right["dx"] + kept(off)}

    return replace(CONV.reference, forward=_keeping, backward=backward)


def _one_alone(off: Array) -> Array:
    """The last entry of the first sample."""
    return np.where(np.arange(off.size).reshape(off.shape) == off.shape[2] - 1, off, 0)


#: Of its dx one entry is off by Winograd's rounding, the last.
ONE_OFF = CONV.case_of({"x": (1, 1, 4), "weight": (1, 1, 3)}, PLAIN, "float64", "normal", 14)


@pytest.mark.parametrize(("kept", "expected"), [(_one_alone, {"right", "wrong"}), (np.array, {"right", "hazard"})])
def test_one_entry_that_rounds_more_is_a_transform_where_more_samples_have_more(
    kept: Callable[[Array], Array], expected: set[str]
) -> None:
    """In a small case a transform may round one alone; a mistake in one entry stays one."""
    found, _ = fair_verdicts(Reference(), Trial(_dx_by_winograd(kept), CONV, ONE_OFF))
    assert {verdict.status for verdict in found} == expected


def test_a_layer_is_asked_about_no_more_samples_than_it_takes() -> None:
    """One in C that was made for one sample reads past the end of others."""
    batches, layer, sheet = set[int](), _dx_by_winograd(np.array), limited(Limits(CONV, {"batch": 1}))

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        batches.add(len(arrays["x"]))
        return _keeping(arrays, config)

    _ = fair_verdicts(Reference(), Trial(replace(layer, forward=forward), sheet, ONE_OFF))
    assert batches == {1}


@pytest.mark.parametrize(("arithmetic", "expected"), [(TRANSFORM, "hazard"), (OBSERVED, "wrong")])
def test_a_nan_that_meets_other_samples_is_a_hazard_where_a_transform_is_declared(
    arithmetic: str, expected: str
) -> None:
    """As in a fast product of matrices, which adds samples up and takes them off again; else it is a leak."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = CONV.reference.forward(arrays, config)
        return y + 0 * arrays["x"].sum(), saved

    subject = replace(CONV.reference, forward=forward, arithmetic=arithmetic)
    said = {
        verdict.status
        for seed in range(4)
        for verdict in verdicts(SpecialValues(), Trial(subject, CONV, _case("float64", "integers", seed)))
    }
    assert expected in said
    assert ("wrong" in said) == (expected == "wrong")
