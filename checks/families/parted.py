"""Axes of length 1 that become a part of the length beside them: one key head of four query heads becomes two.

Nothing is stretched from a part to a whole, so that a layer which takes them has a use of its own for them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from checks.types import Shape, Shapes

#: An argument and one of its axes.
Place = tuple[str, int]

#: How many times as long the lengths beside become that have no parts.
TWICE = 2


def parted(shapes: Shapes, places: Iterable[Place], free: Collection[str], fixed: Collection[int]) -> Iterator[Shapes]:
    """Shapes in which axes of length 1, at these places, are a part of the one length that others have there.

    First the least part, then 2 of twice that length, where all that have it are ``free`` and it is not ``fixed``.
    """
    chosen = {place: others for place in places if (others := _beside(shapes, place))}
    beside = {each for others in chosen.values() for each in others}
    lengths = {shapes[name][axis] for name, axis in beside}
    if len(lengths) != 1:
        return
    (length,) = lengths
    if (part := next(each for each in range(TWICE, length + 1) if not length % each)) < length:
        yield _with(shapes, dict.fromkeys(chosen, part))
    if length not in fixed and all(name in free for name, _ in beside):
        yield _with(shapes, dict.fromkeys(chosen, TWICE) | dict.fromkeys(beside, TWICE * length))


def _beside(shapes: Shapes, place: Place) -> list[Place]:
    """The same axis of arguments with as many axes, where it is longer."""
    name, axis = place
    alike = [other for other, shape in shapes.items() if len(shape) == len(shapes[name])]
    return [(other, axis) for other in alike if shapes[other][axis] > 1]


def _with(shapes: Shapes, lengths: dict[Place, int]) -> Shapes:
    return {name: _one(name, shape, lengths) for name, shape in shapes.items()}


def _one(name: str, shape: Shape, lengths: dict[Place, int]) -> Shape:
    return tuple(lengths.get((name, axis), own) for axis, own in enumerate(shape))
