"""Groups of a convolution in words: how many there are, and how many channels of x and of y stand in each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from sys import maxsize
from typing import Any

from checks.case import Case
from checks.scope.accepted import LISTED, accepts
from checks.strategies.geometry import Geometry

_ANY, _SEVERAL = range(1, maxsize), range(2, maxsize)


@dataclass(frozen=True)
class Grouping:
    """Limits on the number of groups, and on the channels of x and of y in each of them."""

    groups: Any = _ANY
    inputs: Any = _ANY
    outputs: Any = _ANY

    def off(self, groups: int, inputs: int, outputs: int) -> tuple[bool, ...]:
        """Which of these numbers are none of this grouping."""
        limits = ((self.groups, groups), (self.inputs, inputs), (self.outputs, outputs))
        return tuple(not accepts(limit, number) for limit, number in limits)

    def regrouped(self, geometry: Geometry) -> Geometry:
        """With as many channels of x, each of them a group, where every channel is to be one."""
        if self.inputs != 1:
            return geometry
        return replace(geometry, groups=geometry.groups * geometry.inputs, inputs=1)


#: The words for groups, which are those of the configuration cells. One channel of x is a group of its own, too.
GROUPINGS: Mapping[str, Grouping] = {
    "one": Grouping(groups=1),
    "some": Grouping(_SEVERAL, _SEVERAL),
    "all": Grouping(inputs=1, outputs=_SEVERAL),
    "depthwise": Grouping(inputs=1, outputs=1),
}


def words(limit: Any) -> list[str]:
    """The words among what is said of groups, be they known or not."""
    return [each for each in _listed(limit) if isinstance(each, str)]


def grouped(limit: Any, case: Case) -> bool:
    """Whether a case has groups such as are meant by a limit on them."""
    groups = case.config["groups"]
    numbers = groups, case.shapes["x"][1] // groups, case.shapes["dy"][1] // groups
    return any(not any(each.off(*numbers)) for each in _groupings(limit))


def nearest_grouping(limit: Any, geometry: Geometry) -> Grouping:
    """What is meant by a limit on groups; of several kinds one with most of a geometry's numbers, groups before all."""
    numbers = geometry.groups, geometry.inputs, geometry.outputs
    return min(_groupings(limit), key=lambda each: (sum(each.off(*numbers)), each.off(*numbers)))


def _groupings(limit: Any) -> list[Grouping]:
    if not words(limit):
        return [Grouping() if limit is None else Grouping(limit)]
    return [GROUPINGS[each] if isinstance(each, str) else Grouping(each) for each in _listed(limit)]


def _listed(limit: Any) -> Collection[Any]:
    return limit if isinstance(limit, LISTED) else [limit]
