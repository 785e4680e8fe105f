"""A witness makes claims about a subject on a case; a trial is what it is given to speak about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from math import inf
from time import perf_counter
from typing import Any, ClassVar, TypeVar, cast

import numpy as np

from checks.arithmetic import EXACT_TRANSFORM, FLUSHING, HALVINGS, OBSERVED, PLAIN, RUNNING, TRANSFORM
from checks.bounds import largest as largest_of
from checks.bounds import nothing, plus, widen
from checks.case import Case
from checks.claim import Claim
from checks.excess import excess
from checks.family import Family
from checks.generators import other_seeds
from checks.rounding import DIGITS, WIDE, exact_limit, growth, sum_bound
from checks.subject import Pull, PullState, Subject
from checks.types import Array, Arrays, Shape

T = TypeVar("T")

#: Numbers in a case from which on nothing is kept of its first calls but what they gave.
MOST_KEPT = 100_000

#: Seconds of a forward from which on it is not called as often as one would like.
SLOW = 0.05


@dataclass(frozen=True, eq=False)
class Trial:
    """One subject on one case: what it gave, what is expected, and how much rounding may matter."""

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
        kept = self.subject.keep(self.case.inputs, self.case.config, self.case.dy)
        self._took.append(perf_counter() - start)
        return kept if self.case.sizes() <= MOST_KEPT else PullState(kept.pull, {}, None)

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
            return not np.array_equal(
                self.subject.apply(self.case.inputs, self.case.config), self.got.y, equal_nan=True
            )

    @cached_property
    def seconds(self) -> float:
        """Seconds that a forward of the subject takes.

        Raises SubjectError where the subject raises.
        """
        start = perf_counter()
        self.subject.apply(self.case.inputs, self.case.config)
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
        """The case's arguments in the wide format."""
        return widen(self.case.inputs, self.wide)

    @cached_property
    def wide_dy(self) -> Array:
        """The case's upstream gradient in the wide format."""
        return self.case.dy.astype(self.wide)

    @cached_property
    def wide_y(self) -> Array:
        """The output that the subject gave, in the wide format."""
        return self.got.y.astype(self.wide, copy=False)

    @cached_property
    def reference(self) -> Arrays:
        """What the family's reference computes on the case in the wide format, by name."""
        return self.family.reference.pull(self.wide_inputs, self.case.config, self.wide_dy).named()

    @cached_property
    def mass(self) -> Arrays:
        """Sum of absolute values behind each element of y and the gradients, by name."""
        return self.family.mass(self.wide_inputs, self.case.config, self.wide_dy).named()

    @cached_property
    def roundings(self) -> dict[str, int]:
        """Roundings behind an element, by name (y, dx, ...)."""
        return self.family.roundings(self.case.shapes, self.case.config)

    @cached_property
    def exact_on_integers(self) -> bool:
        """Whether the case's numbers are integers and the layer makes no quotients of them."""
        return self.case.lattice and not self.family.divides(self.case.shapes, self.case.config)

    def shared(self, kind: Callable[[Trial], T]) -> T:
        """What ``kind`` makes of this trial, once for all laws that look at it."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        return cast("T", self._shared[kind])

    @cached_property
    def _shared(self) -> dict[Any, object]:
        """What ``shared`` has answered."""
        return {}

    def shape_of(self, of: str) -> Shape:
        """Shape of y or of a gradient."""
        return self.case.shapes["dy" if of == "y" else of.removeprefix("d")]

    def bound(self, of: str) -> Array:
        """Largest error of the subject on its own case, per element of y or of a gradient."""
        if self.arithmetic == PLAIN:
            return self.plain_bound(of)
        if of not in self._bounds:
            self._bounds[of] = plus(self.plain_bound(of), self.excess(of))
        return self._bounds[of]

    @cached_property
    def _bounds(self) -> dict[str, Array]:
        """What ``bound`` has answered for another arithmetic than a plain sum."""
        return {}

    def plain_bound(self, of: str) -> Array:
        """The same for a plain sum."""
        return self._own_error(of, self.case.dtype)

    def wide_error(self, of: str) -> Array:
        """Largest error of an expectation that is itself a plain sum in the wide format."""
        return self._own_error(of, self.wide)

    def forward_error(self, arrays: Arrays) -> Array:
        """Largest error of y for other arguments; integers wherever the case's are."""
        excess = self.excess("y", arrays, self.wide_dy)
        if self._surely_exact("y", lambda: {**largest_of(arrays), "dy": self.largest["dy"]}, self.case.dtype):
            return excess
        mass = self.family.forward_mass(widen(arrays, self.wide), self.case.config)
        return plus(self.error("y", mass, self.case.dtype), excess)

    def backward_error(self, dy: Array) -> Arrays:
        """Largest error of each gradient for another upstream gradient (in the wide format)."""
        names = [of for of in self.roundings if of != "y"]
        excess = {of: self.excess(of, self.wide_inputs, dy) for of in names}
        largest = cache(lambda: {**self.largest, **largest_of({"dy": dy})})
        if all(self._surely_exact(of, largest, self.case.dtype) for of in names):
            return excess
        mass = self.family.mass(self.wide_inputs, self.case.config, dy).gradients
        return {of: plus(self.error(of, mass[of], self.case.dtype), excess[of]) for of in names}

    def error(self, of: str, mass: Array, dtype: str) -> Array:
        """Largest error of plain sums of this mass in ``dtype``: 0 where the arithmetic is exact on integers."""
        bound = sum_bound(mass, self.roundings[of], dtype)
        if not self.exact_on_integers:
            return bound
        sums = mass * self.family.largest_divisor(self.case.shapes, self.case.config)
        return np.asarray(np.where(sums <= exact_limit(dtype), 0.0, bound))

    @property
    def arithmetic(self) -> str:
        """How the subject rounds; a plain sum unless it is declared, or observed, to be something else."""
        return PLAIN if self.subject.arithmetic == OBSERVED else self.subject.arithmetic

    def excess(self, of: str, arrays: Arrays | None = None, dy: Array | None = None) -> Array:
        """What the subject's arithmetic may add to the error of a plain sum; the case's own data unless given."""
        if self.arithmetic == PLAIN:
            return nothing(self.shape_of(of))
        arrays = self.wide_inputs if arrays is None else widen(arrays, self.wide)
        return excess(self, of, arrays, self.wide_dy if dy is None else dy)

    def _own_error(self, of: str, dtype: str) -> Array:
        if (of, dtype) not in self._own_errors:
            sure = self._surely_exact(of, lambda: self.largest, dtype)
            self._own_errors[of, dtype] = nothing(self.shape_of(of)) if sure else self.error(of, self.mass[of], dtype)
        return self._own_errors[of, dtype]

    @cached_property
    def _own_errors(self) -> dict[tuple[str, str], Array]:
        """What ``_own_error`` has answered."""
        return {}

    @cached_property
    def largest(self) -> dict[str, float]:
        """Largest absolute value of each argument and of dy."""
        return largest_of({**self.wide_inputs, "dy": self.wide_dy})

    def _surely_exact(self, of: str, largest: Callable[[], Mapping[str, float]], dtype: str) -> bool:
        """Whether no element can be inexact, told from the largest operands alone: no mass has to be computed."""
        if not self.roundings[of]:
            return True
        return self.exact_on_integers and self.roundings[of] * self.family.peak(largest()) <= exact_limit(dtype)

    def why(self, of: str) -> str:
        """The sentence that derives the bound of ``bound`` plus ``wide_error``."""
        if of not in self._derivations:
            self._derivations[of] = self._derived(of)
        return self._derivations[of]

    @cached_property
    def _derivations(self) -> dict[str, str]:
        """What ``why`` has answered."""
        return {}

    def _derived(self, of: str) -> str:
        count, dtype = self.roundings[of], self.case.dtype
        if self.arithmetic == FLUSHING:
            return f"values are selected, and what is below {2**HALVINGS} times the smallest normal number may be lost"
        if not count:
            return "values are selected, not computed: they must be equal"
        if self.exact_on_integers and not np.any(self.bound(of)):
            return f"integers whose sum of |products| stays below 2**{DIGITS[dtype]}: every order of summing is exact"
        if self.arithmetic == RUNNING:
            return "running sums: a multiple of the sum of absolute values of the whole plane (Higham 2002, 3.5)"
        if self.arithmetic in {TRANSFORM, EXACT_TRANSFORM}:
            return "a transform: a multiple of the operands' 2-norms (Brent, Percival and Zimmermann 2007)"
        share, name = growth(count, dtype)
        known = (
            f"{count} roundings an element: {name} = {share:.2g} of sum |products| in {dtype} "
            f"(Higham 2002, 3.5), plus the same in {self.wide} for the expectation"
        )
        return f"{name}: nothing bounds the error" if np.isnan(share) else known


class Apart(Trial):
    """A trial on which each law makes calls of its own, so that one can see what it does."""

    sparing = False


class Witness(ABC):
    """A source of claims. ``law`` names it in reports, ``needs`` what it asks for; one file each, abstract or final."""

    law: ClassVar[str]
    needs: ClassVar[str] = "the layer alone"

    @abstractmethod
    def claims(self, trial: Trial) -> Iterator[Claim]:
        """Claims about the subject on this case.

        Raises SubjectError where the subject raises on data that the witness made.
        """


def against(trial: Trial, law: str, want: Arrays) -> Iterator[Claim]:
    """One claim for y and each gradient, against a second source that is a plain sum in the wide format."""
    for of, got in trial.got.named().items():
        bound = trial.bound(of) + trial.wide_error(of)
        if of == "dx" and (undecided := trial.family.undecided(trial.case)).any():
            bound = np.where(undecided, np.nan, bound)
        yield Claim(law, of, got, want[of], bound, trial.why(of))
