"""Fast algorithms that mix channels, or halve large integers: what they round is no mistake of theirs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from checks.arithmetic import EXACT_TRANSFORM, TRANSFORM
from checks.judge import verdicts
from checks.oracles.reference import Reference
from checks.selftest.contracts.transforms import CONV, PLAIN, winograd, with_forward
from checks.types import Array
from checks.witness import Trial


def _strassen(x: Array, weight: Array) -> Array:
    """One step of a fast product of matrices (Strassen 1969) of the kernels, in two rows, by what windows hold."""
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2], axis=2).transpose(1, 3, 0, 2)
    wide = windows.reshape(weight[0].size, -1)
    (a, b), (c, d) = (np.hsplit(half, 2) for half in np.vsplit(weight.reshape(len(weight), -1), 2))
    (e, f), (g, h) = (np.hsplit(half, 2) for half in np.vsplit(wide, 2))
    p = [(a + d) @ (e + h), (c + d) @ e, a @ (f - h), d @ (g - e), (a + b) @ h, (c - a) @ (e + f), (b - d) @ (g + h)]
    rows = [[p[0] + p[3] - p[4] + p[6], p[2] + p[4]], [p[1] + p[3], p[0] - p[1] + p[2] + p[5]]]
    found = np.block(rows).reshape(len(weight), len(x), -1)
    return np.asarray(found.transpose(1, 0, 2))


@pytest.mark.parametrize(("factor", "expected"), [(1.0, {"right"}), (1 + 1e-9, {"wrong", "right"})])
def test_a_fast_product_of_matrices_may_round_where_a_kernel_is_zero(factor: float, expected: set[str]) -> None:
    """It mixes the planes of several channels, so that what is off follows the largest of them."""
    case = CONV.case_of({"x": (4, 2, 12), "weight": (2, 2, 3)}, PLAIN, "float64", "normal", 0)
    weight = case.array("weight")
    weight[0] = 0
    subject = replace(with_forward(lambda x, w: factor * _strassen(x, w)), arithmetic=TRANSFORM)
    trial = Trial(subject, CONV, case.holding("weight", weight))
    assert np.any(trial.got.y[:, 0])  # where the right one is 0
    assert {verdict.status for verdict in verdicts(Reference(), trial)} == expected


def test_a_transform_may_round_integers_that_are_moved_far() -> None:
    """Directions leave a plain sum exact, and halves of such numbers need one digit more; the case's own need none."""
    case = CONV.case_of({"x": (50, 1, 40), "weight": (1, 1, 3)}, PLAIN, "float32", "integers", 0)
    case = case.holding("weight", np.ones((1, 1, 3)))
    trial = Trial(replace(with_forward(winograd), arithmetic=EXACT_TRANSFORM), CONV, case)
    moved = {**case.inputs, "x": np.random.default_rng(0).integers(-(2**22), 2**22, (50, 1, 40)).astype(np.float32)}
    summed = CONV.reference.apply({name: value.astype(np.float64) for name, value in moved.items()}, PLAIN)
    off, allowed = np.abs(winograd(**moved) - summed), trial.forward_error(moved)
    assert np.array_equal(summed.astype(np.float32), summed)  # a plain sum is exact there
    assert np.any(off)
    assert np.all(off <= allowed)
    assert np.max(allowed) < 1e-3 * np.max(np.abs(summed))
    assert not np.any(trial.forward_error(case.held))
    assert not np.any(Trial(CONV.reference, CONV, case).forward_error(moved))
