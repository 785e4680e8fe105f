"""Subjects that claim nothing: no reference, no sums, only examples of their arguments.

What is left needs no second source: the gradient against numerical derivatives of the subject's own forward, each with
its error, and the laws that every backward keeps. Not a sheet that anybody can ask for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Self

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks import data
from checks.case import Case, parse
from checks.errors import UsageError
from checks.family import Family
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shape, Shapes, carrier, gradient_of

#: Random signs of dy from which the mass of a gradient is estimated.
SIGNS = 16
_NO_SOURCE = "nothing is claimed, so there is no second source; say what the subject is like (like='conv2d')"


@dataclass(frozen=True, eq=False, repr=False)
class Example(Case):
    """A case whose arguments were given, not drawn; only dy comes from the seed."""

    given: Arrays = field(default_factory=dict)

    @cached_property
    def _drawn(self) -> Arrays:
        dy = data.draw({"dy": self.shapes["dy"]}, self.dtype, "normal", self.span, self.unit, self.seed)
        held = {name: np.array(value, carrier(self.dtype)) for name, value in self.values.items()}
        return {**self.given, **dy, **held}


class Unclaimed(Family):
    """A family of one subject on one example of its arguments, taken to be smooth around it."""

    name = "unclaimed"
    kinds = ("given",)
    smooth = True

    def __init__(self, subject: Subject, arrays: Arrays) -> None:
        """An example of each argument by name, all of one format.

        Raises SubjectError where the forward raises on them, UsageError where their formats differ.
        """
        formats = {str(array.dtype) for array in arrays.values()}
        if len(formats) != 1:
            raise UsageError(f"inputs of {', '.join(sorted(formats)) or 'no format'}; expected arrays of one format")
        self.subject, self.arrays, self.dtype = subject, arrays, formats.pop()
        self.y = subject.apply(arrays, {})
        self.arguments: tuple[str, ...] = tuple(arrays)  # type: ignore[misc] # known only with the examples

    def of(self, subject: Subject) -> Self:
        """The same examples, and what they gave, of another subject."""
        found = copy(self)
        found.subject = subject
        return found

    @property
    def reference(self) -> Subject:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """There is none.

        Raises UsageError.
        """
        raise UsageError(_NO_SOURCE)

    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """Nobody knows: as many as there are numbers, and a few."""
        count = 8 + sum(int(np.prod(shape)) for shape in shapes.values())
        return dict.fromkeys(("y", *map(gradient_of, self.arguments)), count)

    def divides(self, shapes: Shapes, config: Config) -> bool:
        """It may."""
        return True

    def peak(self, largest: Mapping[str, float]) -> float:
        """Nobody knows."""
        return float("inf")

    def forward_mass(self, arrays: Arrays, config: Config) -> Array:
        """The largest output, for all."""
        y = np.abs(self.subject.apply(self._narrow(arrays), config)).astype(np.float64)
        return np.full(y.shape, np.max(y, initial=0.0))

    def mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Estimated: with random signs s, B(s dy) has a root mean square of (sum (J dy)**2)**(1/2), entry by entry.

        That times sqrt(size of dy) bounds the sum of absolute values (Cauchy-Schwarz); twice the largest entry of it
        is taken for all, which leaves room for the estimate and for sums inside the layer.
        """
        rng, narrow = np.random.default_rng(0), self._narrow(arrays)
        squares = {gradient_of(name): np.zeros(array.shape) for name, array in arrays.items()}
        for _ in range(SIGNS):
            signed = (dy * rng.choice([-1.0, 1.0], dy.shape)).astype(self.dtype)
            for name, value in self.subject.pull(narrow, config, signed).gradients.items():
                squares[name] = squares[name] + value.astype(np.float64) ** 2
        scale = 2.0 * np.sqrt(dy.size / SIGNS)
        masses = {name: np.full(s.shape, scale * np.sqrt(np.max(s, initial=0.0))) for name, s in squares.items()}
        return Pull(self.forward_mass(arrays, config), masses)

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y on the example."""
        return self.y.shape

    def read(self, text: str) -> Case:
        """A case of the example from its text: what the text does not spell out is the example's."""
        case = parse(text)
        return Example(self.name, case.shapes, {}, case.dtype, "given", 1, 1, case.seed, case.values, self.arrays)

    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """The example, with dy from a seed; nothing else can be asked for."""
        found = {name: array.shape for name, array in self.arrays.items()} | {"dy": self.y.shape}
        return Example(self.name, found, {}, self.dtype, "given", 1, 1, seed, given=self.arrays)

    def cells(self, case: Case) -> set[str]:
        """None: nothing is known of its configurations."""
        return set()

    def combinations(self, case: Case) -> set[frozenset[str]]:
        """None."""
        return set()

    def unmet(self, combinations: set[frozenset[str]]) -> list[tuple[str, str]]:
        """None."""
        return []

    def cases(self) -> SearchStrategy[Case]:
        """The example, with dy from a drawn seed."""
        return st.integers(0, 2**32 - 1).map(self._seeded)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """The example with one dy after another."""
        yield from map(self._seeded, range(seed, seed + max(count, 1)))

    def simpler(self, case: Case) -> Iterator[Case]:
        """None: an example is what was given."""
        yield from ()

    def _seeded(self, seed: int) -> Case:
        return self.case_of({}, {}, self.dtype, "given", seed)

    def _narrow(self, arrays: Arrays) -> Arrays:
        return {name: value.astype(self.dtype) for name, value in arrays.items()}
