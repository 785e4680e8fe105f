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
from checks.witness import Trial

#: Below this the largest entry of an enlarged example stays, and above half of it, by its format: activations that a
#: network may well have. Half of it is beyond what exp can take (710, 89, 11).
LARGE = {"float64": 2.0**11, "float32": 2.0**8, "float16": 2.0**5}

#: How far below the largest number of a format a result must be to be one that it can hold.
ROOM = 8.0


def enlarged(law: str, trial: Trial) -> Iterator[Claim]:
    """Claims for y and each gradient, far from 0 on either side: finite wherever the wider format says so.

    None where no such format is taken. exp(x) overflows on one side alone.
    """
    form, factor = _wider(trial.case.dtype), _factor(trial)
    if not form or not factor:
        return
    for times, side in ((factor, ""), (-factor, " and negated")):
        what = f"at the example enlarged to {LARGE[trial.case.dtype]:g}{side}"
        yield from _finite(law, trial, form, times, what)


def _finite(law: str, trial: Trial, form: str, times: float, what: str) -> Iterator[Claim]:
    arrays = {name: np.asarray(value * times, value.dtype) for name, value in trial.case.inputs.items()}
    try:
        own = trial.subject.pull(arrays, trial.case.config, trial.case.dy).named()
        wide = trial.subject.pull(widen(arrays, form), trial.case.config, trial.case.dy.astype(form)).named()
    except SubjectError:  # a layer may have a domain, or take one format alone
        return
    if any(wide[of].dtype != np.dtype(form) for of in wide):
        return
    most = float(np.finfo(trial.case.dtype).max) / ROOM
    why = f"{what}: it overflows on its way, and not in {form}"
    for of, got in own.items():
        held = np.isfinite(wide[of]) & (np.abs(wide[of]) <= most)
        want = np.where(held, wide[of], 0.0).astype(np.float64)
        shown = np.where(np.isfinite(got), want, got)  # how far off finite numbers are is not asked here
        yield Claim(law, of, shown, want, np.where(held, 0.0, np.nan), why, severity="hazard")


def _wider(dtype: str) -> str:
    """A format of a larger range; empty where there is none."""
    form = {"float64": "longdouble", "float32": "float64", "float16": "float32"}.get(dtype, "")
    return form if form and np.finfo(form).max > np.finfo(dtype).max else ""


def _factor(trial: Trial) -> float:
    """The power of two that enlarges the arguments; 0 for complex numbers, or where they are as large."""
    largest = max((float(np.max(np.abs(value), initial=0.0)) for value in trial.case.inputs.values()), default=0.0)
    if is_complex(trial.case.dtype) or not 0 < largest < LARGE.get(trial.case.dtype, 0.0):
        return 0.0
    return float(2.0 ** np.floor(np.log2(LARGE[trial.case.dtype] / largest)))
