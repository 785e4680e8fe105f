"""Cases that are named instead of drawn: those of a list are looked at before the first one is judged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from checks.case import Case
from checks.errors import CaseError, UsageError
from checks.families import families, valid
from checks.family import Family


def named_cases(sheet: Family, cases: Iterable[Case | str]) -> Iterable[Case]:
    """The cases, read from their texts where they are texts; what yields them one by one is asked for each in its turn.

    Raises UsageError where one is of another family, or of other arguments, or a text is no layer.
    """
    found = (_named(sheet, each) for each in cases)
    return list(found) if isinstance(cases, Sequence) else found


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
