"""Groups that a layer with kernels of its own has inside of it and does not name: told from the channels it takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from checks.errors import CaseError, LostDeviceError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits
from checks.scope.plain import plain_case
from checks.subject import Subject


def grouped_inside(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, int]:
    """Channels of x and groups under which a plain case is taken, as limits; none where one without groups is.

    Nothing of a layer that names its groups, or of which anybody says them or the channels.
    """
    held = subject.limits
    known = "words" not in held or "groups" in held["words"] or "out_channels" not in held
    said = any(given.get(name) != held.get(name) for name in ("in_channels", "out_channels", "groups"))
    if known or said or not isinstance(family, GeometricFamily) or _takes(subject, family, given):
        return {}
    inputs, outputs = held["in_channels"], held["out_channels"]
    tried = ({"in_channels": inputs * groups, "groups": groups} for groups in _divisors(outputs))
    return next((found for found in tried if _takes(subject, family, {**given, **found})), {})


def in_words(found: Mapping[str, int]) -> list[str]:
    """A sentence about what is taken to be so; none where nothing is."""
    named = ", ".join(f"{word}={value}" for word, value in found.items())
    said = f"by its weight and the channels it takes, it is a layer of {named}, which it does not name"
    return [f"{said}: it is examined so, as supports={dict(found)} says"] if found else []


def _divisors(number: int) -> list[int]:
    return [each for each in range(2, number + 1) if number % each == 0]


def _takes(subject: Subject, family: GeometricFamily, given: Mapping[str, Any]) -> bool:
    limits = Limits(family, given)
    try:
        case = limits.inside(plain_case(family, limits.axes[0]))
        with np.errstate(all="ignore"):
            _ = subject.apply(case.held, case.config)
    except (CaseError, SubjectError, LostDeviceError):
        return False
    return True
