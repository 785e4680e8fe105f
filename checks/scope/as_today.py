"""A case that was found earlier, of a layer like no family: nobody but the layer itself says what shape its y has."""

from __future__ import annotations

from checks.case import Case
from checks.errors import CaseError, SubjectError
from checks.examination import Examination
from checks.families.unclaimed import Unclaimed
from checks.types import Shape
from checks.witness import Trial


def as_today(case: Case, examination: Examination) -> Case:
    """The case as the layer answers it today: one that was found where it raised has a dy for the y that it gives now.

    Raises CaseError where y is of another shape than the dy of the case, SubjectError where the layer's forward raises.
    """
    if case.family != Unclaimed.name:
        return case
    try:
        y = examination.hearing.ask(Trial(examination.subject, examination.family, case), _y)
    except SubjectError:  # its process, or its device, is gone: that is to be heard
        return case
    if isinstance(y, str):
        raise SubjectError(y)
    if y == case.shapes["dy"]:
        return case
    if case.shapes["dy"]:
        raise CaseError(f"the case holds dy of shape {case.shapes['dy']}, and the layer gives y of shape {y}")
    values = {name: value for name, value in case.values.items() if name != "dy"}
    return case.but(shapes={**case.shapes, "dy": y}, values=values)


def answered(case: Case, examination: Examination) -> Case:
    """The same, and the case as it is where the forward raises: it is to be heard that it does.

    Raises CaseError as ``as_today``.
    """
    try:
        return as_today(case, examination)
    except SubjectError:
        return case


def _y(trial: Trial) -> Shape | str:
    """The shape of y, or what the forward raises."""
    try:
        return trial.subject.apply(trial.case.held, trial.case.config).shape
    except SubjectError as error:
        return str(error)
