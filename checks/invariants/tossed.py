"""Ties that are broken at random: two calls on the same arrays give other gradients, each of them a valid one.

Max pooling may send dy to any one of the cells that are tied. That two calls chose otherwise is a hazard, and nobody
can compare them there; what a call gave is judged as ever. A layer that chooses the same each time is no such one: what
another layout of its arrays, or an earlier call, changes there stays wrong.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace

import numpy as np

from checks.errors import SubjectError
from checks.invariants.sided import Beside, tied
from checks.rounding import is_complex
from checks.types import Array, Shape
from checks.witness import Trial

#: Said of such a layer.
TOSSED = "ties are broken at random: two calls on the same arrays give other gradients, each of them a valid one"

#: Calls after which a layer is taken to choose the same each time, and entries whose gradients are held to be valid.
CALLS, MOST = 4, 12


class Tossed:
    """Whether a layer without a family breaks the ties of a case at random, for ``Trial.shared``."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is asked yet; what is asked is no call of a law, which a script would show."""
        alone = trial.subject.unrecorded
        self._trial = trial if alone is None else replace(trial, subject=alone)
        self._random = dict[str, bool]()

    def excused(self, of: str, one: Array, another: Array, bound: Array) -> Array:
        """The entries in which a gradient of two calls differs as it may; none of any other layer."""
        none = np.zeros(one.shape, bool)
        if not self._trial.family.smooth or of == "y" or is_complex(self._trial.case.dtype):
            return none
        apart = np.abs(one - another) > bound
        if not np.any(apart) or not self._all_valid(of, apart, one, another) or not self._is_random(of):
            return none
        return np.asarray(apart)

    def _is_random(self, of: str) -> bool:
        """Whether the case alone, asked again, gives another gradient beside the same y."""
        if of not in self._random:
            first, bound = self._trial.got, 2 * self._trial.bound(of)
            calls = (self._trial.subject.vjp(self._trial.case) for _ in range(CALLS))
            self._random[of] = any(
                np.array_equal(first.y, each.y) and np.any(np.abs(each.gradients[of] - first.gradients[of]) > bound)
                for each in calls
            )
        return self._random[of]

    def _all_valid(self, of: str, apart: Array, one: Array, another: Array) -> bool:
        """Whether all of these entries are tied, and both gradients lie between the slopes from both sides at some."""
        argument = of.removeprefix("d")
        if np.any(apart & ~tied(self._trial, argument)):
            return False
        rng = np.random.default_rng([self._trial.case.seed, 61])
        some = rng.permutation(np.argwhere(apart))[:MOST]
        return all(self._is_valid(argument, place, one[place], another[place]) for place in map(tuple, some.tolist()))

    def _is_valid(self, argument: str, place: Shape, *gradients: float) -> bool:
        with suppress(SubjectError):  # a layer may have a domain
            slopes = Beside(self._trial, argument, place)
            if not slopes.kinks.any():
                slopes.look_further()
            near = [(float(each), *slopes.nearest(float(each))) for each in gradients]
            return bool(slopes.kinks.any()) and all(abs(each - valid) <= bound for each, valid, bound in near)
        return False
