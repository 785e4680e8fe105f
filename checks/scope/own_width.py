"""Layers of a family that give float32 for float64: right to the roundings of float32, they are examined in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from checks.narrowed import Narrowed
from checks.scope.limits import Limits
from checks.scope.probe import Remembering

#: The format of arguments, and the narrower one in which layers compute that look at none.
WIDE, NARROW = "float64", "float32"

_WHY = (
    f"the layer computes in {NARROW}: y came as {NARROW}, and its arguments were of {WIDE}; all other laws are asked "
    f"in {NARROW}; where that is meant say supports={{'dtype': ['{NARROW}']}}"
)


def in_its_own_width(limits: Limits, asked: Remembering, given: Mapping[str, Any]) -> Limits:
    """The limits of a layer: float32 where its calls so far show that it computes in that.

    Nothing changes where formats are ``given``, whoever said them.
    """
    came = {pull.y.dtype.name for case, pull in asked.answers if case.dtype == WIDE}
    if "dtype" in given or came != {NARROW}:
        return limits
    asked.remarks.append(_WHY)
    told = Narrowed("y", _WHY, f"it computes in {NARROW}", alone=False)
    return replace(limits, given={**limits.given, "dtype": (NARROW,)}, narrowed=told)
