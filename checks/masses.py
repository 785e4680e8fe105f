"""How much is summed behind each number of a family's layers: what a bound is a multiple of."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from checks.case_source import CaseSource
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shapes

if TYPE_CHECKING:
    from collections.abc import Mapping


class Masses(CaseSource):
    """A family whose sums are known: their terms, their sizes, their divisors."""

    #: True where right layers are also computed by FFT or Winograd; then ``spectral_mass`` is needed.
    transforms: ClassVar[bool] = False
    #: True where the layer selects entries of x and never multiplies them (max pooling, ReLU): mass follows the
    #: selection.
    selects: ClassVar[bool] = False

    @property
    @abstractmethod
    def reference(self) -> Subject:
        """The hand-written NumPy layer of this family."""

    @abstractmethod
    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """How many roundings an element of ``y`` and of each gradient goes through at most, in any order of summing."""

    def divides(self, shapes: Shapes, config: Config) -> bool:  # noqa: ARG002 - sheets use what they need
        """True where results are quotients that rounding may touch even on integer data."""
        return False

    def largest_divisor(self, shapes: Shapes, config: Config) -> float:  # noqa: ARG002
        """Largest number by which a sum is divided: the sum is that much larger than its quotient."""
        return 1.0

    def peak(self, largest: Mapping[str, float]) -> float:
        """Largest product of operands behind any result, from the largest absolute value of each argument and dy.

        A layer that multiplies no two of them overrides this with the largest operand.
        """
        return max(1.0, *largest.values()) ** 2

    def computed(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """What the reference gives for arrays of any numbers.

        Raises SubjectError where it raises.
        """
        return self.reference.pull(arrays, config, dy)

    def forward_mass(self, arrays: Arrays, config: Config) -> Array:
        """Sum of absolute values behind each element of y, in the format of ``arrays``."""
        return np.abs(self.reference.apply(self._operands(arrays), config))

    def mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Sum of absolute values behind each element of y and of each gradient, in the format of ``arrays``."""
        pull = self.computed(self._operands(arrays), config, np.abs(dy))
        return Pull(np.abs(pull.y), {name: np.abs(value) for name, value in pull.gradients.items()})

    def computed_with_mass(self, arrays: Arrays, config: Config, dy: Array) -> tuple[Pull, Pull]:
        """What ``computed`` and ``mass`` give; a family whose layer takes both at once overrides this."""
        return self.computed(arrays, config, dy), self.mass(arrays, config, dy)

    def spectral_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull | None:  # noqa: ARG002
        """What a transform's error is a multiple of: for each result the sum of the products of whole planes' 2-norms.

        In the shapes of the results, spatial axes of one cell; None where nobody uses transforms.
        """
        return None

    def running_mass(self, arrays: Arrays, config: Config, dy: Array) -> Pull | None:  # noqa: ARG002
        """What the error of running sums is a multiple of: for each result the sum of absolute values of its plane.

        In the shapes of the results, spatial axes of one cell; None where nobody adds up running sums.
        """
        return None

    def _operands(self, arrays: Arrays) -> Arrays:
        return arrays if self.selects else {name: np.abs(value) for name, value in arrays.items()}
