"""A layer whose arrays have their channels last, of which nobody said so: it is asked in that order, once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

import numpy as np

from checks.adapters.laid_out import laid_out
from checks.case import Case
from checks.errors import LostDeviceError, SubjectError, UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.pull import Pull
from checks.scope.limits import Limits
from checks.scope.plain import plain_case
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

#: The order that is tried, and what is said where it fits.
ORDER = "NHWC"
_SAID = "on a plain case {} is right in the order {} alone: supports={{'layout': {!r}}} says so"

#: By how much y may be off in another order of summing, relative to its largest entry.
CLOSE = 1e-3


def about_order(subject: Subject, family: Family, limits: Limits, answers: Iterable[tuple[Case, Pull]]) -> list[str]:
    """A sentence about a layer that is wrong on a plain case, or raises, and right where its channels are last.

    ``answers`` are those that it has given so far: it is not asked again where one of them is right.
    """
    if not isinstance(family, GeometricFamily) or subject.layout:
        return []
    case = limits.inside(plain_case(family, limits.axes[0]))
    with suppress(SubjectError, UsageError, LostDeviceError), np.errstate(all="ignore"):  # its first case will show it
        plain = Trial(replace(subject, remarks=[]), family, case)
        if any(_fits(plain, each.y) for asked, each in answers if asked == case):
            return []
        if not _answers(plain) and _answers(replace(plain, subject=laid_out(plain.subject, ORDER))):
            return [_SAID.format(subject.name, ORDER, ORDER)]
    return []


def _answers(trial: Trial) -> bool:
    try:
        return _fits(trial, trial.subject.apply(trial.case.inputs, trial.case.config))
    except SubjectError:
        return False


def _fits(trial: Trial, y: Array) -> bool:
    """Whether y is about the reference's, and of its very shape."""
    want = trial.reference["y"]
    return y.shape == want.shape and bool(np.all(np.abs(y - want) <= CLOSE * np.max(np.abs(want), initial=0.0)))
