"""Keywords of a forward that an example does not name: they are varied, or stay so, and a note says that."""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter
from typing import Any

from checks.adapters.described import is_setting
from checks.adapters.own_names import parameter_of, parameters_of
from checks.subject import Subject

#: What a setting is instead of its default: a part of it, so that a probability stays one; or this, instead of 0.
PART, SOME = 0.75, 0.25


def other_settings(obj: Any, given: Mapping[str, Any]) -> dict[str, float]:
    """Other values of the real numbers at their defaults, of two functions: one may hold them as its own numbers."""
    left = _left(obj, given) if isinstance(obj, (tuple, list)) else []
    return {each.name: PART * each.default or SOME for each in left if isinstance(each.default, float)}


def about_defaults(obj: Any, given: Mapping[str, Any]) -> list[str]:
    """A sentence about the numbers that the forward of a layer takes and that none of these examples is for."""
    varied = other_settings(obj, given)
    left = [each for each in _left(obj, given) if each.name not in varied]
    told = ", ".join(f"{each.name}={each.default!r}" for each in left)
    return [f"inputs= leaves {told} at the default: what is wrong at other values is not seen"] if left else []


def _left(obj: Any, given: Mapping[str, Any]) -> list[Parameter]:
    if isinstance(obj, Subject):
        return []
    named = {parameter_of(obj, name) for name in given}
    return [each for each in parameters_of(obj) if each.name not in named and is_setting(each)]


def about_own_defaults(subject: Subject) -> list[str]:
    """The same about those of a layer of a family, of which nothing is known."""
    if not subject.at_defaults:
        return []
    told = ", ".join(subject.at_defaults)
    return [f"nothing is known of {told}, left at the default: what is wrong at other values is not seen"]
