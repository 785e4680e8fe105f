"""A layer whose arrays have axes in another order, of which nobody said so: it is asked once in each that is usual."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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

#: The orders that are tried: channels last, also beside the bias (1, 1, 1, F) of a course that many have taken; a bias
#: that is added to a matrix, or to y.
ORDERS: tuple[str | Mapping[str, str], ...] = (
    "NHWC",
    {"x": "NHWC", "bias": "111O"},
    {"x": "NHWC", "weight": "OHWI"},
    {"bias": "O1"},
    {"bias": "1O11"},
)

#: What is said of the first one that fits.
_SAID = "on a plain case {} is right in the order {} alone: supports={{'layout': {!r}}} says so"


def about_order(subject: Subject, limits: Limits, answers: Iterable[tuple[Case, Pull]]) -> list[str]:
    """A sentence about a layer that is wrong on a plain case, or raises, and right where its axes are in another order.

    ``answers`` are those that it has given so far: it is not asked again where one of them is right.
    """
    if not isinstance(limits.family, GeometricFamily) or subject.layout:
        return []
    case = limits.inside(plain_case(limits.family, limits.axes[0]))
    with suppress(LostDeviceError):  # its first case will show it
        known = any(is_right(subject, limits, case, each.y) for asked, each in answers if asked == case)
        if known or _is_right(subject, limits, case):
            return []
        found = next((order for order in ORDERS if _fits(subject, order, limits, case)), None)
        return [_SAID.format(subject.name, _in_words(found), found)] if found else []
    return []


def _in_words(order: str | Mapping[str, str]) -> str:
    return order if isinstance(order, str) else ", ".join(f"{text} of {name}" for name, text in order.items())


def _fits(subject: Subject, order: str | Mapping[str, str], limits: Limits, case: Case) -> bool:
    """Whether a layer is right on the case in an order; one that says of an array that the case lacks is no other."""
    if isinstance(order, Mapping) and not order.keys() <= case.shapes.keys():
        return False
    with suppress(UsageError):  # it may not fit its arrays
        return _is_right(laid_out(replace(subject, remarks=[]), order), limits, case)
    return False


def _is_right(subject: Subject, limits: Limits, case: Case) -> bool:
    try:
        return right_ahead(subject, limits, case)
    except SubjectError:
        return False
