"""Several arrays of whole numbers among an example's options: which of them are places in a table of their own.

One may be the way back from the other, or both may be places in one table: what shows that it is neither is varied.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

import numpy as np

from checks.adapters.upstream import tried
from checks.errors import GradproofError
from checks.subject import Subject
from checks.types import Array, Arrays, gradient_of


def of_own_tables(subject: Subject, arrays: Arrays, options: Mapping[str, Array]) -> dict[str, Array]:
    """Those of several options, by name, each of which alone says which rows of one argument have a gradient.

    As long as some rows of it have none. None where the subject raises.
    """
    gradients: Arrays = {}
    with suppress(GradproofError):
        gradients = subject.pull(arrays, {}, tried(subject.apply(arrays, {}))).gradients
    rows = {name: _rows(gradients[gradient_of(name)]) for name, value in arrays.items() if value.ndim and gradients}
    tables = {name: [table for table, has in rows.items() if _says(value, has)] for name, value in options.items()}
    every = [table for found in tables.values() for table in found]
    return {name: options[name] for name, found in tables.items() if len(found) == 1 and every.count(found[0]) == 1}


def _rows(gradient: Array) -> Array:
    """Whether each row of a gradient holds anything but zeros."""
    found: Array = np.any(gradient.reshape(len(gradient), -1), axis=1)
    return found


def _says(places: Array, rows: Array) -> bool:
    """Whether exactly these rows hold something, and others do not."""
    if places.dtype.kind not in "iu" or not places.size or places.min() < 0 or places.max() >= len(rows):
        return False
    return bool(not np.all(rows) and np.array_equal(np.unique(places), np.flatnonzero(rows)))
