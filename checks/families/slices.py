"""The first entries of a large example along its axes: what breaks on them, too, can be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from math import prod

import numpy as np

from checks.case import Case, nested
from checks.errors import CaseError, SubjectError
from checks.families.example import Example
from checks.subject import Subject
from checks.types import Arrays, Config, Shape, Shapes

#: Numbers in all arrays of a counterexample that somebody reads; smaller examples stay whole.
READABLE = 100

#: Entries along an axis that are left at least: of one NumPy makes many, and of two little is left to normalize.
LEAST = 3

#: How many of so many entries are left, the fewest first: of all axes, before more are tried of any.
STEPS: tuple[Callable[[int], int], ...] = (
    lambda _: LEAST,
    lambda length: length // 2,
    lambda length: length * 3 // 4,
    lambda length: length * 7 // 8,
    lambda length: length - 1,
)


def parts(case: Case, subject: Subject, y: Shape) -> Iterator[Case]:
    """Cases of parts of an example that a layer takes; ``y`` is the shape of that of the whole."""
    arrays = case.inputs
    for shapes in smaller({name: value.shape for name, value in arrays.items()}, subject.own):
        part = sliced(arrays, shapes)
        if (there := _taken(subject, part, case.config)) is not None and within(there, y):
            values = {name: nested(value) for name, value in part.items() if name in case.values}
            given = {"given": part} if isinstance(case, Example) else {}  # one that was kept spells everything out
            yield case.but(shapes={**shapes, "dy": there}, values=values, **given)


def _taken(subject: Subject, part: Arrays, config: Config) -> Shape | None:
    """Shape of y of a part; None where the layer takes no such part, or nothing is left of y."""
    try:
        y = subject.apply(part, config)
    except SubjectError:
        return None
    return y.shape if np.any(y) and np.all(np.isfinite(y)) else None


def smaller(shapes: Shapes, own: Collection[str] = ()) -> Iterator[Shapes]:
    """Shapes with fewer entries along some axes, the largest steps first; none where the arrays can be read.

    Axes of one length belong together where they can: two matrices that are multiplied share one. A layer's ``own``
    parameters stay whole: their sizes are its affair, and compiled code may read past the end of others.
    """
    if sum(map(prod, shapes.values())) <= READABLE:
        return
    settled = {length for name in own for length in shapes.get(name, ())}
    lengths = sorted({length for shape in shapes.values() for length in shape} - settled, reverse=True)
    for step in STEPS:
        for length in lengths:
            if LEAST <= (few := step(length)) < length:
                yield {name: tuple(few if each == length else each for each in shape) for name, shape in shapes.items()}
    for step in STEPS:
        for name, shape in shapes.items():
            if name in own:
                continue
            for axis, length in enumerate(shape):
                if LEAST <= (few := step(length)) < length:
                    yield {**shapes, name: (*shape[:axis], few, *shape[axis + 1 :])}


def sliced(arrays: Arrays, shapes: Shapes) -> Arrays:
    """The first entries of each array, as many as its shape says.

    Raises CaseError where there are not as many.
    """
    for name, value in arrays.items():
        if not within(shapes[name], value.shape):
            raise CaseError(f"{name} of shape {shapes[name]} is no part of the example's {value.shape}")
    return {name: np.asarray(value[tuple(map(slice, shapes[name]))]) for name, value in arrays.items()}


def within(shape: Shape, whole: Shape) -> bool:
    """Whether a shape is that of a part, along no other axes."""
    return len(shape) == len(whole) and all(few <= length for few, length in zip(shape, whole, strict=True))
