"""Whether a smooth subject's forward has a gradient where derivatives along single entries are known.

A gradient is linear: what f does along several entries at once must follow from what it does along each of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import isnan

import numpy as np

from checks.oracles import lines
from checks.oracles.adding_up import Pair
from checks.oracles.estimates import FAR
from checks.smooth import Estimate, best
from checks.smooth.analytic import random_direction
from checks.smooth.line import Line
from checks.types import Array, Shape, gradient_of
from checks.witness import Trial

#: Steps of one entry that are longer than those of any other along a random direction.
APART = 2.0
#: Directions beside which an entry is moved until one shows a bend, each in both senses.
DIRECTIONS = 3
#: Entries of one number of which each is derived alone.
MOST_TIED = 32

#: Said where derivatives along some entries exist, and f has none that is linear.
NO_GRADIENT = "where derivatives do not add up there is no gradient to compare with"


@dataclass(frozen=True, eq=False)
class Bends:
    """Where f, contracted with dy, has derivatives along entries of an argument, and no gradient."""

    trial: Trial
    argument: str

    def without_gradient(self, place: Shape, along: Estimate, got: float) -> bool:
        """Whether that is so at an entry along which it has the derivative ``along``, and a gradient ``got``."""
        return self._unlike(place, along, got) or self._tied(place)

    def _unlike(self, place: Shape, along: Estimate, got: float) -> bool:
        """Whether D(v + 2 e) - D(v - 2 e) is not 4 D(e) for an entry e and some v.

        As the median of three equal numbers, which moves with none of them and with all. The entry moves from below all
        others to above them, each derivative from the side to which the line goes. Of random v some order the others so
        that nothing is seen: max(a, min(b, c)) with b moves only where c is above a.
        """
        shape = self.trial.shape_of(gradient_of(self.argument))
        far = APART * unit(shape, place)
        beside = (random_direction(shape, self.trial.case.seed + number) for number in range(DIRECTIONS))
        ends = ((sign * v + far, sign * v - far) for v in beside for sign in (1, -1))
        pairs = ((self._line(one), self._line(other)) for one, other in ends)
        times = 2 * APART
        across = Estimate(times * along.value, times * along.error, along.method)
        return any(Pair(one, other, -1, across, times * abs(got - along.value)).bent() for one, other in pairs)

    def _line(self, direction: Array) -> Line:
        return lines.through(self.trial, {self.argument: direction})

    def _tied(self, place: Shape) -> bool:
        """Whether entries that hold one number have a derivative together that is no sum of theirs.

        As the mode of three equal numbers: it moves with none of them, and with any two; beside them it jumps, so that
        no random direction has a derivative. In line with the place it is enough that one of them has none: a gradient
        gives each of them its share.
        """
        values = self.trial.case.inputs[self.argument]
        same = values == values[place]
        inline = [self._apart(same & line) for line in _lines(values.shape, place)]
        return any(abs(apart) > 0 or isnan(apart) for apart in inline) or self._apart(same) > 0

    def _apart(self, group: Array) -> float:
        """How far the derivative along a few entries is from the sum of theirs, beyond errors; 0 where it is unknown.

        NaN where one of theirs is.
        """
        if not 1 < np.count_nonzero(group) <= MOST_TIED:
            return 0.0
        together = best(self._line(group.astype(np.float64)))
        each = [self._alone(place) for place in map(tuple, np.argwhere(group).tolist())] if together.known else []
        stated = FAR * (together.error + sum(one.error for one in each))
        apart = abs(together.value - sum(one.value for one in each)) if each else 0.0
        return apart - stated if not apart <= stated else 0.0

    def _alone(self, place: Shape) -> Estimate:
        """The derivative along one entry."""
        if place not in self._each:
            self._each[place] = best(self._line(unit(self.trial.shape_of(gradient_of(self.argument)), place)))
        return self._each[place]

    @cached_property
    def _each(self) -> dict[Shape, Estimate]:
        """What ``_alone`` has answered."""
        return {}


def _lines(shape: Shape, place: Shape) -> Iterator[Array]:
    """The entries in line with one along each axis."""
    for axis in range(len(shape)):
        line = np.zeros(shape, bool)
        line[tuple([slice(None) if each == axis else at for each, at in enumerate(place)])] = True
        yield line


def unit(shape: Shape, place: Shape) -> Array:
    """The direction along which one entry alone moves."""
    direction = np.zeros(shape)
    direction[place] = 1.0
    return direction
