"""What is wrong in eval mode of a layer whose backward goes by what a forward that trains has left."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checks.claim import Verdict
from checks.oracles.modes import LATER, Modes

#: What a layer lacks that went forward in eval mode alone, as its backward found there.
_LACKS = re.compile(rf"\Ain {LATER} mode: .*backward raised AttributeError: '\w+' object has no attribute '(\w+)'")

SAID = (
    f"in {LATER} mode its forward leaves no {{name}}, and the backward takes it: where a forward that trains has left "
    "one, the gradient is of that forward; before any, the backward raises"
)


def before_training(verdict: Verdict, reasons: Iterable[str]) -> tuple[str, ...]:
    """The sentence about a law's verdict; ``reasons`` are those for which the same law was blind on other cases.

    None where the backward raised nowhere for want of an attribute: what is wrong then is something else.
    """
    if verdict.law != Modes.law or not verdict.why.startswith(f"in {LATER} mode: "):
        return ()
    lacking = sorted(found[1] for why in reasons if (found := _LACKS.match(why)))
    return tuple(SAID.format(name=name) for name in lacking[:1])
