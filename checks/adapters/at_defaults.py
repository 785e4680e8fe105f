"""Keywords of a forward that an example does not name: they stay at their defaults, and a note says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.adapters.described import is_setting
from checks.adapters.own_names import parameter_of, parameters_of
from checks.subject import Subject


def about_defaults(obj: Any, given: Mapping[str, Any]) -> list[str]:
    """A sentence about the numbers that the forward of a layer takes and that none of these examples is for."""
    if isinstance(obj, Subject):
        return []
    named = {parameter_of(obj, name) for name in given}
    left = [each for each in parameters_of(obj) if each.name not in named and is_setting(each)]
    told = ", ".join(f"{each.name}={each.default!r}" for each in left)
    return [f"inputs= leaves {told} at the default: what is wrong at other values is not seen"] if left else []


def about_own_defaults(subject: Subject) -> list[str]:
    """The same about those of a layer of a family, of which nothing is known."""
    if not subject.at_defaults:
        return []
    told = ", ".join(subject.at_defaults)
    return [f"nothing is known of {told}, left at the default: what is wrong at other values is not seen"]
