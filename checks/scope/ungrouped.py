"""A convolution that takes no number of groups and answers as one whose groups are the channels of x: told so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from checks.errors import CaseError, LostDeviceError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.scope.limits import Limits
from checks.scope.objection import right_ahead
from checks.scope.plain import full, plain_geometry
from checks.subject import Subject

#: Groups, and the channels of x and of y in each, on which the layers of a word are told from one of a single group.
TOLD: Mapping[str, tuple[int, int, int]] = {"depthwise": (3, 1, 1), "all": (3, 1, 2)}


def ungrouped(subject: Subject, limits: Limits) -> list[str]:
    """A sentence where a layer's y is right with a group for each channel, and is not with one group of them all.

    Nothing of a layer that takes groups, or of which anything is said or seen of them.
    """
    if "groups" in limits.given or limits.allowed.get("groups") != 1 or _right(subject, limits, (1, 3, 3)):
        return []
    among = {word: Limits(limits.family, {**limits.given, "groups": word}) for word in TOLD}
    found = [word for word, numbers in TOLD.items() if _right(subject, among[word], numbers)]
    if not found:
        return []
    said = found if len(found) > 1 else found[0]
    return [
        (
            "y is that of a convolution in which each channel of x is a group, and not of one without groups; a layer "
            f"that is meant to be one says so: supports={{'groups': {said!r}}}"
        )
    ]


def _right(subject: Subject, limits: Limits, numbers: tuple[int, int, int]) -> bool:
    """Whether y is right on a plain case of these numbers; not where the layer allows no such case."""
    family = limits.family
    if not isinstance(family, GeometricFamily) or not limits.axes:
        return False
    groups, inputs, outputs = numbers
    plain = replace(plain_geometry(limits.axes[0]), groups=groups, inputs=inputs, outputs=outputs)
    try:
        case = limits.inside(family.case(full(family, plain), "float64", family.kinds[0], 0))
        told = family.geometry(case)
        alike = (told.groups > 1) == (groups > 1) and told.groups * told.inputs > 1 and limits.takes(case)
        with np.errstate(all="ignore"):
            return alike and right_ahead(subject, limits, case)
    except (CaseError, SubjectError, LostDeviceError):
        return False
