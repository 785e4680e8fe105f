"""What rounding may leave where a backward cancels: looked for where a claim about several backwards is broken."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

import numpy as np

from checks.claim import Claim
from checks.data import round_to
from checks.errors import SubjectError
from checks.rounding import unit_roundoff
from checks.sensitivity import CANCELLING, sensitivity
from checks.types import Arrays, gradient_of
from checks.witness import Trial

#: Where a layer is looked at for what its backward loses to cancellation, in parts of its arguments.
NEARER = 2.0**-10

#: The backwards that a claim is about, at the most, and by how much the dy of two of them may be larger than its own.
BACKWARDS, LARGER = 3, 2

#: How often all numbers are rounded once more: of two times both may leave what cancels as it was.
DRAWS = 16


def with_left_over(trial: Trial, factor: float, claim: Claim) -> Claim:
    """A claim that is broken, beside what may be left where a backward cancels, in units of ``factor`` dy.

    100 y (dy - sum(dy y)) is hardly anything where a softmax is saturated, and its rounding is that of 100 dy. Where
    terms cancel by which nearly equal numbers are set apart, as in a normalization, it is no better than that of
    numbers that were rounded once more.
    """
    if np.all(np.abs(claim.got - claim.want) <= claim.bound):
        return claim
    lost = BACKWARDS * CANCELLING * unit_roundoff(trial.case.dtype) * trial.shared(_unsaturated)
    lost = factor * (lost + BACKWARDS * LARGER * trial.shared(_scattered)[claim.of])
    return replace(
        claim, bound=claim.bound + lost, why=f"{claim.why}, and {lost:.2g} for what cancels in each backward"
    )


def _unsaturated(trial: Trial) -> float:
    """The largest entry of a gradient where all arguments are nearly 0; 0 where the layer is not defined there."""
    arrays = {name: round_to(value * NEARER, trial.case.dtype) for name, value in trial.case.held.items()}
    with suppress(SubjectError):
        gradients = trial.subject.pull(arrays, trial.case.config, trial.case.held_dy).gradients.values()
        return float(max(np.max(np.abs(each), initial=0.0, where=np.isfinite(each)) for each in gradients))
    return 0.0


def _scattered(trial: Trial) -> Mapping[str, float]:
    """How far an entry of each gradient moves with the roundings of the arguments; not at all where the layer raises.

    That of dy itself belongs to each backward: a backward that is not linear in dy may do anything with it.
    """

    def pulled(held: Arrays) -> Arrays:
        return trial.subject.pull(held, trial.case.config, trial.case.held_dy).gradients

    with suppress(SubjectError):
        return sensitivity(pulled, trial.case.held, trial.case.dtype, DRAWS)
    return dict.fromkeys(map(gradient_of, trial.case.arguments), 0.0)
