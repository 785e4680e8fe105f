"""What is wrong in eval mode of a layer whose backward goes by what a forward that trains has left."""

from __future__ import annotations

import re
from collections.abc import Iterable

from checks.claim import Verdict
from checks.oracles.modes import AFTER, LATER, Modes

#: What a layer lacks that went forward in eval mode alone, as its backward found there; nobody knows of one that has
#: trained.
_LACKS = re.compile(
    rf"\Ain {LATER} mode: (?:.*backward raised AttributeError: '\w+' object has no attribute '(\w+)'|{AFTER})"
)

#: Said of it by the name of what is lacking, and where nobody knows that.
SAID = (
    f"in {LATER} mode its forward leaves no {{name}}, and the backward takes it: where a forward that trains has left "
    "one, the gradient is of that forward; before any, the backward raises"
)
WITHOUT_NAME = "array of its own"

#: What to write where that is meant.
OR_RAISE = f"where nobody is to go back in {LATER} mode, let the backward raise NotImplementedError there"


def before_training(verdict: Verdict, reasons: Iterable[str]) -> tuple[str, ...]:
    """The sentence about a law's verdict; ``reasons`` are those for which the same law was blind on other cases.

    And what it said of the plainest case. None where the backward raised nowhere for want of an attribute, and what is
    wrong is not so once it has trained alone: it is something else then.
    """
    if verdict.law != Modes.law or not verdict.why.startswith(f"in {LATER} mode: "):
        return ()
    lacking = sorted(found[1] or "" for why in reasons if (found := _LACKS.match(why)))
    return (f"{SAID.format(name=lacking[-1] or WITHOUT_NAME)}; {OR_RAISE}",) if lacking else ()
