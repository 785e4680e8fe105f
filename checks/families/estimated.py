"""How far rounding may drive apart a layer of which nothing is known: estimated from its own answers."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from time import perf_counter

import numpy as np

from checks.families.sourceless import SourcelessFamily
from checks.rounding import unit_roundoff
from checks.sensitivity import CANCELLING, sensitivity
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shapes, carrier, gradient_of

#: Random signs of dy from which the mass of a gradient is estimated, and the fewest of a layer that takes longer over
#: them than so many seconds.
SIGNS, FEWEST, SECONDS = 16, 2, 0.5
#: By how much more than the estimate is taken, and as many times more as fewer signs are asked. The root mean square of
#: 16 numbers is below half of what it estimates in one case of a thousand, that of 2 below a sixteenth in four.
MARGIN = 2.0

#: Arguments of this size are nothing special.
ORDINARY = 64.0

#: The upstream gradient among the arrays that a layer is handed; no argument is called so.
DY = "dy"


class EstimatedFamily(SourcelessFamily):
    """A family of one subject, of whose sums nobody knows."""

    #: The one subject, and the format of all its numbers.
    subject: Subject
    dtype: str

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
        return self._mass_of_y(arrays, config, self._y(arrays, config))

    def _y(self, arrays: Arrays, config: Config) -> Array:
        return self.subject.apply(self._narrow(arrays), config).copy()  # it may give one buffer again and again

    def _mass_of_y(self, arrays: Arrays, config: Config, y: Array) -> Array:
        def moved(held: Arrays) -> Arrays:
            return {"y": self.subject.apply(held, config)}

        by, largest = sensitivity(moved, self._narrow(arrays), self.dtype, before={"y": y})["y"], _largest(np.abs(y))
        return np.full(y.shape, float(np.max(np.abs(y), initial=0.0)) + self._mass_of(by, largest, arrays))

    def mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Estimated: with random signs s, B(s dy) has a root mean square of (sum (J dy)**2)**(1/2), entry by entry.

        That times sqrt(size of dy) bounds the sum of absolute values (Cauchy-Schwarz); twice the largest entry of it
        is taken for all, and more where a slow layer is asked fewer signs, which leaves room for the estimate and for
        sums inside the layer. What cancels inside is of the size of dy y and can be seen from nowhere
        (``_cancelling``): y (dy - sum(dy y)) of a saturated softmax; or it shows where the arguments are rounded
        (``sensitivity``).
        """
        narrow, y = self._narrow(arrays), self._y(arrays, config)
        means, signs = self._mean_squares(narrow, config, dy)
        scale = MARGIN * SIGNS / signs * np.sqrt(dy.size)
        least, moved = self._cancelling(arrays, y, dy), self._moved(narrow, config, dy)
        largest = {name: np.sqrt(_largest(s)) for name, s in means.items()}
        masses = {
            name: np.full(s.shape, scale * largest[name] + least + self._mass_of(moved[name], largest[name], arrays))
            for name, s in means.items()
        }
        return Pull(self._mass_of_y(arrays, config, y), masses)

    def _mean_squares(self, narrow: Arrays, config: Config, dy: Array) -> tuple[Arrays, int]:
        """Mean squares of B(s dy) entry by entry, and over how many signs."""
        rng, start = np.random.default_rng(0), perf_counter()
        squares = {gradient_of(name): np.zeros(array.shape) for name, array in narrow.items()}
        for asked in range(SIGNS):
            if asked >= FEWEST and perf_counter() - start > SECONDS:
                return {name: value / asked for name, value in squares.items()}, asked
            signed = (dy * rng.choice([-1.0, 1.0], dy.shape)).astype(carrier(self.dtype))
            for name, value in self.subject.pull(narrow, config, signed).gradients.items():
                squares[name] = squares[name] + value.astype(np.float64) ** 2
        return {name: value / SIGNS for name, value in squares.items()}, SIGNS

    def _moved(self, narrow: Arrays, config: Config, dy: Array) -> Mapping[str, float]:
        def pulled(held: Arrays) -> Arrays:
            arguments = {name: held[name] for name in narrow}
            return self.subject.pull(arguments, config, held[DY]).gradients

        return sensitivity(pulled, {**narrow, DY: dy.astype(carrier(self.dtype))}, self.dtype)

    def _cancelling(self, arrays: Arrays, y: Array, dy: Array) -> float:
        """The mass whose bound is that of ``CANCELLING`` roundings of dy y, less where y is large because x is.

        It counts as any bound in what a pass excludes.
        """
        product = float(np.max(np.abs(dy * y.astype(np.float64)), initial=0.0))
        largest = max((float(np.max(np.abs(value), initial=0.0)) for value in arrays.values()), default=0.0)
        return product * CANCELLING / self._count(arrays) * min(1.0, ORDINARY / max(largest, ORDINARY))

    def _mass_of(self, moved: float, largest: float, arrays: Arrays) -> float:
        """The mass whose bound is that of ``CANCELLING`` such moves.

        Where the result is no more than that, it is what roundings of n numbers leave: moved at random these come to
        sqrt(n) of one, in the worst order of a sum, or with a mean taken off, to n: sqrt(n) times as much.
        """
        bound, count = moved * CANCELLING, self._count(arrays)
        return bound / unit_roundoff(self.dtype) / (count if largest > bound else np.sqrt(count))

    def _count(self, arrays: Arrays) -> int:
        return max(self.roundings({name: value.shape for name, value in arrays.items()}, {}).values())

    def _narrow(self, arrays: Arrays) -> Arrays:
        return {name: value.astype(carrier(self.dtype)) for name, value in arrays.items()}


def _largest(values: Array) -> float:
    """The largest of those that are finite: one that is not says nothing of how the others are rounded."""
    return float(np.max(values, initial=0.0, where=np.isfinite(values)))
