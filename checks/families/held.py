"""What a layer holds beside an example: lengths that stay, and labels that get as many entries as the example has."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from checks.types import Array, Arrays, Shape, Shapes


@dataclass(frozen=True, eq=False)
class Held:
    """Lengths of what is held, by name; ``at_least`` says of each array of places among that how long an axis must be.

    ``labels`` are whole numbers that go with the example: where it becomes longer or shorter, they do.
    """

    lengths: Mapping[str, frozenset[int]] = field(default_factory=dict)
    at_least: frozenset[int] = frozenset()
    labels: Arrays = field(default_factory=dict)

    @property
    def every(self) -> frozenset[int]:
        """The lengths of all that is held."""
        return frozenset().union(*self.lengths.values())

    @property
    def fixed(self) -> frozenset[int]:
        """Those of what stays as it is."""
        return frozenset().union(*(found for name, found in self.lengths.items() if name not in self.labels))

    def reached(self, given: Shapes, shapes: Shapes) -> bool:
        """Whether no axis of another shape is shorter than the places among what is held reach, where none was before.

        A layer in C reads past the end of a table without a word.
        """
        return _shortest(given, shapes, self.at_least) is None

    def labelled(self, given: Shapes, shapes: Shapes, seed: int) -> Iterator[Arrays]:
        """The labels in their shape among these; nothing where there are none such.

        Where an axis becomes shorter than places reach those labels are left that it still has; of other places none.
        """
        least = _shortest(given, {name: shapes[name] for name in given}, self.at_least)
        found = {name: _relabelled(value, shapes[name], least, seed) for name, value in self.labels.items()}
        if (found or least is None) and all(value is not None for value in found.values()):
            yield {name: value for name, value in found.items() if value is not None}


def going_along(arrays: Arrays, whole: Mapping[str, Array]) -> Arrays:
    """The only array of whole numbers among what is held, where it has an entry for each of the first argument."""
    first = next((value.shape[:1] for value in arrays.values()), ())
    found = {name: value for name, value in whole.items() if value.dtype.kind in "iu" and value.shape[:1] == first}
    return found if len(whole) == 1 and first and first[0] > 1 else {}


def stays(arrays: Arrays, taken: Iterable[Arrays], held: Held) -> list[str]:
    """What is said of axes that have one length in each of these variations, as something has that is held."""
    every = list(taken)
    kept = {
        f"axis {axis} of {name}": length
        for name, value in arrays.items()
        for axis, length in enumerate(value.shape)
        if 1 < length in held.every and all(_length(each[name], value, axis) == length for each in every)
    }
    if not kept:
        return []
    why = [name for name, lengths in held.lengths.items() if not lengths.isdisjoint(kept.values())]
    told = f"of one length in every variation of the example, since what is held has it too ({', '.join(why)})"
    return [f"{told}: {', '.join(kept)}; inputs= with others show more"]


def _length(array: Array, given: Array, axis: int) -> int:
    """The length of an axis of an argument that may have some more in front."""
    return int(array.shape[axis + array.ndim - given.ndim])


def _shortest(given: Shapes, shapes: Shapes, least: Collection[int]) -> int | None:
    """The shortest length of an axis that was as long as one of ``least`` and is no longer; None where none is."""
    axes = (zip(given[name][::-1], shapes[name][::-1], strict=False) for name in given)
    shorter = (pair for each in axes for pair in each)
    return min((new for old, new in shorter if any(new < each <= old for each in least)), default=None)


def _relabelled(labels: Array, shape: Shape, below: int | None, seed: int) -> Array | None:
    """Labels that were given, in another shape, all of them below some place; None where there are none such.

    Sorted ones stay sorted; where no number in a row of them is as another, none is.
    """
    if shape == labels.shape and below is None:
        return labels
    rows = labels.reshape(len(labels), -1)
    free = np.flatnonzero(np.all((rows >= 0) & (rows < below), axis=1)) if below is not None else np.arange(len(rows))
    alone = labels.ndim == 1 and len(np.unique(labels)) == len(labels)
    if not len(free) or (alone and shape[0] > len(free)):
        return None
    chosen = np.random.default_rng([67, seed]).choice(free, shape[0], replace=not alone)
    found = labels[np.sort(chosen) if _sorted(rows) else chosen]
    return _stretched(found, shape)


def _sorted(rows: Array) -> bool:
    steps = np.diff(rows.astype(np.int64), axis=0)
    return bool(np.all(steps >= 0) or np.all(steps <= 0))


def _stretched(labels: Array, shape: Shape) -> Array | None:
    """As many along the axes behind the first, from the first on and then again; None where they differ along one."""
    for axis, length in enumerate(shape[1:], 1):
        lines = np.moveaxis(labels, axis, -1).reshape(-1, labels.shape[axis])
        if length > labels.shape[axis] and all(len(np.unique(line)) == line.size for line in lines):
            return None
        labels = np.take(labels, np.arange(length) % labels.shape[axis], axis)
    return labels
