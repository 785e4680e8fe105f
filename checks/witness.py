"""A witness makes claims about a subject on a case; a trial is what it is given to speak about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np

from checks.case import Case
from checks.claim import Claim
from checks.family import Family
from checks.rounding import DIGITS, WIDE, exact_limit, gamma, sum_bound
from checks.subject import Pull, Subject
from checks.types import Array, Arrays


@dataclass(frozen=True, eq=False)
class Trial:
    """One subject on one case: what it gave, what is expected, and how much rounding may matter."""

    subject: Subject
    family: Family
    case: Case

    @cached_property
    def got(self) -> Pull:
        """What the subject computes on the case.

        Raises SubjectError where the subject raises.
        """
        return self.subject.vjp(self.case)

    @cached_property
    def wide(self) -> str:
        """Format in which the harness computes expectations for this case's format."""
        return WIDE[self.case.dtype]

    @cached_property
    def wide_inputs(self) -> Arrays:
        """The case's arguments in the wide format."""
        return widen(self.case.inputs, self.wide)

    @cached_property
    def wide_dy(self) -> Array:
        """The case's upstream gradient in the wide format."""
        return self.case.dy.astype(self.wide)

    @cached_property
    def mass(self) -> Arrays:
        """Sum of absolute values behind each element of y and the gradients, by name."""
        return self.mass_of(self.wide_inputs, self.wide_dy)

    def mass_of(self, arrays: Arrays, dy: Array) -> Arrays:
        """Mass of other data in this case's configuration."""
        return self.family.mass(arrays, self.case.config, dy).named()

    @cached_property
    def roundings(self) -> dict[str, int]:
        """Roundings behind an element, by name (y, dx, ...)."""
        return self.family.roundings(self.case.shapes, self.case.config)

    def rounding_bound(self, of: str, mass: Array, *, lattice: bool) -> Array:
        """Largest error of the subject in elements of this mass: 0 where the arithmetic is exact on integers."""
        bound = sum_bound(mass, self.roundings[of], self.case.dtype)
        if not lattice or self.family.divides(self.case.shapes, self.case.config):
            return bound
        return np.asarray(np.where(mass <= exact_limit(self.case.dtype), 0.0, bound))

    def bound(self, of: str) -> Array:
        """Largest error of the subject on its own case, per element of y or of a gradient."""
        return self.rounding_bound(of, self.mass[of], lattice=self.case.lattice)

    def wide_error(self, of: str) -> Array:
        """Largest error of an expectation that is itself a plain sum in the wide format."""
        if self.case.lattice and not self.family.divides(self.case.shapes, self.case.config):
            return np.where(
                self.mass[of] <= exact_limit(self.wide), 0.0, sum_bound(self.mass[of], self.roundings[of], self.wide)
            )
        return sum_bound(self.mass[of], self.roundings[of], self.wide)

    def why(self, of: str) -> str:
        """The sentence that derives the bound of ``bound`` plus ``wide_error``."""
        count, dtype = self.roundings[of], self.case.dtype
        if not count:
            return "values are selected, not computed: they must be equal"
        if self.case.lattice and not np.any(self.bound(of)):
            return f"integers whose sum of |products| stays below 2**{DIGITS[dtype]}: every order of summing is exact"
        return (
            f"{count} roundings an element: gamma_{count} = {gamma(count, dtype):.2g} of sum |products| in {dtype} "
            f"(Higham 2002, 3.5), plus the same in {self.wide} for the expectation"
        )


class Witness(ABC):
    """A source of claims. ``law`` names it in reports; one file each, abstract or final."""

    law: ClassVar[str]

    @abstractmethod
    def claims(self, trial: Trial) -> Iterator[Claim]:
        """Claims about the subject on this case.

        Raises SubjectError where the subject raises on data that the witness made.
        """


def against(trial: Trial, law: str, want: Arrays) -> Iterator[Claim]:
    """One claim for y and each gradient, against a second source that is a plain sum in the wide format."""
    for of, got in trial.got.named().items():
        yield Claim(law, of, got, want[of], trial.bound(of) + trial.wide_error(of), trial.why(of))


def widen(arrays: Arrays, wide: str) -> Arrays:
    """Arrays in the wide format."""
    return {name: value.astype(wide) for name, value in arrays.items()}
