"""How far rounding alone may drive what a subject gives from what is expected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, cached_property

import numpy as np

from checks.answers import MOST_KEPT, Answers
from checks.arithmetic import OBSERVED, PLAIN
from checks.bounds import largest as largest_of
from checks.bounds import nothing, plus, widen
from checks.excess import excess
from checks.rounding import exact_limit, sum_bound
from checks.types import Array, Arrays, Shape, carrier


class Bounded(Answers):
    """A subject on a case, with the largest error that its arithmetic allows in each element."""

    @cached_property
    def reference(self) -> Arrays:
        """What the family's reference computes on the case in the wide format, by name.

        With the mass, where bounds will need it: both at once take less than one after the other.
        """
        given = self.wide_inputs, self.case.config, self.wide_dy
        if "mass" in vars(self) or self._all_surely_exact or self.case.sizes() > MOST_KEPT:
            return self.family.computed(*given).named()
        found, mass = self.family.computed_with_mass(*given)
        vars(self)["mass"] = mass.named()
        return found.named()

    @property
    def _all_surely_exact(self) -> bool:
        return all(self._surely_exact(of, lambda: self.case.largest, self.case.dtype) for of in self.roundings)

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

    @cached_property
    def denominator(self) -> float:
        """Of results on integers that are exact: a power of two, by which sums are divided, or 1."""
        divisor = self.family.largest_divisor(self.case.shapes, self.case.config)
        return divisor if self.case.unit % divisor else 1.0

    def shape_of(self, of: str) -> Shape:
        """Shape of y or of a gradient."""
        return self.case.shapes["dy" if of == "y" else of.removeprefix("d")]

    def bound(self, of: str) -> Array:
        """Largest error of the subject on its own case, per element of y or of a gradient."""
        if self.exactly_plain:
            return self._own_error(of, self.case.dtype)
        if of not in self._bounds:
            self._bounds[of] = plus(self.plain_bound(of), self.excess(of))
        return self._bounds[of]

    @cached_property
    def _bounds(self) -> dict[str, Array]:
        """What ``bound`` has answered for another arithmetic than a plain sum."""
        return {}

    def known(self, of: str) -> Array:
        """The same, NaN in dx where several gradients are valid: nobody can say there what it must be."""
        bound = self.bound(of)
        return np.where(self._undecided, np.nan, bound) if of == "dx" and self._undecided.any() else bound

    @cached_property
    def _undecided(self) -> Array:
        """What the family says of the case's kinks."""
        return self.family.undecided(self.case)

    def plain_bound(self, of: str) -> Array:
        """The same for a plain sum."""
        return self._own_error(of, self.case.dtype)

    def wide_error(self, of: str) -> Array:
        """Largest error of an expectation that is itself a plain sum in the wide format."""
        return self._own_error(of, self.wide)

    def forward_error(self, arrays: Arrays) -> Array:
        """Largest error of y for other arguments; integers wherever the case's are."""
        excess = self.excess("y", arrays, self.wide_dy)
        if self._surely_exact("y", lambda: {**largest_of(arrays), "dy": self.case.largest["dy"]}, self.case.dtype):
            return excess
        mass = self.family.forward_mass(widen(arrays, self.wide), self.case.config)
        return plus(self.error("y", mass, self.case.dtype), excess)

    def backward_error(self, dy: Array) -> Arrays:
        """Largest error of each gradient for another upstream gradient (in the wide format)."""
        names = [of for of in self.roundings if of != "y"]
        excess = {of: self.excess(of, self.wide_inputs, dy) for of in names}
        largest = cache(lambda: {**self.case.largest, **largest_of({"dy": dy})})
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

    @cached_property
    def arithmetic(self) -> str:
        """How the subject rounds; a plain sum unless it is declared, or observed, to be something else."""
        return PLAIN if self.subject.arithmetic == OBSERVED else self.subject.arithmetic

    @cached_property
    def exactly_plain(self) -> bool:
        """Whether nothing is added to the error of a plain sum."""
        return self.arithmetic == PLAIN and not self.subject.tolerance

    def excess(self, of: str, arrays: Arrays | None = None, dy: Array | None = None) -> Array:
        """What the subject's arithmetic and its tolerance may add to the error of a plain sum.

        For the case's own data unless others are given.
        """
        if not self.subject.tolerance:
            return self._of_arithmetic(of, arrays, dy)
        tolerated = np.float64(self.tolerated(self._given(of, arrays, dy)))
        return plus(np.broadcast_to(tolerated, self.shape_of(of)), self._of_arithmetic(of, arrays, dy))

    def tolerated(self, value: Array) -> float:
        """By how much y, or a gradient, may be off where it is this one, as the subject declares."""
        largest = float(np.max(np.abs(value), initial=1.0, where=np.isfinite(value)))
        return self.subject.tolerance * largest

    def _given(self, of: str, arrays: Arrays | None, dy: Array | None) -> Array:
        """What the subject gives for these, which is the case's own where nothing else is handed over."""
        if arrays is None and dy is None:
            return self.got.named()[of]
        own = self.case
        kind = carrier(own.dtype)
        handed = {name: value.astype(kind) for name, value in (own.held if arrays is None else arrays).items()}
        if of == "y":
            return self.subject.apply(handed, own.config)
        return self.subject.pull(handed, own.config, (own.held_dy if dy is None else dy).astype(kind)).named()[of]

    def _of_arithmetic(self, of: str, arrays: Arrays | None, dy: Array | None) -> Array:
        if self.arithmetic == PLAIN:
            return nothing(self.shape_of(of))
        arrays = self.wide_inputs if arrays is None else widen(arrays, self.wide)
        return excess(self, of, arrays, self.wide_dy if dy is None else dy)

    def _own_error(self, of: str, dtype: str) -> Array:
        if (of, dtype) not in self._own_errors:
            sure = self._surely_exact(of, lambda: self.case.largest, dtype)
            self._own_errors[of, dtype] = nothing(self.shape_of(of)) if sure else self.error(of, self.mass[of], dtype)
        return self._own_errors[of, dtype]

    @cached_property
    def _own_errors(self) -> dict[tuple[str, str], Array]:
        """What ``_own_error`` has answered."""
        return {}

    def _surely_exact(self, of: str, largest: Callable[[], Mapping[str, float]], dtype: str) -> bool:
        """Whether no element can be inexact, told from the largest operands alone: no mass has to be computed."""
        if not self.roundings[of]:
            return True
        return self.exact_on_integers and self.roundings[of] * self.family.peak(largest()) <= exact_limit(dtype)
