"""The term of each output in each element of a gradient: its dy times its own derivative, by moving each element."""

from __future__ import annotations

from dataclasses import dataclass
from time import monotonic

import numpy as np

from checks.diagnosis.alike import SAME
from checks.diagnosis.examples import Derived
from checks.types import Array, Arrays, Shape
from checks.witness import Trial

#: Steps by which an element is moved, for each format in which that tells: terms are known to ``SAME`` of the largest.
STEPS = {"float64": 2.0**-13, "float32": 2.0**-7}
#: Seconds that it may take to move each element once.
SECONDS = 2.0


@dataclass(frozen=True, eq=False)
class Terms:
    """The term of each output, by its flat number, in each derived element: its dy times its own derivative."""

    found: Derived
    slopes: Array
    dy: Array

    @property
    def each(self) -> Array:
        """(elements, outputs)."""
        return self.slopes * self.dy.reshape(-1)

    @property
    def answers(self) -> Array:
        """Whether an output answers to an element, by more than its slope may be off."""
        return np.asarray(np.abs(self.slopes) > SAME * np.max(np.abs(self.slopes), initial=0.0))

    def hold(self, kept: Array) -> bool:
        """Whether every derived element, the right ones too, is the sum of these terms."""
        return self._near(self.found.difference.got, np.sum(self.each * kept, 1))

    def hold_for(self, dy: Array) -> bool:
        """Whether every derived element is what it must be for another dy, and not for this one."""
        sums = np.sum(self.slopes * dy.reshape(-1), 1)
        return self._near(self.found.difference.got, sums) and not self._near(self.found.difference.want, sums)

    @property
    def right(self) -> bool:
        """Whether all terms sum to the derivatives: they are known well enough to be told apart."""
        return self._near(self.found.difference.want, np.sum(self.each, 1))

    def _near(self, values: Array, sums: Array) -> bool:
        slack = SAME * np.max(np.abs(self.each), 1, initial=0.0) + np.reshape(self.found.difference.bound, -1)
        return bool(np.all(np.abs(np.reshape(values, -1) - sums) <= slack))


def terms_of(trial: Trial, of: str, found: Derived) -> Terms | None:
    """Each derived element moved to either side; None where there is no time, or no step for the format."""
    step, argument, end = STEPS.get(trial.case.dtype), of.removeprefix("d"), monotonic() + SECONDS
    if step is None or trial.draws:
        return None
    slopes, config = [], trial.case.config
    for place in found.places:
        if monotonic() > end:
            return None
        sides = [trial.subject.apply(_moved(trial.case.inputs, argument, place, by), config) for by in (step, -step)]
        slopes.append((sides[0].astype(trial.wide) - sides[1]).reshape(-1) / (2 * step))
    return Terms(found, np.array(slopes), trial.wide_dy)


def _moved(inputs: Arrays, argument: str, place: Shape, by: float) -> Arrays:
    moved = {**inputs, argument: inputs[argument].copy()}
    moved[argument][place] += by
    return moved
