"""Windows of many cells whose sums are kept in half precision: of 120 ones around a large number half are lost.

That is within the bound of a sum in any order, so that it is a hazard, not wrong. The large number is in the middle:
from whichever end one goes through the cells of a window, or the windows of a cell, half of the ones come after it. It
is so large that they are lost whatever all are divided by.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from checks.arithmetic import PLAIN
from checks.claim import Claim
from checks.computing import hushed
from checks.errors import SubjectError
from checks.invariants.half_sums import FEWEST, wrong_without_number
from checks.rounding import DIGITS, HALF, exact_limit, sum_bound
from checks.types import Array, Arrays, Shape, carrier
from checks.witness import Trial

#: Terms of a sum from which on half of the ones are more than what is allowed: a quarter of them, and roundings.
MANY = 80


def window_sums(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for the middle of y, and of dx, where so many cells, or windows, meet there."""
    if trial.case.dtype not in HALF or not trial.family.channelwise or trial.arithmetic != PLAIN:
        return
    limit, counts = 2 * exact_limit(trial.case.dtype), trial.roundings
    asked = [of for of, count in counts.items() if MANY <= count <= limit]
    if not asked or not trial.case.filled:
        return
    arrays = {name: _ones_around(trial.case.shapes[name], limit) for name in ("x", "dy")}
    with suppress(SubjectError):  # a layer may have a domain
        got = hushed(pulled, trial, arrays)
        yield from (_claim(law, trial, of, got[of], arrays) for of in asked)


def _claim(law: str, trial: Trial, of: str, got: Array, arrays: Arrays) -> Claim:
    """What comes of the large number and the ones, of which a quarter may be lost."""
    place, summed, dtype = _middle(got.shape), "x" if of == "y" else "dy", trial.case.dtype
    alone = {**arrays, summed: _ones_around(arrays[summed].shape, 0)}
    want, ones = (computed(trial, given)[of][place] for given in (arrays, alone))
    bound = abs(ones) / FEWEST + sum_bound(np.abs(want), trial.roundings[of].bit_length() + 1, dtype)
    why = (
        f"a window's ones around 2**{DIGITS[dtype] + 1}: so many are lost only where a sum is kept in {dtype} and each "
        "of them is added by itself; add up in float32"
    )
    came, must, most = (each.reshape(1) for each in (got[place], want, bound))
    return wrong_without_number(Claim(law, of, came, must, most, why, places=(place,), severity="hazard"))


def pulled(trial: Trial, arrays: Arrays) -> Arrays:
    """What the subject gives on x and dy of the case's shapes, rounded to its format, by name.

    Raises SubjectError where the subject raises.
    """
    kind = carrier(trial.case.dtype)
    return trial.subject.pull({"x": arrays["x"].astype(kind)}, trial.case.config, arrays["dy"].astype(kind)).named()


def computed(trial: Trial, arrays: Arrays) -> Arrays:
    """What it must give, in the format of the arrays."""
    return trial.family.computed({"x": arrays["x"]}, trial.case.config, arrays["dy"]).named()


def _ones_around(shape: Shape, number: float) -> Array:
    """Planes of ones with this in the middle."""
    places = np.equal(np.indices(shape[2:]).T, _middle(shape)[2:])
    return np.broadcast_to(np.where(places.all(axis=-1).T, number, 1.0), shape)


def _middle(shape: Shape) -> Shape:
    """The cell in the middle of the first plane."""
    return (0, 0, *(size // 2 for size in shape[2:]))
