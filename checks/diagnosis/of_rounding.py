"""Errors of the size of rounding: another way of computing may be behind them, and no formula."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

import numpy as np

from checks.arithmetic import EXACT_TRANSFORM, RUNNING, SCALED, TRANSFORM
from checks.case import Case
from checks.diagnosis.difference import Difference
from checks.errors import SubjectError, UsageError
from checks.rounding import unit_roundoff
from checks.within import right
from checks.witness import Trial

#: Roundings of the largest entry up to which an error is said to be as large as rounding.
ROUNDINGS = 4

#: Ways of computing that a layer may declare, the most exact first.
DECLARED = (SCALED, RUNNING, EXACT_TRANSFORM, TRANSFORM)

SAID = (
    "what is wrong is of the size of rounding: off by at most {off:.1e}, where a rounding of the largest entry is "
    "{unit:.1e} in {dtype}; a formula is seldom wrong by so little, and sums that are taken apart again (differences "
    "of running sums, a transform) are"
)
RIGHT_SO = "; this case is right with supports={{'arithmetic': {name!r}}}"


def of_rounding(trial: Trial, difference: Difference, others: Iterable[tuple[Difference, Case]]) -> Iterator[str]:
    """That all that is wrong is so, here and on others; and what may be declared with which the case is right."""
    off, unit = _off(difference), _unit(difference, trial.case)
    if not off or not _small(difference, trial.case) or not all(_small(each, case) for each, case in others):
        return
    told = SAID.format(off=off, unit=unit, dtype=trial.case.dtype)
    name = next((name for name in DECLARED if _right_by(trial, name)), "")
    yield told + (RIGHT_SO.format(name=name) if name else "")


def _small(difference: Difference, case: Case) -> bool:
    return _off(difference) <= ROUNDINGS * _unit(difference, case)


def _off(difference: Difference) -> float:
    gap = difference.got[difference.wrong].astype(difference.want.dtype) - difference.want[difference.wrong]
    return float(np.max(np.abs(gap), initial=0.0))


def _unit(difference: Difference, case: Case) -> float:
    return unit_roundoff(case.dtype) * float(np.max(np.abs(difference.want), initial=0.0))


def _right_by(trial: Trial, arithmetic: str) -> bool:
    """Whether the case is right within the bound of another arithmetic, where its family has one."""
    if arithmetic == trial.subject.arithmetic:
        return False
    with suppress(SubjectError, UsageError):
        return _known(trial, arithmetic) and right(
            replace(trial, subject=replace(trial.subject, arithmetic=arithmetic))
        )
    return False


def _known(trial: Trial, arithmetic: str) -> bool:
    """Whether the family knows how far off such an arithmetic may be."""
    if arithmetic == RUNNING:
        return trial.family.running_mass(trial.wide_inputs, trial.case.config, trial.wide_dy) is not None
    return not trial.family.selects if arithmetic == SCALED else trial.family.transforms
