"""What is wrong with a gradient where only examples were given: it is held against derivatives of the own forward."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from checks.diagnosis.alike import LEAST
from checks.diagnosis.along import along
from checks.diagnosis.difference import Difference, Unnamed, elements
from checks.diagnosis.gathered import gathered
from checks.diagnosis.numbers import at_sight, by_design, numbers, ratios
from checks.diagnosis.ranges import ranges, where
from checks.oracles.finite_difference import FiniteDifference
from checks.types import Array, Shape
from checks.witness import Trial


@dataclass(frozen=True)
class Derived:
    """Those entries of a gradient whose derivatives are known (``places``), beside these; ``shape`` is that of all."""

    difference: Difference
    places: tuple[Shape, ...]
    shape: Shape

    @property
    def size(self) -> int:
        """Entries in all."""
        return prod(self.shape)

    @property
    def whole(self) -> bool:
        """Whether they are all."""
        return len(self.places) == self.size

    @property
    def spread(self) -> Difference:
        """All entries, NaN where they are not known."""
        known = self.difference
        return Unnamed(known.of, *map(self._filled, (known.got, known.want, known.bound)))

    def _filled(self, values: Array) -> Array:
        whole = np.full(self.shape, np.nan, np.asarray(values).dtype)
        for place, value in zip(self.places, np.reshape(values, -1), strict=True):
            whole[place] = value
        return whole


def described(trial: Trial, found: Derived) -> Iterator[str]:
    """Which elements are wrong, and what their numbers have in common, of all or of those that are known."""
    difference, of = found.difference, found.difference.of
    with np.errstate(all="ignore"):
        if found.whole:
            yield f"{of}: {elements(difference)}"
            yield from where(difference, trial.case, np.ones(difference.want.shape))
            yield from numbers(difference, trial.case)
        else:
            wrong = int(np.count_nonzero(difference.wrong))
            yield f"{of}: {wrong} wrong of the {len(found.places)} elements that were derived, of {found.size} in all"
            yield from _of_some(trial, found)
        yield from by_design(difference, trial.case)


def _of_some(trial: Trial, found: Derived) -> Iterator[str]:
    if said := at_sight(found.difference.of, trial.got.gradients[found.difference.of]):
        yield said
        return
    sentences = list(gathered(found.spread)) or list(ratios(found.difference, trial.case))
    sentences = sentences or list(along(found.spread, trial.case))
    sentences = [*ranges(found.spread, trial.case), *sentences]
    yield from (f"of those that were derived: {sentence}" for sentence in sentences)


def derived(trial: Trial, of: str) -> Derived | None:
    """A gradient beside the derivatives of the forward along its entries, as far as they are known; None of too few.

    Raises SubjectError where the subject raises.
    """
    claim = FiniteDifference().claim(trial, of.removeprefix("d"))
    if claim.places is None:
        return None
    known, shape = np.flatnonzero(np.isfinite(claim.bound)), trial.shape_of(of)
    places = tuple(tuple(map(int, claim.places[number])) for number in known.tolist())
    got, want, bound = (values[known] for values in (claim.got, claim.want, claim.bound))
    if len(known) == prod(shape):
        got, want, bound = (np.reshape(values, shape) for values in (got, want, bound))
    elif len(known) < LEAST:
        return None
    return Derived(Unnamed(of, got, want, bound), places, shape)
