"""Examples in which an axis of length 1 is longer: one step, one sample, one channel hides what is summed over it.

Axes of length 1 do not belong together as others of one length do: some are there to be stretched (broadcasting).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import chain, combinations, islice, product

from checks.families.parted import Place, parted
from checks.families.resized import refilled, unruled
from checks.types import Arrays, Shapes

#: What stands in ``span`` of an example in which axes of length 1 are longer.
WIDENED = 28

#: Choices of axes that are tried, and how many lengths for each.
CHOICES, LENGTHS = 16, 2


def widened(arrays: Arrays, fixed: Collection[int], whole: Collection[str]) -> Iterator[Arrays]:
    """The example with axes of length 1 made longer, first all of them, then those of fewer arguments, then one alone.

    ``fixed`` are lengths of what is not varied, ``whole`` names arguments that stay, as do those that keep a rule. No
    other axis is as long: nothing fits by chance. Then each as long as a part of the length beside it.
    """
    shapes, free = {name: value.shape for name, value in arrays.items()}, unruled(arrays, whole)
    choices = [] if 1 in fixed else list(islice(_choices(free), CHOICES))
    tried = (
        {name: _longer(name, shape, places, length) for name, shape in shapes.items()}
        for places, length in product(choices, _new({*fixed, *chain(*shapes.values())}))
    )
    parts = (each for places in choices for each in parted(shapes, places, free, fixed))
    return refilled(arrays, chain(tried, parts), WIDENED)


def singles(shapes: Shapes) -> list[Place]:
    """Each axis of length 1."""
    return [(name, axis) for name, shape in shapes.items() for axis, length in enumerate(shape) if length == 1]


def _new(lengths: Collection[int]) -> list[int]:
    return [length for length in range(2, len(lengths) + LENGTHS + 2) if length not in lengths][:LENGTHS]


def _choices(shapes: Shapes) -> Iterator[tuple[Place, ...]]:
    every = singles(shapes)
    names = list(dict.fromkeys(name for name, _ in every))
    for count in range(len(names), 0, -1):
        for chosen in combinations(names, count):
            yield tuple(place for place in every if place[0] in chosen)
    yield from ((place,) for place in every)


def _longer(name: str, shape: tuple[int, ...], places: Collection[Place], length: int) -> tuple[int, ...]:
    return tuple(length if (name, axis) in places else own for axis, own in enumerate(shape))
