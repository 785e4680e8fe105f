"""What a subject gives on a case: computed once, for all who look at it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import inf
from time import perf_counter
from typing import ClassVar

import numpy as np

from checks.case import Case
from checks.family import Family
from checks.generators import other_seeds
from checks.rounding import WIDE
from checks.subject import Pull, PullState, Subject
from checks.types import Array, Arrays

#: Numbers in a case from which on nothing is kept of its first calls but what they gave.
MOST_KEPT = 100_000

#: Seconds of a forward from which on it is not called as often as one would like.
SLOW = 0.05


@dataclass(frozen=True, eq=False)
class Answers:
    """One subject on one case, and what it gave."""

    subject: Subject
    family: Family
    case: Case
    #: Until when it is heard (``time.monotonic``): what takes long takes a part of that.
    until: float = inf
    #: Whether laws may share calls of the subject.
    sparing: ClassVar[bool] = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "subject", self.subject.rested(self.case))

    @cached_property
    def got(self) -> Pull:
        """What the subject computes on the case.

        Raises SubjectError where the subject raises, SubjectShapeError where a shape is not exactly what it must be.
        """
        return self.first.pull

    @cached_property
    def first(self) -> PullState:
        """The subject's first calls on the case, and what they left: what is large keeps nothing.

        Raises as ``got``.
        """
        start = perf_counter()
        kept = self.subject.keep(self.case.held, self.case.config, self.case.held_dy)
        self._took.append(perf_counter() - start)
        return kept if self.case.sizes() <= MOST_KEPT else PullState(kept.pull, {}, None, {})

    @cached_property
    def _took(self) -> list[float]:
        """Seconds that ``got`` took."""
        return []

    @cached_property
    def draws(self) -> bool:
        """Whether the subject draws random numbers: then another format or layout may draw others.

        Raises SubjectError where the subject raises.
        """
        with other_seeds():
            return not np.array_equal(self.subject.apply(self.case.held, self.case.config), self.got.y, equal_nan=True)

    @cached_property
    def seconds(self) -> float:
        """Seconds that a forward of the subject takes.

        Raises SubjectError where the subject raises.
        """
        start = perf_counter()
        self.subject.apply(self.case.held, self.case.config)
        return perf_counter() - start

    @property
    def slow(self) -> bool:
        """Whether a forward takes more than ``SLOW`` seconds; not told from the first call alone, which may load much.

        Raises SubjectError where the subject raises.
        """
        _ = self.got
        return max(self._took, default=0.0) > 2 * SLOW and self.seconds > SLOW

    @cached_property
    def wide(self) -> str:
        """Format in which the harness computes expectations for this case's format."""
        return WIDE[self.case.dtype]

    @cached_property
    def wide_inputs(self) -> Arrays:
        """The case's arguments in the wide format, which nobody writes to."""
        return {name: value.astype(self.wide, copy=False) for name, value in self.case.held.items()}

    @cached_property
    def wide_dy(self) -> Array:
        """The case's upstream gradient in the wide format."""
        return self.case.held_dy.astype(self.wide, copy=False)

    @cached_property
    def wide_y(self) -> Array:
        """The output that the subject gave, in the wide format."""
        return self.got.y.astype(self.wide, copy=False)
