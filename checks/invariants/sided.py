"""Kinks of a layer of no family: its own slopes from both sides say which gradients are valid there.

At |x| = 0 any number from -1 to 1 is a subgradient. Each side's slope may count in whole, in part or not at all, so
that masks may hold the kink on both sides, or on neither: x clipped from below plus a tenth of x clipped from above is
given 0, 0.1, 1 or 1.1. No layer has reason for more; and none for that where a function of each entry alone bends on
its way to a kink elsewhere than at 0, where it is not 0 itself: that is no sum of clipped lines. Hard swish is given 1
to 1.5 at 3, not 0, and not 2.5.

Looked at are entries at which finite differences met a kink, and those that are 0, or equal to others: of their
argument, or in their place of another. Where three are tied one entry alone may show no slope that others would:
before a gradient is called wrong, slopes are taken beside the tie as well, where all are moved apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np

from checks.claim import Claim
from checks.data import round_to
from checks.errors import SubjectError
from checks.kink import kinks_met
from checks.rounding import is_complex, unit_roundoff
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

#: Entries of an argument that are looked at, of a slow layer as well.
MOST, FEW = 12, 2
#: A longer step: slopes of a kink stay as far apart, those of a curve do not, nor those of a jump or of noise.
LONGER, STAYS = 8.0, 2.0
#: A part of the steepest slope that is nothing: mistakes at kinks are as large as slopes.
PART = 1.0 / 16.0
#: How many roundings of y are surely more than those of two slopes.
NOISE = 16.0
#: Lines beside a tie, each in both senses, and the steps along each from below all others to above them.
LINES, STEPS = 6, np.linspace(-2.0, 2.0, 17)

#: Said of what is outside.
WHY = "at a kink: neither a slope of the layer's own forward from one side, nor part of both"


def at_kinks(law: str, trial: Trial) -> Iterator[Claim]:
    """One claim for the gradient of each argument that has entries at kinks."""
    if is_complex(trial.case.dtype):
        return
    for argument in trial.case.arguments:
        seen = [found for place in _candidates(trial, argument) if (found := _seen(trial, argument, place))]
        if seen:
            got, near, bound = (np.array(each) for each in zip(*(each[1:] for each in seen), strict=True))
            yield Claim(law, gradient_of(argument), got, near, bound, WHY, places=tuple(each[0] for each in seen))


def _candidates(trial: Trial, argument: str) -> list[Shape]:
    """A few entries: those at which derivatives met a kink, then those that are 0 or equal to others, in no order."""
    found = np.random.default_rng([trial.case.seed, 53]).permutation(np.argwhere(tied(trial, argument)))
    met = trial.shared(kinks_met).get(argument, [])
    return list(dict.fromkeys([*met, *map(tuple, found.tolist())]))[: FEW if trial.slow else MOST]


def tied(trial: Trial, argument: str) -> Array:
    """Which entries are 0, or equal to others: of their argument, or in their place of another."""
    arrays = trial.case.inputs
    values = arrays[argument]
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    found = (values == 0) | (counts[inverse.reshape(values.shape)] > 1)
    for name, other in arrays.items():
        if name != argument and other.shape == values.shape:
            found |= values == other
    return np.asarray(found)


def _seen(trial: Trial, argument: str, place: Shape) -> tuple[Shape, float, float, float] | None:
    """An entry at a kink with its gradient, the nearest valid one and how far they may lie apart; None for another."""
    of = gradient_of(argument)
    got = float(trial.got.gradients[of][place])
    beside = Beside(trial, argument, place)
    with suppress(SubjectError):  # a layer may have a domain
        if not np.isfinite(got) or not beside.kinks.any():
            return None
        near, bound = beside.nearest(got)
        if abs(got - near) > bound:
            beside.look_further()
            near, bound = beside.nearest(got)
        return (place, got, near, bound + float(trial.bound(of)[place])) if np.isfinite(near + bound) else None
    return None


@dataclass(eq=False)
class Beside:
    """Slopes of each output along one entry, close to a case.

    Raises SubjectError where the subject raises there.
    """

    trial: Trial
    argument: str
    place: Shape
    low: Array = field(init=False)
    high: Array = field(init=False)
    kinks: Array = field(init=False)
    #: Outputs that are no sum of parts with a mask each.
    whole: Array = field(init=False)

    def __post_init__(self) -> None:
        values = self.trial.case.inputs[self.argument]
        size = float(np.max(np.abs(values), initial=0.0, where=np.isfinite(values))) or 1.0
        self.step = size * float(2.0 ** np.round(np.log2(unit_roundoff(self.trial.case.dtype)) / 3))
        rest = {name: np.zeros(value.shape) for name, value in self.trial.case.inputs.items()}
        short, long = (
            self._slopes(rest, np.array([-1.0, 0.0, 1.0]) * step) for step in (self.step, LONGER * self.step)
        )
        self.low, self.high = short.min(axis=0), short.max(axis=0)
        apart, before = np.ptp(short, axis=0), np.ptp(long, axis=0)
        stays = (apart <= STAYS * before) & (before <= STAYS * apart)
        self.kinks = stays & (apart > PART * np.abs(short).max(axis=0))
        self.whole = self._whole(short, np.abs(short - long)) & self.kinks

    def _whole(self, slopes: Array, changes: Array) -> Array:
        """Outputs of a function of each entry alone with a side that bends; a change as of a kink nearby is no bend."""
        values, y = self.trial.case.inputs[self.argument], self.trial.got.y
        if y.shape != values.shape or np.count_nonzero(slopes.any(axis=0)) > 1 or values[self.place] == 0:
            return np.zeros(y.shape, bool)
        rounding = NOISE * unit_roundoff(self.trial.case.dtype) * np.abs(y) / self.step
        bent = (changes > rounding) & (changes < PART * np.ptp(slopes, axis=0))
        return np.asarray(bent.any(axis=0) & (y != 0))

    def _slopes(self, beside: Arrays, steps: Array) -> Array:
        """Slopes of every output (steps - 1, *y) between points along the entry, the other entries moved as said."""
        points, ys = list[float](), list[Array]()
        for step in steps:
            moved = {name: np.asarray(value + beside[name]) for name, value in self.trial.case.inputs.items()}
            moved[self.argument][self.place] += step
            held = {name: np.asarray(round_to(value, self.trial.case.dtype)) for name, value in moved.items()}
            points.append(float(held[self.argument][self.place]))
            ys.append(self.trial.subject.apply(held, self.trial.case.config).astype(self.trial.wide))
        with np.errstate(invalid="ignore"):
            return np.array([(b - a) / (q - p) for a, b, p, q in zip(ys, ys[1:], points, points[1:], strict=False)])

    def nearest(self, got: float) -> tuple[float, float]:
        """The nearest valid gradient, and how far beside it one is still no other."""
        parted = self.kinks & ~self.whole
        least = np.where(parted, np.minimum(0, self.low) + np.minimum(0, self.high), self.low)
        most = np.where(parted, np.maximum(0, self.low) + np.maximum(0, self.high), self.high)
        ends = self.trial.wide_dy * least, self.trial.wide_dy * most
        low, high = float(np.minimum(*ends).sum()), float(np.maximum(*ends).sum())
        steepest = np.maximum(np.abs(self.low), np.abs(self.high))
        return min(max(got, low), high), PART * float(np.sum(np.abs(self.trial.wide_dy) * steepest))

    def look_further(self) -> None:
        """Where ties are broken in several orders: what is a kink there is one here."""
        rng = np.random.default_rng([self.trial.case.seed, 59])
        shapes = {name: value.shape for name, value in self.trial.case.inputs.items()}
        for _ in range(LINES):
            beside = {name: self.step * rng.uniform(-1, 1, shape) for name, shape in shapes.items()}
            for sign in (1, -1):
                slopes = self._slopes({name: sign * value for name, value in beside.items()}, self.step * STEPS)
                self.low = np.minimum(self.low, slopes.min(axis=0))
                self.high = np.maximum(self.high, slopes.max(axis=0))
        self.kinks |= self.high - self.low > PART * np.maximum(np.abs(self.low), np.abs(self.high))
