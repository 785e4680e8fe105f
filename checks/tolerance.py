"""A layer that stops at a tolerance: a fixed point, a root, a series. It says how far it may be off.

That is a part of the largest entry of y, and of each gradient, and as much where all entries are below 1: who stops
where a step is short does so. It is declared, never measured; what is off by less is seen by nobody.
"""

from __future__ import annotations

from numbers import Real
from typing import Any

from checks.errors import LimitError

#: The largest that can be declared: beyond it hardly a digit is left to be judged.
MOST = 0.01


def demand_tolerance(given: Any) -> float:
    """The tolerance as a number; 0 where none is declared.

    Raises LimitError where it is no such part.
    """
    if isinstance(given, bool) or not isinstance(given, Real) or not 0 <= float(given) <= MOST:
        raise LimitError(
            f"tolerance={given!r:.80}; expected the part of its largest entry by which y, or a gradient, may be off, "
            f"such as 1e-6, and {MOST:g} at most"
        )
    return float(given)


def told(tolerance: float) -> list[str]:
    """What is said of a layer that declares one."""
    said = (
        f"tolerance={tolerance:g} was declared: what is off by less than that part of the largest entry of y, or of a "
        "gradient, and of 1, is not seen"
    )
    return [said] if tolerance else []
