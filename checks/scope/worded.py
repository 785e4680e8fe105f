"""A layer whose padding is a word unless it is said, ``padding="valid"``: whether it heeds numbers, as calls show.

Many such layers compare the word and take anything else for one of the two. A layer that raises on a number, or whose y
has then the shape that it has with a word, is examined with the words that it takes; one that gives y of yet another
shape errs, and that is found.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.errors import CaseError, LostDeviceError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits
from checks.scope.plain import full, plain_geometry
from checks.scope.starts import AXES
from checks.strategies.geometry import NUMBERS, PADDING_WORDS, Axis
from checks.subject import Subject
from checks.types import Shape

#: Said of what is found, before the limit.
_SAID = "its padding is a word unless it is said, and numbers for it are not heeded: it is examined with "

#: An axis along which each word, and the number, gives another length of y.
_TELLING = Axis(6, 5)


def worded(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    """The words that a layer takes for padding, as a limit, where it has one by default and heeds no number.

    No padding at all where its family has no words for it. Nothing where it heeds numbers, or takes no word either.
    What is found is said.
    """
    if "padding" not in subject.worded or "padding" in given or not isinstance(family, GeometricFamily):
        return {}
    limits = Limits(family, given)
    found = (_limit(subject, limits, family, axes) for axes in AXES if axes in limits.axes)
    limit = next((limit for limit in found if limit), {})
    subject.remarks.extend([f"{_SAID}{limit} alone; supports= can say what it takes"] if limit else [])
    return limit


def _limit(subject: Subject, limits: Limits, family: GeometricFamily, axes: int) -> dict[str, Any]:
    none = _given(subject, limits, _case(family, axes, NUMBERS, 0))
    words = {word: _given(subject, limits, _case(family, axes, word, 0)) for word in PADDING_WORDS}
    taken = [word for word, (y, want) in words.items() if y is not None and y == want]
    limit = {"padding": taken} if taken else {"padding": 0} if none[0] is not None and none[0] == none[1] else {}
    number, wanted = _given(subject, limits, _case(family, axes, NUMBERS, 1))
    unheeded = number is None or (number != wanted and number in {none[0], *(y for y, _ in words.values())})
    return limit if unheeded and wanted is not None else {}


def _case(family: GeometricFamily, axes: int, word: str, padding: int) -> Case | None:
    """A plain case with padding in a word or a number; None where the family has none of the kind."""
    if word != NUMBERS and "bias" not in family.arguments:  # pooling
        return None
    axis = replace(_TELLING, before=padding, after=padding)
    modes = {} if word == NUMBERS else {"padding": word}
    geometry = replace(plain_geometry(axes), axes=(axis,) * axes, modes=modes)
    try:
        return family.case(full(family, geometry), "float64", family.kinds[0], 0)
    except CaseError:
        return None


def _given(subject: Subject, limits: Limits, case: Case | None) -> tuple[Shape | None, Shape | None]:
    """The shape of the y that a layer gives, and of the one that it must give; None for what is not to be had."""
    inside = limits.inside(case) if case else None
    if case is None or inside is None or inside.config["padding"] != case.config["padding"]:
        return None, None
    try:
        with np.errstate(all="ignore"):
            return subject.apply(inside.held, inside.config).shape, inside.shapes["dy"]
    except (SubjectError, LostDeviceError):
        return None, inside.shapes["dy"]
