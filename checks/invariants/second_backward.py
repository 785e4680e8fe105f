"""Why a second backward on one saved state gives something else than the first, where that can be seen."""

from __future__ import annotations

from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np

from checks.errors import SubjectError
from checks.types import Arrays
from checks.witness import Trial

#: Part of the largest number of a gradient up to which two of them are said to be one sum.
ABOUT = 1e-3
#: Said of a second backward that gives the sum of both, and of one that is right on a copy of what was saved.
ADDED = ": it gives the sum of both, so gradients are added up; each backward must begin at 0"
WRITTEN = (
    ": on a copy of what was saved, taken before the first backward, it is right, so the first one writes to what was "
    "saved (an operation in place); work on a copy"
)


def copy_of(saved: object) -> Any:
    """A copy of what was saved that shares nothing with it; None where nobody can make one."""
    with suppress(Exception):
        return deepcopy(saved)
    return None


def cause(trial: Trial, second: Arrays, kept: Any) -> str:
    """Why a second backward gives something else than the case's own, where that can be seen; else empty.

    Not asked where the law's calls are looked at one by one: those that tell why are none of them.
    """
    if not trial.sparing or _own(trial, second):
        return ""
    with suppress(SubjectError):
        if _adds(trial):
            return ADDED
        if kept is not None and _own(trial, trial.subject.run_backward(trial.case.dy, kept, trial.case.arguments)):
            return WRITTEN
    return ""


def _own(trial: Trial, came: Arrays) -> bool:
    """Whether gradients are what the case's first backward gave, within the roundings of both."""
    own = trial.got.gradients
    return all(
        value.shape == own[name].shape and bool(np.all(np.abs(value - own[name]) <= 2 * trial.bound(name)))
        for name, value in came.items()
    )


def _adds(trial: Trial) -> bool:
    """Whether a second backward gives the sum of two gradients, of upstreams that no other reason makes one."""
    case, run, rng = trial.case, trial.subject.run_forward, np.random.default_rng([trial.case.seed, 61])
    one, two = (rng.standard_normal(case.shapes["dy"]).astype(case.dy.dtype) for _ in range(2))
    (_, saved), (_, fresh) = run(case.inputs, case.config), run(case.inputs, case.config)
    first, second = (trial.subject.run_backward(dy, saved, case.arguments) for dy in (one, two))
    want = trial.subject.run_backward(two, fresh, case.arguments)
    both = {name: first[name] + want[name] for name in second}
    near = (np.abs(second[name] - both[name]) <= ABOUT * np.max(np.abs(both[name]), initial=0.0) for name in second)
    return any(map(np.any, first.values())) and all(map(np.all, near))
