"""Keywords of a forward that an example does not name: they stay at their defaults, and a note says so."""

from __future__ import annotations

import re
from collections.abc import Mapping
from inspect import Parameter
from typing import Any

from checks.adapters.own_names import parameter_of, parameters_of
from checks.subject import Subject

#: What is added so that nothing is divided by 0, and what no gradient follows.
_SMALL = re.compile(r"eps|seed|verbose|debug|tol", re.IGNORECASE)


def about_defaults(obj: Any, given: Mapping[str, Any]) -> list[str]:
    """A sentence about the numbers that the forward of a layer takes and that none of these examples is for."""
    if isinstance(obj, Subject):
        return []
    named = {parameter_of(obj, name) for name in given}
    left = [each for each in parameters_of(obj) if each.name not in named and _is_setting(each)]
    told = ", ".join(f"{each.name}={each.default!r}" for each in left)
    return [f"inputs= leaves {told} at the default: what is wrong at other values is not seen"] if left else []


def _is_setting(parameter: Parameter) -> bool:
    """Whether a parameter has a number of its own that others may be given for."""
    return type(parameter.default) in {int, float} and not _SMALL.search(parameter.name)
