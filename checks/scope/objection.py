"""What a subject raises on a case that shows one setting: that it does not take it, or a mistake."""

from __future__ import annotations

from textwrap import shorten

import numpy as np

from checks.case import Case
from checks.errors import FickleError, RefusedError, SubjectError, SubjectShapeError
from checks.refusals import on_purpose, printable, stumbles
from checks.scope.limits import Limits
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

#: Characters of an error that are shown.
MOST_WORDS = 120


def objection(subject: Subject, limits: Limits, case: Case) -> str | None:
    """What the forward raises on the case as the limits so far allow it; without samples the backward too.

    In a format that its user's process has not, also what the backward turns the case down by.

    None where it answers, empty where the limits let no such case be asked.
    """
    inside = limits.inside(case)
    if not limits.takes(inside):
        return ""
    try:
        with np.errstate(all="ignore"):
            subject.apply(inside.inputs, inside.config)
            if not inside.shapes["x"][0]:
                _back(subject, inside)
            elif subject.usual not in {"", inside.dtype}:
                return _turned_down(subject, inside)
    except FickleError as error:
        subject.remarks.append(str(error))  # it takes the case: a finding where that is met again
    except SubjectError as error:
        return _words(error)
    return None


def _turned_down(subject: Subject, case: Case) -> str | None:
    """What a layer says by which it turns a case down; None where it answers, or breaks, which is a finding."""
    try:
        subject.vjp(case)
    except RefusedError as error:
        return _words(error)
    except SubjectError:
        return None
    return None


def objection_back(subject: Subject, limits: Limits, case: Case) -> str | None:
    """The same of forward and backward."""
    inside = limits.inside(case)
    if not limits.takes(inside):
        return ""
    try:
        with np.errstate(all="ignore"):
            _back(subject, inside)
    except FickleError as error:
        subject.remarks.append(str(error))  # it takes the case: a finding where that is met again
    except SubjectShapeError:
        return None  # an answer in a wrong shape turns no case down: it is a finding
    except SubjectError as error:
        stumbling = bool(inside.shapes["x"][0]) and stumbles(error.__cause__)
        finding = stumbling and objection(subject, limits, case) is None and right_ahead(subject, limits, inside)
        return None if finding else _words(error)
    return None


def breakage(subject: Subject, limits: Limits, case: Case) -> str:
    """What forward or backward raises on the case as the limits allow it; empty where they answer at all."""
    inside = limits.inside(case)
    error = _raised(subject, inside) if limits.takes(inside) else None
    if error is None:
        return ""
    subject.start_anew()
    return _words(error) if error.__cause__ else ""


def _raised(subject: Subject, case: Case) -> SubjectError | None:
    try:
        with np.errstate(all="ignore"):
            _back(subject, case)
    except SubjectError as error:
        return error
    return None


def _back(subject: Subject, case: Case) -> None:
    """Forward and backward; once more as first calls where it stumbles, which earlier ones may have brought about."""
    try:
        subject.vjp(case)
    except SubjectError as error:
        if subject.forget is None or not stumbles(error.__cause__):
            raise
        subject.start_anew()
        subject.vjp(case)


def behind_forward(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether the forward answers on the case, and the backward turns it down on purpose."""
    inside = limits.inside(case)
    try:
        with np.errstate(all="ignore"):
            subject.vjp(inside)
    except SubjectError as error:
        meant = error.__cause__ is not None and on_purpose(error.__cause__)
        return meant and bool(inside.shapes["x"][0]) and objection(subject, limits, case) is None
    return False


def stumbled(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether forward or backward breaks on the case by no error that says so on purpose."""
    error = _raised(subject, limits.inside(case))
    return error is not None and error.__cause__ is not None and not on_purpose(error.__cause__)


def _words(error: SubjectError) -> str:
    """What the layer itself raised, in a line that is not long."""
    told = error.__cause__ or error
    said = f"{type(told).__name__}: {told}" if error.__cause__ else str(error)
    return shorten(printable(said), MOST_WORDS)


def right_ahead(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether the y that it gives is what the family's reference gives, within rounding.

    Raises SubjectError where it raises.
    """
    with np.errstate(all="ignore"):
        return is_right(subject, limits, case, subject.apply(case.inputs, case.config))


def is_right(subject: Subject, limits: Limits, case: Case, y: Array) -> bool:
    """The same of a y that a subject gave, in the case's own shapes."""
    trial = Trial(subject, limits.family, case)
    bound = 2 * trial.forward_error(case.inputs)
    want = limits.family.reference.apply(trial.wide_inputs, case.config)
    return y.shape == want.shape and bool(np.all(np.abs(y - want) <= bound))
