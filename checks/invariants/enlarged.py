"""A layer of no family far from 0: what a wider format can hold must not overflow on its way.

exp(x) / (1 + exp(x)) is infinity over infinity where exp(x) overflows, and 1 in truth. The same layer in a wider format
tells such numbers from those that are too large indeed, as long as it answers in that format.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.bounds import widen
from checks.claim import Claim
from checks.errors import SubjectError
from checks.rounding import is_complex
from checks.types import Arrays
from checks.witness import Trial

#: Size of the largest entry of an enlarged example, by its format: activations that a network may well have.
LARGE = {"float64": 2.0**10, "float32": 2.0**7, "float16": 2.0**4}

#: How far below the largest number of a format a result must be to be one that it can hold.
ROOM = 8.0


def enlarged(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for y and each gradient: finite wherever the wider format says so; none where no such one is taken."""
    form, arrays = _wider(trial.case.dtype), _enlarged(trial)
    if not form or arrays is None:
        return
    try:
        own = trial.subject.pull(arrays, trial.case.config, trial.case.dy).named()
        wide = trial.subject.pull(widen(arrays, form), trial.case.config, trial.case.dy.astype(form)).named()
    except SubjectError:  # a layer may have a domain, or take one format alone
        return
    if any(wide[of].dtype != np.dtype(form) for of in wide):
        return
    most = float(np.finfo(trial.case.dtype).max) / ROOM
    why = f"at the example enlarged to {LARGE[trial.case.dtype]:g}: it overflows on its way, and not in {form}"
    for of, got in own.items():
        held = np.isfinite(wide[of]) & (np.abs(wide[of]) <= most)
        want = np.where(held, wide[of], 0.0).astype(np.float64)
        shown = np.where(np.isfinite(got), want, got)  # how far off finite numbers are is not asked here
        yield Claim(law, of, shown, want, np.where(held, 0.0, np.nan), why, severity="hazard")


def _wider(dtype: str) -> str:
    """A format of a larger range; empty where there is none."""
    form = {"float64": "longdouble", "float32": "float64", "float16": "float32"}.get(dtype, "")
    return form if form and np.finfo(form).max > np.finfo(dtype).max else ""


def _enlarged(trial: Trial) -> Arrays | None:
    """The arguments times one power of two; None of complex numbers, or where they are as large."""
    arrays = trial.case.inputs
    largest = max((float(np.max(np.abs(value), initial=0.0)) for value in arrays.values()), default=0.0)
    if is_complex(trial.case.dtype) or not 0 < largest < LARGE.get(trial.case.dtype, 0.0):
        return None
    factor = 2.0 ** np.floor(np.log2(LARGE[trial.case.dtype] / largest))
    return {name: np.asarray(value * factor, value.dtype) for name, value in arrays.items()}
