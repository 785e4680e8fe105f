"""Keywords that a layer takes as a number for each axis alone, and does not say so: found by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import combinations, takewhile
from time import monotonic
from typing import Any

import numpy as np

from checks.adapters.words import SQUARE
from checks.case import Case
from checks.errors import LostDeviceError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.patience import PATIENCE
from checks.refusals import is_accident, printable, text_of
from checks.scope.handed import of_family
from checks.scope.limits import Limits
from checks.scope.plain import PLAIN, WINDOWS, Plain
from checks.scope.starts import AXES
from checks.subject import Subject

#: Said of a layer that is handed several numbers where it was to get one.
REMARK = "{0} handed over as a number for each axis: for a single one it raised {1}"

#: The layer that is handed so many numbers for each of some keywords.
Made = Callable[[tuple[str, ...], int], Subject]


def number_for_each(subject: Subject, family: Family, given: Mapping[str, Any], made: Made) -> Subject:
    """The layer as it takes its keywords on a plain case of the family: as it is, unless it stumbles there.

    ``given`` holds limits of its cases.
    """
    if not isinstance(family, GeometricFamily):
        return subject
    limits, end = Limits(family, {**of_family(subject.limits, family), **given}), monotonic() + PATIENCE
    each = (replace(PLAIN, window=window) for window in (PLAIN.window, *WINDOWS))
    plain = (limits.inside(Plain(family, sizes).case(axes)) for sizes in each for axes in AXES)
    for case in takewhile(lambda _: monotonic() < end, filter(limits.takes, plain)):
        error = _raised(subject, case)
        if error is None:
            return subject
        for words in _some_of(case, subject) if _is_of_kinds(error) and monotonic() < end else ():
            found = made(words, len(case.shapes["x"]) - 2)
            if _raised(found, case) is None:
                found.remarks.append(_remark(words, error))
                return found
    return subject


def _is_of_kinds(error: BaseException) -> bool:
    """Whether a layer raises where a number stands for several: a TypeError, or what NumPy says of their count."""
    return isinstance(error, TypeError) or is_accident(error)


def _some_of(case: Case, subject: Subject) -> Iterator[tuple[str, ...]]:
    """Keywords of a case that have a number for each axis, one, or several at once."""
    words = [word for word in case.config if word in SQUARE & {*subject.limits.get("words", case.config)}]
    for count in range(1, len(words) + 1):
        yield from combinations(words, count)


def _raised(subject: Subject, case: Case) -> BaseException | None:
    """What the layer raises on a case, there or back; None where it answers, in whatever shape."""
    try:
        with np.errstate(all="ignore"):
            subject.vjp(case)
    except (SubjectError, LostDeviceError) as error:
        return error.__cause__
    return None


def _remark(words: tuple[str, ...], error: BaseException) -> str:
    verb = "is" if len(words) == 1 else "are"
    return REMARK.format(f"{' and '.join(words)} {verb}", printable(f"{type(error).__name__}: {text_of(error)}"))
