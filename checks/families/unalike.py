"""Examples in which axes of one length differ: a square hides what takes one axis for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from checks.families.resized import refilled, unruled
from checks.types import Arrays, Shape, Shapes

#: What stands in ``span`` of an example in which axes of one argument that are as long as one another differ.
UNALIKE = 30


def unalike(arrays: Arrays, fixed: Collection[int], whole: Collection[str]) -> Iterator[Arrays]:
    """The example with axes that are alike made different: all of them, then one alone, the last axis first.

    Arguments of one shape go together. ``fixed`` are lengths of what is not varied, ``whole`` names arguments that
    stay, as do those that keep a rule.
    """
    shapes = {name: value.shape for name, value in arrays.items()}
    free = unruled(arrays, whole)
    tried = (
        {name: other if name in free and own == shape else own for name, own in shapes.items()}
        for shape, other in _others(free, fixed)
    )
    return refilled(arrays, tried, UNALIKE)


def _others(shapes: Shapes, fixed: Collection[int]) -> Iterator[tuple[Shape, Shape]]:
    """Each shape with axes that are alike, and others in its place."""
    for shape in dict.fromkeys(shapes.values()):
        alike = {length for length, count in Counter(shape).items() if count > 1 and length > 1}.difference(fixed)
        places = [axis for axis, length in enumerate(shape) if length in alike]
        yield from ((shape, each) for each in dict.fromkeys(_different(shape, places, {*shape, *fixed})))


def _different(shape: Shape, places: Collection[int], taken: Collection[int]) -> Iterator[Shape]:
    new = [length for length in range(max(shape, default=0) + 1, 2 * max(shape, default=0) + 9) if length not in taken]
    later = [axis for axis in places if shape[axis] in shape[:axis]]
    for chosen in (later, *([axis] for axis in reversed(list(places)))):
        longer = dict(zip(chosen, new, strict=False))
        if chosen:
            yield tuple(longer.get(axis, length) for axis, length in enumerate(shape))
