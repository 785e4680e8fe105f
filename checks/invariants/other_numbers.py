"""Other numbers of the same shapes: what a layer is called on in between, to see what it keeps."""

from __future__ import annotations

from contextlib import suppress

import numpy as np

from checks.equality import identical
from checks.errors import SubjectError
from checks.types import Array, Arrays
from checks.witness import Trial

#: Entries at each end of an array that its ``twin`` leaves as they are, where it has so many.
MOST_AT_ENDS = 8


def other(array: Array) -> Array:
    """Other numbers of the same shape and format: all entries negated, in opposite order; as new arrays lie."""
    return np.negative(array[(slice(None, None, -1),) * array.ndim], order="C")


def twin(array: Array) -> Array:
    """The same numbers, the middle of them in opposite order: sum, extremes and both ends stay what they are.

    By these a layer may take one array for another. ``other`` where that would change nothing.
    """
    found: Array = array.flatten()
    ends = min(array.size // 3, MOST_AT_ENDS)
    found[ends : array.size - ends] = found[ends : array.size - ends][::-1]
    found = found.reshape(array.shape)
    return other(array) if identical(found, array) else found


def others(trial: Trial) -> Arrays:
    """Arguments of other numbers, for ``trial.shared``: a layer that claims nothing may have a domain, and is asked.

    The case's own where it takes no others.
    """
    inputs = trial.case.held
    if not trial.family.smooth:
        return {name: other(value) for name, value in inputs.items()}
    for change in (other, twin, nearer):
        arrays = {name: change(value) for name, value in inputs.items()}
        with suppress(SubjectError):
            trial.subject.apply(arrays, trial.case.config)
            return arrays
    return inputs


def changed(trial: Trial) -> Arrays:
    """Copies of these, to be handed to a subject that may write to them."""
    return {name: np.array(value, order="C") for name, value in trial.shared(others).items()}


def moved(arrays: Arrays) -> Arrays:
    """These arrays a little nearer to 0, by a 32nd: their sizes are others, whatever their order is."""
    return {name: nearer(value) for name, value in arrays.items()}


def nearer(array: Array) -> Array:
    """Each number nearer to 0 by a 32nd."""
    return np.asarray(array * 0.96875, array.dtype)


def thinned(array: Array) -> Array:
    """Every other entry 0."""
    found: Array = array.flatten()
    found[::2] = 0
    return found.reshape(array.shape)
