"""A gradient that is NaN at an exact 0, where the layer's own forward has slopes and some number would do.

Nobody asked for a gradient at the zeros that are put into an example: right layers have none at those of a logarithm, a
root or a division. Where slopes settle from both sides, as those of |x|, every number between them is a gradient; where
they do from one side alone, as those of sqrt(relu(x)), that slope is one. A layer that gives NaN there is no more than
dangerous: one exact 0, and all that is trained by it is lost.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from time import monotonic

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.rounding import is_complex, small_part
from checks.smooth.estimate import Estimate
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.smooth.sides import ahead
from checks.types import Array, Shape, gradient_of
from checks.witness import Trial

#: Entries of an argument that are looked at until one is found, and steps along each, either way.
MOST, STEPS = 4, 24


def numberless(law: str, trial: Trial) -> Iterator[Claim]:
    """A hazard for the gradient of each argument that is no number at a 0 where it might be one; else nothing.

    Not where dy has zeros: 0 times an infinite slope is told by nobody from a slope of 0.
    """
    if is_complex(trial.case.dtype) or all(np.all(np.isfinite(each)) for each in trial.got.gradients.values()):
        return
    if trial.family.no_number(trial.case) != "right" or not np.all(trial.case.dy):
        return
    for argument in trial.case.arguments:
        claims = (_claim(law, trial, argument, place) for place in _there(trial, argument))
        yield from islice(filter(None, claims), 1)


def _there(trial: Trial, argument: str) -> list[Shape]:
    """A few zeros of an argument whose gradient is no number, in no order; of a slow layer one, if there is time."""
    if trial.slow and monotonic() + 2 * STEPS * trial.seconds > trial.until:
        return []
    there = (trial.case.inputs[argument] == 0) & ~np.isfinite(trial.got.gradients[gradient_of(argument)])
    found = np.random.default_rng([trial.case.seed, 61]).permutation(np.argwhere(there))
    return list(map(tuple, found[: 1 if trial.slow else MOST].tolist()))


def _claim(law: str, trial: Trial, argument: str, place: Shape) -> Claim | None:
    """That a gradient is one of those which the slopes beside it allow; None where they allow none or a single one.

    Where they allow one alone there is a derivative, of which others speak.
    """
    of = gradient_of(argument)
    got, sides = float(trial.got.gradients[of][place]), _slopes(trial, argument, place)
    if not sides or (len(sides) == 1 and not np.isnan(got)):
        return None
    values, errors = zip(*sides.values(), strict=True)
    least, most, error = min(values), max(values), sum(errors)
    if len(sides) > 1 and most - least <= error:
        return None
    what = "NaN" if np.isnan(got) else "infinite"
    why, want = f"{what} at an exact 0, {_allowed(sides, least, most)}", min(max(0.0, least), most)
    came, nearest, bound = np.array([[got], [want], [error]])
    return Claim(law, of, came, nearest, bound, why, places=(place,), severity="hazard")


def _allowed(sides: dict[str, tuple[float, float]], least: float, most: float) -> str:
    """Which gradients would do, in words."""
    if len(sides) > 1:
        return f"where every number from {least:.3g} to {most:.3g} would do: slopes of the layer's own forward there"
    return f"where {least:.3g} would do: the slope of the layer's own forward from {next(iter(sides))}"


def _slopes(trial: Trial, argument: str, place: Shape) -> dict[str, tuple[float, float]]:
    """The slope from each side from which there is one, and how far it may be off."""
    point = Point(lambda arrays: trial.subject.apply(arrays, trial.case.config), trial.case.inputs, trial.case.dy)
    found = dict[str, tuple[float, float]]()
    for side, sign in (("below", -1.0), ("above", 1.0)):
        with suppress(SubjectError):  # a layer may have a domain
            line = Line(point, {argument: _along(trial, argument, place, sign)}, trial.case.dtype, STEPS)
            estimate = ahead(line, trial.case.dtype)
            if _settled(estimate, trial.case.dtype):
                found[side] = sign * estimate.value + 0.0, estimate.error  # no -0
    return found


def _settled(estimate: Estimate, dtype: str) -> bool:
    """Whether it is a slope, and none that grows without end: those of x log(x) at different steps are not close."""
    close = estimate.error <= small_part(dtype) * abs(estimate.value)
    return estimate.known and (close or not estimate.value)


def _along(trial: Trial, argument: str, place: Shape, sign: float) -> Array:
    direction = np.zeros(trial.case.shapes[argument])
    direction[place] = sign
    return direction
