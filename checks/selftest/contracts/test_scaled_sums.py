"""A sum that is divided and multiplied again is off by two roundings, on integers too: a hazard, and no mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.arithmetic import OBSERVED, RUNNING
from checks.families import family
from checks.judge import fair_verdicts
from checks.oracles.reference import Reference
from checks.types import Array
from checks.witness import Trial
from reference_impl import avg_pool_backward, avg_pool_forward, conv_backward, conv_forward


def averaged(dy: Array) -> Array:
    """A mean times the count of what it is of."""
    axes = (0, *range(2, dy.ndim))
    count = dy.dtype.type(dy[:, 0].size)
    return np.asarray(dy.mean(axes, dtype=dy.dtype) * count if count else dy.sum(axes))


def with_dbias(of: Callable[[Array], Array]) -> Any:
    """A convolution that is right but for its dbias, which is computed so."""

    def backward(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return dx, dweight, None if dbias is None else of(dy).astype(dy.dtype)

    return conv_forward, backward


def test_a_mean_times_its_count_is_a_hazard_that_says_what_to_declare() -> None:
    """Once declared it is none, and its bound says where it comes from."""
    layer = with_dbias(averaged)
    found = examine(layer, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "declare arithmetic='scaled sums'" in found.hazards["arithmetic"].shrunk_verdict.why
    declared = examine(layer, like="conv2d", supports={"arithmetic": "scaled sums"}, budget="1ms")
    assert not declared.wrong
    assert "arithmetic" not in declared.hazards


def off_by_one(dy: Array) -> Array:
    """One more in the last entry: in half precision less than two roundings of a large sum."""
    found = averaged(dy)
    found[-1:] += 1
    return found


MISTAKES: dict[str, Callable[[Array], Array]] = {
    "one more": off_by_one,
    "a part in ten million": lambda dy: averaged(dy) * (1 + 1e-7),
    "one count less": lambda dy: averaged(dy) * (1 - 1 / max(dy[:, 0].size, 2)),
    "a sum of another thing": lambda dy: averaged(np.roll(dy, 1, 1)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_no_rounding(name: str) -> None:
    """In a finer format it is as large as it was."""
    found = examine(with_dbias(MISTAKES[name]), like="conv2d", budget="1ms")
    assert {"reference", "textbook"} <= found.findings.keys(), story(found)


def _sliding(x: Array, kernel_size: int, stride: int | None = None) -> Any:
    """Average pooling along one axis whose sums are updated from window to window, in double precision."""
    y, saved = avg_pool_forward(x, kernel_size, stride)
    whole = np.concatenate([np.zeros((*x.shape[:2], 1)), x.astype(np.float64)], axis=2).cumsum(axis=2)
    sums = (whole[..., kernel_size:] - whole[..., :-kernel_size])[..., :: stride or kernel_size]
    return (sums[..., : y.shape[2]] / kernel_size).astype(x.dtype), saved


@pytest.mark.parametrize("seed", range(40))
def test_running_sums_that_are_off_by_little_in_a_small_case_are_no_scaled_sums(seed: int) -> None:
    """On many numbers they are off by more than a rounding of a result near zero."""
    sheet = family("avg_pool")
    config = {
        "kernel_size": 2,
        "stride": 1,
        "padding": 0,
        "ceil_mode": False,
        "count_include_pad": True,
        "divisor_override": None,
    }
    subject = adapt((_sliding, avg_pool_backward))
    trial = Trial(subject, sheet, sheet.case_of({"x": (2, 1, 9)}, config, "float64", "normal", seed))
    found, judged = fair_verdicts(Reference(), trial)
    assert not any(verdict.status == "wrong" for verdict in found)
    assert judged.subject.arithmetic in {OBSERVED, RUNNING}
