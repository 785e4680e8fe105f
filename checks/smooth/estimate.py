"""What a numerical derivative is: a value, how far it may be off, and how it was found."""

from __future__ import annotations

import math
from dataclasses import dataclass

#: Why there is no derivative where a function has two slopes.
AT_A_KINK = "differences from the left and from the right do not meet"


@dataclass(frozen=True)
class Estimate:
    """A derivative: ``value``, the largest ``error`` that it may have (same units), and the ``method`` behind it.

    Value and error are NaN where nothing is known (a kink, an edge, a function lost in its own noise); ``method`` then
    says why.
    """

    value: float
    error: float
    method: str

    @property
    def known(self) -> bool:
        """Whether there is a value at all."""
        return not math.isnan(self.error)

    @property
    def at_a_kink(self) -> bool:
        """Whether there is none because there are two."""
        return self.method == AT_A_KINK


def unknown(why: str) -> Estimate:
    """The estimate of someone who does not know, and why."""
    return Estimate(math.nan, math.nan, why)
