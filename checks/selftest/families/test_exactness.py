"""A bound of zero holds for every right way to add: layers that add in their own format, one term after another."""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.case import Case
from checks.data import round_to
from checks.families import family
from checks.families.average_pooling import divisor
from checks.families.windowed import axes_of
from checks.oracles.reference import Reference
from checks.selftest.spoil import heard
from checks.subject import Subject
from checks.types import Arrays, Config


def _poor_pooling(dtype: str) -> Subject:
    """Average pooling in which every addition and the division is rounded to ``dtype``; one axis."""

    def forward(arrays: Arrays, config: Config) -> tuple[Any, Any]:
        x = arrays["x"]
        out = family("avg_pool").output_shape({"x": x.shape}, config)
        (axis,), y = axes_of({"x": x.shape}, config), np.zeros(out, x.dtype)
        by = divisor((axis,), out[2:], config).astype(x.dtype)
        for o in range(out[2]):
            start = o * axis.stride - axis.before
            for i in range(max(start, 0), min(start + axis.kernel, axis.size)):
                y[..., o] = round_to(y[..., o] + x[..., i], dtype)
        return round_to(y / by, dtype), (axis, x.shape, by)

    def backward(dy: Any, saved: Any) -> Arrays:
        axis, shape, by = saved
        dx = np.zeros(shape, dy.dtype)
        for o in range(dy.shape[2]):
            start = o * axis.stride - axis.before
            for i in range(max(start, 0), min(start + axis.kernel, axis.size)):
                dx[..., i] = round_to(dx[..., i] + round_to(dy[..., o] / by[o], dtype), dtype)
        return {"dx": dx}

    return Subject("poor", forward, backward)


@pytest.mark.sweep("averages in half precision", 3)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32"])
@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 8, 16, 64])
@pytest.mark.parametrize("span", [1, 3, 40, 100])
def test_average_pooling_in_half_precision_may_round_where_its_sums_are_large(
    dtype: str, kernel: int, span: int
) -> None:
    """The mean is small but the sum was not: wherever the sum may round, the bound must not be zero."""
    sheet = family("avg_pool")
    config = {"kernel_size": kernel, "stride": max(1, kernel // 2)}
    for seed in range(10):
        case = sheet.case_of({"x": (1, 2, 2 * kernel + 1)}, config, dtype, "integers", seed)
        for each in (case, case.but(span=span, unit=1)):
            wrong = [verdict for verdict in heard(Reference(), _poor_pooling(dtype), each) if verdict.status == "wrong"]
            assert not wrong, f"{wrong[0]} in {each}"


def _poor_conv(dtype: str) -> Subject:
    """Convolution of one axis, without padding or groups, in which every step is rounded to ``dtype``."""

    def forward(arrays: Arrays, config: Config) -> tuple[Any, Any]:
        x, weight = arrays["x"], arrays["weight"]
        out = x.shape[2] - weight.shape[2] + 1
        y = np.zeros((x.shape[0], weight.shape[0], out), x.dtype)
        for n, o, c, t, p in np.ndindex(x.shape[0], *weight.shape, out):
            y[n, o, p] = _add(y[n, o, p], x[n, c, p + t], weight[o, c, t], dtype)
        return y, (x, weight)

    def backward(dy: Any, saved: Any) -> Arrays:
        x, weight = saved
        dx, dweight = np.zeros_like(x), np.zeros_like(weight)
        for n, o, c, t, p in np.ndindex(x.shape[0], *weight.shape, dy.shape[2]):
            dx[n, c, p + t] = _add(dx[n, c, p + t], dy[n, o, p], weight[o, c, t], dtype)
            dweight[o, c, t] = _add(dweight[o, c, t], dy[n, o, p], x[n, c, p + t], dtype)
        return {"dx": dx, "dweight": dweight}

    return Subject("poor", forward, backward)


def _add(total: Any, a: Any, b: Any, dtype: str) -> Any:
    return round_to(np.asarray(total + round_to(np.asarray(a * b), dtype)), dtype)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64", "complex64"])
@pytest.mark.parametrize("kind", ["integers", "normal"])
def test_convolution_that_rounds_after_every_step_is_right(dtype: str, kind: str) -> None:
    """The worst order there is, in the format itself: within its bound, and equal where the bound is zero."""
    sheet = family("conv")
    for seed in range(5):
        case = sheet.case_of({"x": (2, 3, 6), "weight": (2, 3, 3)}, {}, dtype, kind, seed)
        subject = _conjugated(_poor_conv(dtype)) if dtype == "complex64" else _poor_conv(dtype)
        wrong = [verdict for verdict in heard(Reference(), subject, case) if verdict.status == "wrong"]
        assert not wrong, f"{wrong[0]} in {case}"


def _conjugated(subject: Subject) -> Subject:
    """With PyTorch's convention for complex numbers."""
    return replace(subject, backward=lambda dy, saved: subject.backward(dy, tuple(each.conj() for each in saved)))


def test_sweeps_in_half_precision_are_exact_somewhere() -> None:
    """Otherwise the promise would be empty."""
    cases: list[Case] = [case for case in islice(family("conv").sweep(0, 60), 60) if case.dtype == "float16"]
    exact = [
        verdict.exact
        for case in cases
        if case.data == "integers"
        for verdict in heard(Reference(), family("conv").reference, case)
    ]
    assert exact.count(True) > 10
