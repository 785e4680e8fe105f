"""The first cases of the wide look, counted from those on that are not common: these stand before all others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from checks.case import Case
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases


def early(limits: Limits, count: int) -> Iterator[Case]:
    """The common cases, and so many others."""
    return islice(wide_cases(limits, 0), common(limits) + count)


def common(limits: Limits) -> int:
    """How many cases are common."""
    return sum(1 for _ in limits.family.common(0, limits.axes))
