"""A layer that works on each entry alone, on vectors and rows, as they come behind a dense layer: paths of their own.

What is said of memory there is said of the very arrays: who writes to a vector, or hands it back, does so there alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from checks.errors import SubjectError
from checks.types import Array, Arrays
from checks.witness import Trial

#: Axes of an array behind a dense layer: samples of features, and a single sample.
FLAT = (2, 1)
#: What a layer that works on each entry alone is handed as rarely: more axes than any family has, and a number in none.
OF_ANY = (*FLAT, 7, 0, 6)
CALLED = {2: "of two axes", 1: "of one axis", 7: "of seven axes", 0: "of no axes", 6: "of six axes"}

#: Lengths of the axes into which an array is folded.
SMALL_FACTORS = (2, 3, 5)

#: How the reason of a claim begins that speaks of such a call.
OF_FEWER = "x and dy of "


class Flattened:
    """A forward and a backward on the case's x and dy in fewer axes; made once for a trial: ``shared(Flattened)``.

    ``handed`` holds the very x and dy that were handed over, ``results`` the very y and dx; both are empty where the
    family is not pointwise, or the subject does not take them. ``called`` says of which axes, to begin a reason with.
    """

    def __init__(self, trial: Trial) -> None:
        """Call the subject."""
        self.handed: Arrays = {}
        self.results: Arrays = {}
        self.axes = FLAT[trial.case.seed % len(FLAT)]
        self.called = f"x and dy {CALLED[self.axes]}: "
        if trial.family.pointwise and trial.case.filled:
            with suppress(SubjectError):  # of other axes than the case has a layer may take none
                self._call(trial)

    def _call(self, trial: Trial) -> None:
        case, subject = trial.case, trial.subject
        handed = {name: self.flat(value) for name, value in {**case.inputs, "dy": case.dy}.items()}
        y, saved = subject.run_forward({name: handed[name] for name in case.arguments}, case.config)
        results = {"y": y, **subject.bare_backward(handed["dy"], saved, case.arguments)}
        self.handed, self.results = handed, results

    def flat(self, value: Array) -> Array:
        """An array in as many axes as the subject was handed."""
        return flat(value, self.axes)


def flat(value: Array, axes: int) -> Array:
    """An array in so many axes, the last of which holds what all behind it held; in more, first ones of its factors."""
    if value.ndim >= axes:
        return value.reshape(*value.shape[: axes - 1], -1)
    return value.reshape(*_factors(value.size, axes - 1), -1)


def _factors(size: int, count: int) -> Iterator[int]:
    """So many factors of a size, the smallest first; then ones."""
    for _ in range(count):
        factor = next((each for each in SMALL_FACTORS if not size % each), 1)
        size //= factor
        yield factor
