"""A layer whose arrays have their channels last, of which nobody said so: it is asked in that order, once."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace

from checks.adapters.laid_out import laid_out
from checks.case import Case
from checks.errors import LostDeviceError, SubjectError, UsageError
from checks.families.geometric import GeometricFamily
from checks.pull import Pull
from checks.scope.limits import Limits
from checks.scope.objection import is_right, right_ahead
from checks.scope.plain import plain_case
from checks.subject import Subject

#: The order that is tried, and what is said where it fits.
ORDER = "NHWC"
_SAID = "on a plain case {} is right in the order {} alone: supports={{'layout': {!r}}} says so"


def about_order(subject: Subject, limits: Limits, answers: Iterable[tuple[Case, Pull]]) -> list[str]:
    """A sentence about a layer that is wrong on a plain case, or raises, and right where its channels are last.

    ``answers`` are those that it has given so far: it is not asked again where one of them is right.
    """
    if not isinstance(limits.family, GeometricFamily) or subject.layout:
        return []
    case = limits.inside(plain_case(limits.family, limits.axes[0]))
    with suppress(LostDeviceError, UsageError):  # its first case will show it; a layout may not fit its arrays
        known = any(is_right(subject, limits, case, each.y) for asked, each in answers if asked == case)
        if known or _is_right(subject, limits, case):
            return []
        if _is_right(laid_out(replace(subject, remarks=[]), ORDER), limits, case):
            return [_SAID.format(subject.name, ORDER, ORDER)]
    return []


def _is_right(subject: Subject, limits: Limits, case: Case) -> bool:
    try:
        return right_ahead(subject, limits, case)
    except SubjectError:
        return False
