"""What is off by no more than rounding is told so, with the arithmetic that may be declared."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks import examine
from checks.types import Array
from reference_impl import avg_pool_backward, avg_pool_forward

#: Its last column is reached by no window.
CASE = (
    "avg_pool(x=(1,1,10), dy=(1,1,4); kernel_size=3, stride=2, padding=0, ceil_mode=False, count_include_pad=True, "
    'divisor_override=None; dtype="float32", data="normal", span=100, unit=1, seed={})'
)
SCALED = {"dtype": ["float32"], "arithmetic": "scaled sums"}
SAID = "what is wrong is of the size of rounding: off by at most "


def forward(x: Array, kernel_size: int, stride: int) -> tuple[Array, Any]:
    """Averages of windows without padding."""
    return avg_pool_forward(x, kernel_size=kernel_size, stride=stride)[0], (x.shape, kernel_size, stride)


def running(dy: Array, saved: Any) -> Array:
    """What windows begin and no longer get, added up in float64."""
    shape, window, stride = saved
    steps = np.zeros((*shape[:-1], shape[-1] + 1))
    for place in range(dy.shape[-1]):
        steps[..., place * stride] += dy[..., place].astype(float) / window
        steps[..., place * stride + window] -= dy[..., place].astype(float) / window
    return np.cumsum(steps, -1)[..., :-1].astype(dy.dtype)


def off_by(part: float) -> Any:
    """A backward that is right but for one entry, by such a part of the largest."""

    def backward(dy: Array, saved: Any) -> Array:
        shape, window, stride = saved
        _, kept = avg_pool_forward(np.zeros(shape, dy.dtype), kernel_size=window, stride=stride)
        dx = avg_pool_backward(dy, kept)
        dx[..., -1] += part * np.abs(dx).max()
        return np.asarray(dx)

    return forward, backward


def told(layer: Any, supports: Any = SCALED) -> str:
    """What is said of the size of its mistakes."""
    found = examine(layer, "avg_pool1d", supports=supports, cases=[CASE.format(seed) for seed in range(1, 5)])
    looks = [said for each in found.findings.values() for said in each.diagnosis]
    assert bool(looks) is bool(found.wrong)
    return " ".join(said for said in looks if said.startswith(SAID))


def test_a_running_sum_that_is_no_scaled_one_is_told_to_say_so() -> None:
    """It is wrong as it was declared."""
    said = told((forward, running))
    assert said.endswith("; this case is right with supports={'arithmetic': 'running sums'}"), said
    assert not told((forward, running), {**SCALED, "arithmetic": "running sums"})


def test_one_that_is_off_by_more_is_told_nothing_of_the_kind() -> None:
    """A 500th part of the largest entry is no rounding; a rounding of it is."""
    assert told(off_by(1e-7))
    assert not told(off_by(2e-3))
