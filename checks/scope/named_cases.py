"""Cases that are named instead of drawn: those of a list are looked at before the first one is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.case import Case
from checks.errors import CaseError, UsageError
from checks.families import families, valid
from checks.family import Family
from checks.scope.limits import Limits

#: Keywords that say what a layer does at a kink, whether it takes them or not.
CONVENTIONS = frozenset({"at_zero"})


def named_cases(sheet: Family, cases: Iterable[Case | str], limits: Limits) -> Iterable[Case]:
    """The cases, read from their texts where they are texts; what yields them one by one is asked for each in its turn.

    Raises UsageError where one is of another family, or of other arguments, or a text is no layer, or where one has a
    setting or a format that the subject does not take.
    """
    found = (_taken(_named(sheet, each), limits) for each in cases)
    return list(found) if isinstance(cases, Sequence) else found


def _taken(case: Case, limits: Limits) -> Case:
    asked = {*case.config, "dtype"} - CONVENTIONS
    if why := [limits.said(each) for each in limits.outside(case) if each in asked]:
        raise UsageError(
            f"cases has one of which the subject does not take {', '.join(why)}; expected cases that its signature and "
            f"supports= allow: {str(case)!r:.200}"
        )
    return case


def _named(sheet: Family, each: Case | str) -> Case:
    try:
        case = sheet.read(each) if isinstance(each, str) else each
        if isinstance(each, str) and sheet.name in families():
            valid(case)
    except CaseError as error:
        raise UsageError(str(error)) from error
    if case.family != sheet.name:
        raise UsageError(
            f"cases has one of {case.family} and the layer is examined as {sheet.name}; expected cases of {sheet.name} "
            f"alone, or like={case.family!r} for a layer that claims to be that: {str(case)!r:.200}"
        )
    if why := sheet.former(case):
        raise UsageError(
            f"cases has one that {why}; expected cases of {', '.join(sheet.arguments)}: {str(case)!r:.200}"
        )
    return case
