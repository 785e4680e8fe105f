"""Lines by the complex step alone, where f is seen to be analytic: one value of f in place of 150.

Along a random direction of all entries the complex step is compared with extrapolated differences. Both are linear in
the direction: a part of f that takes complex numbers for something else (abs, a comparison, ``.real``) makes them
differ along single entries, hence along nearly every direction, by no less than half of the largest difference unless
others cancel it. What the comparison leaves open is added to the error of every entry, and with it what rounding
scatters along that direction: what it scatters along one entry is a part of that. Along a direction of many entries
those errors add up, each times its step.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from checks.rounding import DIGITS
from checks.smooth.complex_step import complex_step, lone_step, moves_otherwise
from checks.smooth.estimate import Estimate
from checks.smooth.line import COMPLEX, REAL, Line
from checks.smooth.sides import differences
from checks.types import Array, Shape

#: Sizes of the entries of a direction, of either sign.
LEAST, MOST = 0.5, 1.0

#: What it may leave open of the derivative itself: more is no rounding, and would make every entry vague.
OPEN = 2.0**-30

#: Steps of a first comparison, the longest, and what that may leave open of the derivative in a format narrower than
#: float64, which has far fewer digits, and in float64: as much as all steps do mostly. Where it is more all are taken.
FEW, LITTLE, LEAST_OPEN = 16, 2.0**-36, 2.0**-46

#: How many times what a comparison leaves open an entry may be off: 1 / ``LEAST``, twice.
SAFETY = 4.0

#: By how many times what both leave open a complex step and differences are apart for good.
FAR = 2.0**10


@dataclass(frozen=True)
class Analytic:
    """The complex format in which f was seen to be analytic, and the error that this leaves open."""

    form: str
    margin: float

    def along(self, line: Line) -> Estimate:
        """Derivative at 0 of a line through the same point; unknown where f does not take the step."""
        found = lone_step(line, self.form)
        return replace(found, error=found.error + self.margin * line.length) if found.known else found


def seen_analytic(line: Line) -> Analytic | None:
    """Whether f is seen to be analytic at the point, from a line along a ``random_direction``; None where it is not."""
    form = next((form for form in REAL if line.point.follows(form)), "")
    whole = form and line.whole_digits(form) == DIGITS[form]  # a cast drops what is imaginary
    steps = ((each, complex_step(line, each)) for each in COMPLEX) if whole else ()
    known = [(each, stepped) for each, stepped in steps if stepped.known]  # cheap, and mostly none
    known.sort(key=lambda one: one[1].error)  # a wider format may lose what a function takes care of in a usual one
    if not known:
        return None
    little = LITTLE if DIGITS[line.dtype] < DIGITS["float64"] else LEAST_OPEN
    few = [] if line.levels else [(line.of_few(FEW, form), little)]
    for each, left in (*few, (line, OPEN)):
        found = differences(each, form)
        if agreeing := _agreeing(known, found, each, form, left):
            return agreeing
        if all(_apart(stepped, found) for _, stepped in known):  # more steps would say the same
            break
    return None


def _agreeing(
    known: list[tuple[str, Estimate]], found: Estimate, line: Line, form: str, most: float
) -> Analytic | None:
    """The first complex format whose steps agree with differences in ``form``; these leave no more open than that."""
    for each, stepped in known:
        left = stepped.error + found.error
        agree = abs(stepped.value - found.value) <= left <= most * abs(found.value)
        if agree and not moves_otherwise(line, each, form):
            return Analytic(each, SAFETY * left)
    return None


def _apart(stepped: Estimate, found: Estimate) -> bool:
    return abs(stepped.value - found.value) > FAR * (stepped.error + found.error)


def random_direction(shape: Shape, seed: int) -> Array:
    """Entries of sizes from ``LEAST`` to ``MOST`` and both signs, so that what differs does not cancel."""
    rng = np.random.default_rng([seed, 41])
    return np.asarray(rng.uniform(LEAST, MOST, shape) * rng.choice([-1.0, 1.0], shape))
