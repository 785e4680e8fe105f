"""What a numerical derivative is: a value, how far it may be off, and how it was found."""

from __future__ import annotations

import math
from dataclasses import dataclass


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


def unknown(why: str) -> Estimate:
    """The estimate of someone who does not know, and why."""
    return Estimate(math.nan, math.nan, why)
