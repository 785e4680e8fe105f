"""Whether a subject is right within the bound of an arithmetic that it does not declare, on a case and on others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checks.arithmetic import PLAIN
from checks.types import Array, Arrays
from checks.witness import Trial

#: A transform's bound must be this many times smaller than the result for anything to be seen in half precision.
TELLING = 8

#: Share of a gradient's entries that a transform rounds at least, on one of them.
LARGE_PART = 0.25


def allowed(trial: Trial, of: str) -> Array:
    """How far each entry of a result may lie from the reference's, in the shape of that result."""
    return trial.bound(of) + trial.wide_error(of)


def right(trial: Trial) -> bool:
    """Whether what the subject gives on a trial is within the bound of its arithmetic, all of it."""
    return within(trial, trial.got.named())


def within(trial: Trial, got: Arrays) -> bool:
    """The same of results by name (``y``, ``dx``, ...) that it gave."""
    return all(bool(np.all(np.abs(got[of] - trial.reference[of]) <= allowed(trial, of))) for of in got)


def plain(trial: Trial) -> bool:
    """Whether a plain sum may be so far off."""
    return right(replace(trial, subject=replace(trial.subject, arithmetic=PLAIN)))


def on_integers(trial: Trial, seed: int, arithmetic: str, dtype: str) -> Trial:
    """The subject on the first kind of data of its family, on which plain sums are exact; otherwise as ``twin``."""
    return twin(trial, seed, arithmetic, dtype, trial.family.kinds[0])


def twin(trial: Trial, seed: int, arithmetic: str, dtype: str, data: str) -> Trial:
    """The subject, said to compute by an arithmetic, on other data of the shapes and settings of a case."""
    case = trial.family.exact_twin(trial.case)
    shapes = {name: case.shapes[name] for name in case.arguments}
    other = trial.family.case_of(shapes, case.config, dtype, data, seed)
    return Trial(replace(trial.subject, arithmetic=arithmetic), trial.family, other)


def rounding_shows(trial: Trial) -> bool:
    """Whether a subject is right within its bound and seen not to be exact where a plain sum is.

    Anywhere in y, or in a large part of a gradient.
    """
    off = {of: np.abs(got - trial.reference[of]) for of, got in trial.got.named().items()}
    if not all(np.all(error <= trial.bound(of)) for of, error in off.items()):
        return False
    exact = {of: trial.plain_bound(of) == 0 for of in off}  # for a plain sum, which may round large integers too
    tells = {of: TELLING * np.max(trial.bound(of), initial=0.0) <= _largest(trial.reference[of]) for of in off}
    return any(
        tells[of] and np.mean((error > 0) & exact[of]) > (0 if of == "y" else LARGE_PART)
        for of, error in off.items()
        if error.size
    )


def _largest(array: Array) -> float:
    return float(np.max(np.abs(array), initial=0.0))
