"""A layer of no family whose y stays where all numbers of x move by the same: as it should, far from 0 too.

A variance by E[x**2] - E[x]**2 is right near 0; of numbers whose mean is a thousand times their spread it loses a
thousand times as much as the rounding of these numbers does, and may come out below 0. What a layer must give so far
away it says itself, of the same numbers near 0.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.rounding import DIGITS, unit_roundoff
from checks.types import Array, Arrays
from checks.witness import Trial

#: What a difference shows.
LOST = "digits are lost for numbers far from 0, as where large squares are subtracted from one another"

#: Formats in which numbers so far from 0 still lie apart.
FORMATS = frozenset({"float64", "float32"})

#: In spreads of x: how far it moves where a layer is asked whether that changes anything.
NEAR = 8.0
#: Digits that x loses where it moves far, beyond half of them.
BEYOND = 1

#: How many times as far as the rounding of x moves a result it may be off: steps of a stable algorithm add up.
STEPS = 2.0**9


def displaced(law: str, trial: Trial) -> Iterator[Claim]:
    """Claims for y and each gradient where the first argument, or all, have moved; none where that changes y."""
    names, form = trial.case.arguments, trial.case.dtype
    if form not in FORMATS or trial.case.span != 1:
        return
    with suppress(SubjectError):  # a layer may have a domain
        for moving in dict.fromkeys((tuple(names[:1]), tuple(names))):
            move = _Move.of(trial, moving)
            if move and move.changes_nothing():
                yield from move.claims(law)
                return


@dataclass(frozen=True)
class _Move:
    """Numbers of some arguments of a trial, few enough digits of each that they are exact ``far`` from 0 too."""

    trial: Trial
    moving: Sequence[str]
    arrays: Arrays
    spread: float
    far: float

    @classmethod
    def of(cls, trial: Trial, moving: Sequence[str]) -> _Move | None:
        """None where all numbers are alike."""
        given = trial.case.inputs
        spread = max(float(np.ptp(given[name])) for name in moving if given[name].size) if moving else 0.0
        if not 0 < spread < np.inf:
            return None
        spread = float(2.0 ** np.ceil(np.log2(spread)))
        far = spread * 2.0 ** (DIGITS[trial.case.dtype] // 2 + BEYOND)
        few = {name: (value + far) - far if name in moving else value for name, value in given.items()}
        return cls(trial, moving, few, spread, far)

    def changes_nothing(self) -> bool:
        """Whether y is what it was where the numbers have moved a little, and hangs on them."""
        near = self.spread * NEAR
        first, there, rounded = map(self._y, (self.arrays, self._moved(near), self._rounded(near)))
        return bool(np.any(first != first.flat[:1]) and np.all(np.abs(there - first) <= self._bound(first, rounded)))

    def claims(self, law: str) -> Iterator[Claim]:
        """What is there near 0 must be there far from it."""
        why = (
            f"{' and '.join(self.moving)} moved by {self.far:.0g}, which changes nothing where they move by "
            f"{self.spread * NEAR:g}; {STEPS:g} times what the rounding of such numbers does"
        )
        near, there, rounded = (
            self._named(arrays) for arrays in (self.arrays, self._moved(self.far), self._rounded(self.far))
        )
        for of, want in near.items():
            bound = np.full(want.shape, self._bound(want, rounded[of]))
            yield Claim(law, of, there[of], want, bound, why, severity="hazard", seen=LOST)

    def _bound(self, first: Array, rounded: Array) -> float:
        largest = np.max(np.abs(first), initial=0.0) * unit_roundoff(self.trial.case.dtype)
        off = np.abs(np.subtract(rounded, first, dtype=self.trial.wide))  # y may be of truth values
        return float(STEPS * (np.max(off, initial=0.0) + largest))

    def _moved(self, by: float) -> Arrays:
        return self._with(lambda value: np.full(value.shape, by))

    def _rounded(self, by: float) -> Arrays:
        """Each number off by what it would lose so far from 0."""
        rng, unit = np.random.default_rng(67), unit_roundoff(self.trial.case.dtype) * by
        return self._with(lambda value: rng.choice((-unit, unit), value.shape))

    def _with(self, change: Callable[[Array], Array]) -> Arrays:
        return {
            name: np.asarray(value + change(value), value.dtype) if name in self.moving else value
            for name, value in self.arrays.items()
        }

    def _y(self, arrays: Arrays) -> Array:
        return self.trial.subject.apply(arrays, self.trial.case.config).astype(self.trial.wide, copy=False)

    def _named(self, arrays: Arrays) -> Arrays:
        """For any dy: of one that a layer takes to 0 no rounding of its numbers shows how its steps are rounded."""
        dy = np.random.default_rng(71).normal(size=self.trial.case.shapes["dy"]).astype(self.trial.case.dy.dtype)
        return self.trial.subject.pull(arrays, self.trial.case.config, dy).named()
