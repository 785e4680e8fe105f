"""Right layers that transform are not called wrong, however exact or coarse the case's numbers are."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.examination import Examination
from checks.families import family
from checks.invariants.result_format import ResultFormat
from checks.invariants.translation import Translation
from checks.judge import verdicts
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

CONV = family("conv")
PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
SHAPES = {"x": (2, 3, 12), "weight": (2, 3, 3)}


def _with_forward(convolve: Any) -> Subject:
    """The reference with another way to compute y."""
    right = CONV.reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y = convolve(arrays["x"], arrays["weight"]).astype(arrays["x"].dtype)
        return y, right.forward(arrays, config)[1]

    return replace(right, forward=forward)


def _winograd(x: Array, weight: Array) -> Array:
    """F(2, 3): two outputs from four inputs by four products (Winograd 1980), in the format of the arguments."""
    d0, d1, d2, d3 = (x[:, np.newaxis, :, start : start + 2 * (x.shape[2] // 2 - 1) : 2] for start in range(4))
    g0, g1, g2 = (weight[np.newaxis, :, :, tap, np.newaxis] for tap in range(3))
    half = x.dtype.type(0.5)
    first, last = (d0 - d2) * g0, (d1 - d3) * g2
    plus, minus = (d1 + d2) * ((g0 + g1 + g2) * half), (d2 - d1) * ((g0 - g1 + g2) * half)
    pairs = np.stack([first + plus + minus, plus - minus - last], axis=-1)
    return np.asarray(pairs.sum(axis=2).reshape(len(x), len(weight), -1))


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
    trial = Trial(_with_forward(_winograd), CONV, _case(dtype, "integers", seed))
    assert np.array_equal(trial.got.y, trial.reference["y"])
    assert {verdict.status for verdict in verdicts(ResultFormat(), trial)} == {"right"}


@pytest.mark.parametrize("seed", range(5))
def test_a_transform_is_seen_in_a_wider_format_where_the_case_s_own_is_too_coarse(seed: int) -> None:
    """In float16 an FFT's rounding looks like any other."""
    found = Examination(_with_forward(_fft), CONV, (Translation(),))
    found.judge(_case("float16", "normal", seed))
    assert not found.findings


def test_a_wrong_layer_is_not_taken_for_a_transform_in_float16() -> None:
    """A gradient that is off by a hundredth is so in float64, too."""
    wrong = replace(CONV.reference, forward=_with_forward(lambda x, weight: _direct(x, weight) * 1.01).forward)
    found = Examination(wrong, CONV)
    for seed in range(3):
        found.judge(_case("float16", "integers", seed))
    assert "reference" in found.findings


def _direct(x: Array, weight: Array) -> Array:
    return CONV.reference.apply({"x": x, "weight": weight}, PLAIN)
