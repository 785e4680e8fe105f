"""Subjects that claim nothing: no reference, no sums, only examples of their arguments.

What is left needs no second source: the gradient against numerical derivatives of the subject's own forward, each with
its error, and the laws that every backward keeps. Not a sheet that anybody can ask for by name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import copy
from math import prod
from typing import Any, Literal, Self

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.case_text import parse_called
from checks.errors import SubjectError, UsageError
from checks.families.example import AS_GIVEN, FARTHER, SHARED, ZEROED, Example, loud, rounded
from checks.families.sensitivity import sensitivity
from checks.families.slices import parts, sliced
from checks.families.variations import OUTWARDS, Variations
from checks.family import Family
from checks.rounding import unit_roundoff
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shape, Shapes, carrier, gradient_of

#: Random signs of dy from which the mass of a gradient is estimated.
SIGNS = 16

#: Roundings of a product of dy and y that may be left where all else cancels.
CANCELLING = 8
#: Arguments of this size are nothing special.
ORDINARY = 64.0

#: The upstream gradient among the arrays that a layer is handed; no argument is called so.
DY = "dy"

_NO_SOURCE = "nothing is claimed, so there is no second source; say what the subject is like (like='conv2d')"


def format_of(subject: Subject, arrays: Arrays) -> str:
    """The one format of all examples; bfloat16 where float32 carries it to a subject that computes in that alone.

    Raises UsageError where their formats differ.
    """
    formats = {str(array.dtype) for array in arrays.values()}
    if len(formats) != 1:
        raise UsageError(f"inputs of {', '.join(sorted(formats)) or 'no format'}; expected arrays of one format")
    (found,), wanted = formats, subject.limits.get("dtype")
    return str(wanted) if wanted == "bfloat16" and carrier("bfloat16") == found else found


def demand_real(name: str, y: Array) -> Array:
    """Y of a layer, if it is real.

    Raises UsageError where it is complex: what its dy means is a convention, and there are several.
    """
    if y.dtype.kind == "c":
        raise UsageError(
            f"{name} gives y of {y.dtype}, whose gradient has several conventions; expected its real and imaginary "
            "parts, as of a forward that gives (y.real, y.imag) and a backward that takes a gradient for each"
        )
    return y


class Unclaimed(Family):
    """A family of one subject on one example of its arguments, taken to be smooth around it."""

    name = "unclaimed"
    kinds = ("given",)
    smooth = True

    def __init__(self, subject: Subject, arrays: Arrays, unexamined: tuple[str, ...] = ()) -> None:
        """An example of each argument by name, all of one format; ``unexamined`` names what else the subject keeps.

        Raises UsageError where their formats differ, or y is complex.
        """
        self.subject, self.dtype = subject, format_of(subject, arrays)
        self.arrays = rounded(arrays, self.dtype)
        self.unexamined = unexamined
        self.y = self._first()
        self.loud = loud(self.y)
        self.arguments: tuple[str, ...] = tuple(arrays)  # type: ignore[misc] # known only with the examples
        self.variations: dict[int, Arrays] = {AS_GIVEN: self.arrays}
        self.fewest = 1

    def _first(self) -> Array:
        """Y of the example; where the forward raises on it, one that is never compared: its case will raise again."""
        try:
            return demand_real(self.subject.name, self.subject.apply(self.arrays, {}))
        except SubjectError:
            return np.zeros(())

    def varied(self) -> Self:
        """The same example, also as the layer takes it varied: it is asked."""
        found = copy(self)
        found.variations = Variations(self.subject, self.arrays, self.dtype, self.y).taken()
        found.fewest = len(found.variations)  # of an example each case asks the same, but for its dy
        return found

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
        count = 8 + sum(prod(shape) for shape in shapes.values())
        return dict.fromkeys(("y", *map(gradient_of, self.arguments)), count)

    def divides(self, shapes: Shapes, config: Config) -> bool:
        """It may."""
        return True

    def peak(self, largest: Mapping[str, float]) -> float:
        """Nobody knows."""
        return float("inf")

    def forward_mass(self, arrays: Arrays, config: Config) -> Array:
        """The largest output, for all, and what a rounding of the arguments makes of it."""
        moved = sensitivity(lambda held: {"y": self.subject.apply(held, config)}, self._narrow(arrays), self.dtype)
        y = np.abs(self.subject.apply(self._narrow(arrays), config)).astype(np.float64)
        return np.full(y.shape, np.max(y, initial=0.0) + self._mass_of(moved["y"], arrays))

    def mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Estimated: with random signs s, B(s dy) has a root mean square of (sum (J dy)**2)**(1/2), entry by entry.

        That times sqrt(size of dy) bounds the sum of absolute values (Cauchy-Schwarz); twice the largest entry of it
        is taken for all, which leaves room for the estimate and for sums inside the layer. What cancels inside is of
        the size of dy y and can be seen from nowhere (``_cancelling``): y (dy - sum(dy y)) of a saturated softmax; or
        it shows where the arguments are rounded (``sensitivity``).
        """
        rng, narrow = np.random.default_rng(0), self._narrow(arrays)
        squares = {gradient_of(name): np.zeros(array.shape) for name, array in arrays.items()}
        for _ in range(SIGNS):
            signed = (dy * rng.choice([-1.0, 1.0], dy.shape)).astype(carrier(self.dtype))
            for name, value in self.subject.pull(narrow, config, signed).gradients.items():
                squares[name] = squares[name] + value.astype(np.float64) ** 2
        scale = 2.0 * np.sqrt(dy.size / SIGNS)
        least, moved = self._cancelling(arrays, config, dy), self._moved(narrow, config, dy)
        masses = {
            name: np.full(s.shape, scale * np.sqrt(_largest(s)) + least + self._mass_of(moved[name], arrays))
            for name, s in squares.items()
        }
        return Pull(self.forward_mass(arrays, config), masses)

    def _moved(self, narrow: Arrays, config: Config, dy: Array) -> Mapping[str, float]:
        def pulled(held: Arrays) -> Arrays:
            arguments = {name: held[name] for name in narrow}
            return self.subject.pull(arguments, config, held[DY]).gradients

        return sensitivity(pulled, {**narrow, DY: dy.astype(carrier(self.dtype))}, self.dtype)

    def _cancelling(self, arrays: Arrays, config: Config, dy: Array) -> float:
        """The mass whose bound is that of ``CANCELLING`` roundings of dy y, less where y is large because x is.

        It counts as any bound in what a pass excludes.
        """
        y = self.subject.apply(self._narrow(arrays), config).astype(np.float64)
        product = float(np.max(np.abs(dy * y), initial=0.0))
        largest = max((float(np.max(np.abs(value), initial=0.0)) for value in arrays.values()), default=0.0)
        return product * CANCELLING / self._count(arrays) * min(1.0, ORDINARY / max(largest, ORDINARY))

    def _mass_of(self, moved: float, arrays: Arrays) -> float:
        """The mass whose bound is that of ``CANCELLING`` such moves."""
        return moved * CANCELLING / unit_roundoff(self.dtype) / self._count(arrays)

    def _count(self, arrays: Arrays) -> int:
        return max(self.roundings({name: value.shape for name, value in arrays.items()}, {}).values())

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y on the example."""
        return self.y.shape

    def read(self, text: str) -> Case:
        """A case of the example from its text: what the text does not spell out is the example's."""
        case = parse_called(text, self.arguments)
        span = case.span if case.span in self.variations else AS_GIVEN
        whole = {name: value for name, value in self.variations[span].items() if name not in case.values}
        given, found = sliced(whole, case.shapes), case.values
        drowning = self._drowning(case.shapes["dy"])
        return Example(self.name, case.shapes, {}, case.dtype, "given", span, 1, case.seed, found, given, drowning)

    def _drowning(self, shape: Shape) -> Array:
        """Which outputs of a part of y are loud; none where it is no part, as of a layer that turns its axes."""
        part = self.loud[tuple(map(slice, shape))] if len(shape) == self.loud.ndim else self.loud
        return part if part.shape == shape else np.zeros((), bool)

    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """The example, with dy from a seed; nothing else can be asked for."""
        return self._varied(seed, AS_GIVEN)

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
        """The example with one dy after another, by turns as it was given and varied as the layer takes it.

        A layer that finds again what it kept of its first arguments is seen only where they differ.
        """
        turns = list(self.variations)
        for place in range(max(count, len(turns))):
            yield self._varied(seed + place, turns[place % len(turns)])

    def beyond(self, case: Case) -> str:
        """Where the example was moved outwards: what it was given as shows where the layer is meant to be right."""
        return OUTWARDS if case.span == FARTHER and case.data == "given" else ""

    def no_number(self, case: Case) -> Literal["wrong", "hazard", "right"]:
        """Nothing where zeros were put into the example; a hazard where arguments were given numbers in common."""
        varied: dict[int, Literal["hazard", "right"]] = {ZEROED: "right", SHARED: "hazard"}
        return varied.get(case.span, "wrong") if case.data == "given" else "wrong"

    def simpler(self, case: Case) -> Iterator[Case]:
        """The first entries of a large example along its axes, as far as the layer takes them."""
        yield from parts(case, self.subject, self.y.shape)

    def _seeded(self, seed: int) -> Case:
        return self._varied(seed, AS_GIVEN)

    def _varied(self, seed: int, span: int) -> Case:
        found = {name: array.shape for name, array in self.arrays.items()} | {"dy": self.y.shape}
        given = self.variations[span]
        return Example(self.name, found, {}, self.dtype, "given", span, 1, seed, given=given, loud=self.loud)

    def _narrow(self, arrays: Arrays) -> Arrays:
        return {name: value.astype(carrier(self.dtype)) for name, value in arrays.items()}


def _largest(values: Array) -> float:
    """The largest of those that are finite: one that is not says nothing of how the others are rounded."""
    return float(np.max(values, initial=0.0, where=np.isfinite(values)))
