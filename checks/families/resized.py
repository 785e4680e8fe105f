"""Examples with other lengths along their axes, longer and shorter, and with an axis more, as a layer takes them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import chain, combinations
from math import prod

import numpy as np

from checks.families.held import Held
from checks.families.rules import IN_ORDER, in_order, rule
from checks.types import Array, Arrays, Shape, Shapes

#: What stands in ``span`` of an example each of whose lengths is one more, of one in which it is more than twice as
#: large, and of one with an axis in front.
ONE_MORE, LONGER, STACKED = 17, 18, 19

#: What becomes of lengths that grow, as (factor, more): where a layer takes no odd ones, as one that goes by blocks of
#: them (heads, groups, a pixel shuffle), multiples of those that it has.
LENGTHENED = {ONE_MORE: ((1, 1),), LONGER: ((2, 1), (2, 0), (3, 0))}
#: The same of one in which a length is 1, and of one in which it is the least above that that a layer takes.
SINGLE, SHORT = 25, 26
#: The same of one in which another length is 1, of one in which that of the first axis is: mostly one sample; and of
#: one in which a length is that is none of these: of one query beside several keys.
SINGLE_TOO, SINGLE_FIRST, SINGLE_LEFT = 31, 33, 41
SINGLES = (SINGLE, SINGLE_TOO, SINGLE_FIRST, SINGLE_LEFT)
#: The same of one whose first length, mostly that of a batch, is a multiple of usual ones, and longer than blocks are;
#: of one in which another length is, of columns; and of one in which that of the axis behind the first is, with axes
#: behind it: of channels.
MANY, MANY_TOO, MANY_CHANNELS = 42, 44, 45
#: What that is, from the first on that makes no more numbers than ``most``.
MANY_ROWS = (48, 16, 8)
#: The same of one whose last length alone is no multiple of usual ones, and longer than blocks are; and what that is: a
#: tail of three behind blocks of four, or else a multiple, from the first on as above.
MANY_LAST, WITH_A_TAIL = 46, (47, 48, 23, 24, 11)
#: The same of one in which lengths that differ are alike: squares hide, and show, what takes one axis for another.
ALIKE = 27
#: The same of one in which the longest length is the shortest, and so on: more keys than queries become fewer.
TURNED_ROUND = 34

#: Numbers in all arrays up to which an example is made longer; of one that holds more than half of them so many times
#: as many, up to the largest: a case of these takes about as long as one of the example.
MOST, GROWN, LARGEST = 1_000, 2, 4_000
#: Entries along an axis in front.
STACK = 2
#: Up to which length the least one is looked for.
LEAST = 5


def resized(arrays: Arrays, span: int, held: Held, whole: Collection[str]) -> Iterator[Arrays]:
    """The example with this in ``span``, first of all lengths at once, then of fewer.

    Lengths stay of what is ``held``, but for its labels, which come in their new lengths beside the arguments where
    these change; ``whole`` names arguments that stay, as do those whose numbers keep another rule than to be sorted.
    """
    given = {name: value.shape for name, value in arrays.items()}
    for shapes in _tried(arrays, span, held, whole):
        for labels in held.labelled(given, shapes, span):
            own = ({name: shapes[name] for name in given},)
            yield from ({**found, **labels} for found in refilled(arrays, own, span))


def too_long(arrays: Arrays, held: Held, whole: Collection[str]) -> bool:
    """Whether whatever makes an example longer makes more numbers than ``most``, so that nothing does."""
    tried = [{name: each[name] for name in arrays} for each in _tried(arrays, ONE_MORE, held, whole)]
    return bool(tried) and all(_numbers(each) > most(arrays) for each in tried)


def most(arrays: Arrays) -> int:
    """Numbers that an example may hold when it was made longer."""
    return max(MOST, min(GROWN * sum(value.size for value in arrays.values()), LARGEST))


def _tried(arrays: Arrays, span: int, held: Held, whole: Collection[str]) -> Iterator[Shapes]:
    """Shapes of the arguments and of the labels."""
    kept = {name for name, value in arrays.items() if name in whole or rule(value) not in {"", IN_ORDER}}
    shapes = {name: value.shape for name, value in arrays.items()}
    settled = {*held.fixed, *(length for name in kept for length in shapes[name])}
    beside = {name: value.shape for name, value in held.labels.items()}
    tried = _stacked(shapes, kept) if span == STACKED else _with_lengths(shapes, span, settled, beside)
    return ({**beside, **each} for each in tried if any(each[name] != shape for name, shape in shapes.items()))


def _numbers(shapes: Shapes) -> int:
    return sum(map(prod, shapes.values()))


def refilled(arrays: Arrays, tried: Iterable[Shapes], seed: int) -> Iterator[Arrays]:
    """The example in each of these shapes that together hold no more than ``most`` numbers."""
    for shapes in tried:
        if _numbers(shapes) <= most(arrays):
            yield {
                name: value if shapes[name] == value.shape else _filled(value, shapes[name], seed)
                for name, value in arrays.items()
            }


def unruled(arrays: Arrays, whole: Collection[str]) -> Shapes:
    """Shapes of the arguments that are neither among the ``whole`` ones nor keep a rule."""
    return {name: value.shape for name, value in arrays.items() if name not in whole and not rule(value)}


def _with_lengths(shapes: Shapes, span: int, settled: Collection[int], beside: Shapes) -> Iterator[Shapes]:
    """Axes of one length belong together, those of what goes along ``beside`` too: all lengths change, or one."""
    lengths = sorted({length for shape in shapes.values() for length in shape if length > 1}.difference(settled))
    made = {ALIKE: lambda: _made_alike(lengths, settled), TURNED_ROUND: lambda: _turned_round(lengths)}
    for other in made.get(span, lambda: _others(shapes, span, lengths))():
        every = {**shapes, **beside}
        yield {name: tuple(other.get(length, length) for length in shape) for name, shape in every.items()}


def _others(shapes: Shapes, span: int, lengths: Collection[int]) -> Iterator[Mapping[int, int]]:
    """What becomes of each length that changes: that of the last axis before others, that of the first axis last."""
    one_by_one = [{length} for length in lengths]
    last, first = {shape[-1] for shape in shapes.values() if shape}, {*next(iter(shapes.values()))[:1]}
    in_turn = sorted(one_by_one, key=last.isdisjoint)
    if span in LENGTHENED:
        yield from _longer([{*lengths}, {*lengths} - first], in_turn, LENGTHENED[span])
        return
    if span == MANY_LAST:
        yield from _many((each for each in in_turn if each <= last - first), WITH_A_TAIL)
        return
    if span in {MANY, MANY_TOO, MANY_CHANNELS}:
        behind = [{*lengths} - first, *(each - first for each in in_turn)]
        channels = {length for shape in shapes.values() for length in shape[1:-1][:1]} - first
        yield from _many({MANY: [first & {*lengths}], MANY_TOO: behind}.get(span, [channels & {*lengths}]))
        return
    others = {
        SINGLE_TOO: in_turn[::-1],
        SINGLE_FIRST: [each for each in one_by_one if each <= first],
        SINGLE_LEFT: [each for each in in_turn[1:-1] if not each <= first],
    }
    for chosen in others.get(span, [*in_turn, {*lengths}]):
        for least in (1,) if span in SINGLES else range(2, LEAST + 1):
            yield {length: least for length in chosen if length > least}


def _many(chosen: Iterable[set[int]], many: Collection[int] = MANY_ROWS) -> Iterator[Mapping[int, int]]:
    """What becomes of these lengths together, then of the next ones: the most rows first."""
    yield from ({length: rows for length in each if length < rows} for each in chosen for rows in many)


def _longer(
    many: Collection[set[int]], alone: Collection[set[int]], ways: Collection[tuple[int, int]]
) -> Iterator[Mapping[int, int]]:
    """What becomes of lengths that grow: of many at once in each of the ways, then of one in each."""
    chosen = chain(((each, way) for way in ways for each in many), ((each, way) for each in alone for way in ways))
    yield from ({length: factor * length + more for length in each} for each, (factor, more) in chosen)


def _made_alike(lengths: Collection[int], settled: Collection[int]) -> Iterator[Mapping[int, int]]:
    """What becomes of each length: all become what one is, or one does; what is settled comes first, then the least."""
    for chosen in (lengths, *([length] for length in lengths)):
        for other in (*sorted({*settled} - {0, 1}), *lengths):
            yield {length: other for length in chosen if length != other}


def _turned_round(lengths: Sequence[int]) -> Iterator[Mapping[int, int]]:
    """What becomes of each length: all of them stand in the other order, or two have changed places."""
    yield dict(zip(lengths, reversed(lengths), strict=True))
    yield from ({first: second, second: first} for first, second in combinations(lengths, 2))


def _stacked(shapes: Shapes, kept: Collection[str]) -> Iterator[Shapes]:
    """All arguments, or those with the most axes: a weight has fewer; or one alone, the first before others."""
    free = {name: len(shape) for name, shape in shapes.items() if shape and name not in kept}
    most = [name for name, axes in free.items() if axes == max(free.values())]
    for chosen in dict.fromkeys([tuple(free), tuple(most), *((name,) for name in free)]):
        yield {name: (STACK, *shape) if name in chosen else shape for name, shape in shapes.items()}


def _filled(value: Array, shape: Shape, seed: int) -> Array:
    """Numbers of an argument in another shape, each a little nearer to 0 than one that was given: hardly two tie.

    Of few numbers each is one of the larger half: y is to stay about as large. Sorted ones stay sorted.
    """
    if in_order(value):
        return _between_neighbours(value, shape)
    rng, flat = np.random.default_rng([61, seed]), value.ravel()
    larger = np.abs(flat) >= np.median(np.abs(flat)) if prod(shape) < flat.size else np.ones(flat.shape, bool)
    return np.asarray(rng.choice(flat[larger], shape) * (1 - rng.random(shape) / 32))


def _between_neighbours(value: Array, shape: Shape) -> Array:
    """Sorted rows of another length, from the first number to the last; each further row is one that was given."""
    rows = value.reshape(-1, value.shape[-1])
    at, places = np.linspace(0, rows.shape[1] - 1, shape[-1]), np.arange(rows.shape[1])
    found = [np.interp(at, places, rows[place % len(rows)]) for place in range(prod(shape[:-1]))]
    return np.reshape(found, shape)
