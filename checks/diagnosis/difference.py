"""What a subject gave for one gradient, what it must be, and where the two are too far apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.subject import Subject
from checks.types import Array, Arrays, Shape
from checks.witness import Trial


@dataclass(frozen=True, eq=False)
class Difference:
    """``got`` and ``want`` of y or one gradient (``of``), and the largest difference that rounding explains."""

    of: str
    got: Array
    want: Array
    bound: Array

    @cached_property
    def wrong(self) -> Array:
        """Mask of the wrong elements."""
        with np.errstate(all="ignore"):
            apart = np.abs(np.subtract(self.got, self.want, dtype=np.result_type(self.got, self.want, np.float64)))
        return np.asarray((apart > self.bound) | (np.isnan(self.got) & ~np.isnan(self.want)))

    @property
    def telling(self) -> Array:
        """Mask of what is wrong, or is not 0 and could be."""
        return np.asarray(self.wrong | (self.want != 0))

    @property
    def axes(self) -> tuple[str, ...]:
        """What each axis counts, in words."""
        return axes_of(self.of, self.got.ndim)

    def one_of(self, axis: int) -> str:
        """One entry along an axis, as a format of its number: ``row {}``."""
        return f"{self.axes[axis]} {{}}"

    def some_of(self, axis: int) -> str:
        """Several of them: ``rows {}``."""
        return f"{self.axes[axis]}s {{}}"

    def along(self, axes: Iterable[int]) -> str:
        """Some axes in words: ``rows and columns``."""
        return " and ".join(f"{self.axes[axis]}s" for axis in axes)


class Unnamed(Difference):
    """The same of a layer of which nobody knows what its axes count: they have numbers."""

    @property
    def axes(self) -> tuple[str, ...]:
        """See ``Difference``."""
        return tuple(f"axis {axis}" for axis in range(self.got.ndim))

    def one_of(self, axis: int) -> str:
        """See ``Difference``."""
        return f"index {{}} of {self.axes[axis]}"

    def some_of(self, axis: int) -> str:
        """See ``Difference``."""
        return f"indices {{}} of {self.axes[axis]}"

    def along(self, axes: Iterable[int]) -> str:
        """See ``Difference``."""
        return " and ".join(self.axes[axis] for axis in axes)


def source(trial: Trial) -> Subject:
    """What a subject is held against: the family's reference, or the textbook where the subject is just that."""
    family = trial.family
    return family.definition if trial.subject.name == family.reference.name else family.reference


def expected(trial: Trial) -> Arrays:
    """Y and the gradients that its source gives on a case in the wide format."""
    return source(trial).pull(trial.wide_inputs, trial.case.config, trial.wide_dy).named()


def differences(trial: Trial) -> dict[str, Difference]:
    """Everything that the subject gave on a case beside what its source gives in the wide format.

    Raises SubjectError where the subject raises or a shape is wrong.
    """
    want = expected(trial)
    return {
        of: Difference(of, got, want[of], trial.bound(of) + trial.wide_error(of))
        for of, got in trial.got.named().items()
    }


@dataclass(frozen=True)
class Elements:
    """Which elements are wrong: how many of how many, the box that holds them, the first one and the worst one.

    ``box`` gives the first and the last index along each axis, both included.
    """

    count: int
    size: int
    box: tuple[tuple[int, int], ...]
    first: Shape
    worst: Shape

    def __str__(self) -> str:
        if not self.box:
            return f"{self.count} of {self.size} wrong"
        box = ", ".join(str(low) if low == high else f"{low}..{high}" for low, high in self.box)
        return (
            f"{self.count} of {self.size} wrong, in [{box}], first at {list(self.first)}, worst at {list(self.worst)}"
        )


def elements(difference: Difference) -> Elements | None:
    """The wrong elements; None where there are none."""
    found = np.argwhere(difference.wrong)
    if not found.size and not difference.wrong.any():
        return None
    with np.errstate(all="ignore"):
        error = np.where(difference.wrong, np.abs(difference.got - difference.want), -1.0)
    worst = np.unravel_index(int(np.argmax(np.nan_to_num(error, nan=np.inf))), error.shape)
    box = tuple(zip(map(int, found.min(0)), map(int, found.max(0)), strict=True))
    return Elements(len(found), difference.got.size, box, tuple(map(int, found[0])), tuple(map(int, worst)))


def axes_of(of: str, axes: int) -> tuple[str, ...]:
    """What so many axes of a result count, in words."""
    if of == "dbias":
        return ("output channel",)
    kernel = "kernel " if of == "dweight" else ""
    spatial = tuple(f"{kernel}{name}" for name in ("plane", "row", "column"))
    first = ("output channel", "input channel") if of == "dweight" else ("sample", "channel")
    return (*first, *spatial[max(0, 5 - axes) :])[:axes]
