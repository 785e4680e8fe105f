"""Whether derivatives along two lines through a case add up to the one that lies between them, as a gradient's do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.oracles.estimates import FAR
from checks.rounding import unit_roundoff
from checks.smooth import Estimate, ahead
from checks.smooth.line import Line

#: Part of a mistake below which a bend does not explain it.
PART = 2.0**-10


@dataclass(frozen=True)
class Pair:
    """Two lines through one point; D(one) + ``sign`` D(other) is to be the derivative that ``between`` states.

    Each derivative is taken from the side to which its line goes. ``off`` is how far a gradient is from what is stated.
    """

    one: Line
    other: Line
    sign: int
    between: Estimate
    off: float

    def bent(self) -> bool:
        """Whether they do not add up, by more than all of their errors, so that there may be no gradient."""
        if self._nearly_straight():
            return False
        one, other = ahead(self.one), ahead(self.other)
        apart = abs(one.value + self.sign * other.value - self.between.value)
        stated = one.error + other.error + self.between.error
        return one.known and other.known and bool(apart > FAR * stated)

    def _nearly_straight(self) -> bool:
        """Whether they add up so well that what is left explains nothing of a mistake as large as this one.

        Told from two steps along each line, where ``ahead`` takes all that a format has: what is straight apart from
        curvature stays h**2 from it after extrapolation, and a bend at the point stays as large as it is.
        """
        with np.errstate(all="ignore"):
            found = _slope(self.one) + self.sign * _slope(self.other)
            return bool(abs(found - self.between.value) <= PART * self.off < np.inf)


def _slope(line: Line) -> float:
    """The slope ahead, from two steps of a length at which truncation and rounding are about alike."""
    width = float(2.0 ** np.round(np.log2(unit_roundoff(line.dtype)) / 3)) * (line.size or line.unit)
    still, near, far = (line.at(t, line.dtype).value for t in (0, width, 2 * width))
    return float((4 * near - far - 3 * still) / (2 * width))
