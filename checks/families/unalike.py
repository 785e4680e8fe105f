"""Examples in which axes of one length differ: a square hides what takes one axis for another."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator
from itertools import chain, islice

from checks.families.resized import refilled, unruled
from checks.types import Arrays, Shape, Shapes

#: What stands in ``span`` of an example in which axes of one argument that are as long as one another differ, and of
#: one in which a later argument alone differs from others of its shape.
UNALIKE, UNALIKE_TOO = 30, 32

#: The shortest that axes of a large example are made.
SHORTEST = 4

#: Up to this length an axis stays where one argument alone is changed: one entry would be stretched to the others.
FEWEST = 2

#: How many examples are tried in which one argument alone is longer.
MOST_ALONE = 12


def unalike(arrays: Arrays, fixed: Collection[int], whole: Collection[str]) -> Iterator[Arrays]:
    """The example with axes that are alike made different: longer, all of them, then one alone, the last axis first.

    Then all of them shorter, as longer ones may be too many numbers. Arguments of one shape go together; where that is
    not taken, one of them alone is longer or shorter along one axis: a product of squares, as many keys as queries.
    ``fixed`` are lengths of what is not varied, ``whole`` names arguments that stay, as do those that keep a rule.
    """
    shapes = {name: value.shape for name, value in arrays.items()}
    free = unruled(arrays, whole)
    together = (
        {name: other if name in free and own == shape else own for name, own in shapes.items()}
        for shape, other in _others(free, fixed)
    )
    alone = ({**shapes, name: other} for name, other in islice(_alone(free, fixed), MOST_ALONE))
    return refilled(arrays, chain(together, alone), UNALIKE)


def unalike_too(arrays: Arrays, fixed: Collection[int], whole: Collection[str]) -> Iterator[Arrays]:
    """The example with one of several arguments of one shape longer or shorter alone, the last one's last axis first.

    Values may be wider than the keys that they belong to.
    """
    shapes = {name: value.shape for name, value in arrays.items()}
    others = reversed(list(_alone(unruled(arrays, whole), fixed)))
    return refilled(arrays, ({**shapes, name: other} for name, other in islice(others, MOST_ALONE)), UNALIKE_TOO)


def _alone(free: Shapes, fixed: Collection[int]) -> Iterator[tuple[str, Shape]]:
    """Each argument that has the shape of another, longer along one of its axes, then shorter by one."""
    many = Counter(free.values())
    for name, shape in free.items():
        for axis, length in enumerate(shape):
            if many[shape] > 1 and length > FEWEST and length not in fixed:
                for other in (length + 1, length - 1):
                    yield name, (*shape[:axis], other, *shape[axis + 1 :])


def _others(shapes: Shapes, fixed: Collection[int]) -> Iterator[tuple[Shape, Shape]]:
    """Each shape with axes that are alike, and others in its place."""
    for shape in dict.fromkeys(shapes.values()):
        alike = {length for length, count in Counter(shape).items() if count > 1 and length > 1}.difference(fixed)
        places = [axis for axis, length in enumerate(shape) if length in alike]
        yield from ((shape, each) for each in dict.fromkeys(_different(shape, places, {*shape, *fixed})) if places)


def _different(shape: Shape, places: Collection[int], taken: Collection[int]) -> Iterator[Shape]:
    """Some axes longer than they are; then, for an example that is large already, all of them shorter."""
    longest = max((shape[axis] for axis in places), default=0)
    later = [axis for axis in places if shape[axis] in shape[:axis]]
    for chosen in (later, *([axis] for axis in reversed(list(places)))):
        yield _with(shape, chosen, longest + 1, taken)
    while (longest := longest // 2) >= SHORTEST:
        yield _with(shape, places, longest, taken)


def _with(shape: Shape, chosen: Collection[int], least: int, taken: Collection[int]) -> Shape:
    """The shape with lengths of their own along the chosen axes, none of them taken or below the least."""
    new = [length for length in range(least, least + len(taken) + len(chosen)) if length not in taken]
    other = dict(zip(chosen, new, strict=False))
    return tuple(other.get(axis, length) for axis, length in enumerate(shape))
