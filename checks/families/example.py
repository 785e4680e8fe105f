"""Examples of a layer's arguments, as they were given and as they may be varied where the layer takes that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from math import prod

import numpy as np

from checks import data
from checks.case import Case
from checks.families.rules import rule
from checks.rounding import exact_limit
from checks.types import Array, Arrays, Shape, carrier, carrying

#: What stands in ``span`` of an example as it was given, of one that is nearer to 0, of one with ties, of one with
#: zeros, of one that is farther from 0, and of one whose arguments have numbers in common.
AS_GIVEN, NEARER, TIED, ZEROED, FARTHER, SHARED = 1, 2, 3, 4, 5, 6

#: What stands in ``unit`` of an example: of which kind its dy is. Ones come from the sum of a loss; whole numbers, also
#: beyond those of a byte, and those that are alike, or most of one sign, may take a path of their own.
NORMAL, ONES, COUNTED, ARRANGED = 1, 2, 3, 4
#: The kinds of data and the span of each, but for ones.
UPSTREAM: Mapping[int, tuple[str, int]] = {NORMAL: ("normal", 1), COUNTED: ("integers", 300), ARRANGED: ("patterns", 3)}

#: One number of so many is given to a neighbour, whatever it is, or to another argument.
TIES = 3

#: The same of one whose numbers are far from 0, times this: past a clip at 10,000, and what has the size of 1 keeps
#: three digits of float32 beside them.
FAR, ENLARGED = 29, 2.0**14

#: The example as it was given, with other numbers than the defaults of its layer's settings.
SETTINGS = 47
#: The same of one whose numbers lie side by side up to some times as far from 0: FARTHER leaves gaps between them.
SPREAD, REACH = 35, 2.0

#: The same in a narrower format, by that of the example: a layer may take a path of its own there.
IN_NARROW, NARROWER = 43, {"float64": "float32"}

#: Numbers of a row in which two may be 0.
FEW = 4

#: How many times as large as most of y an output is in whose rounding the others are lost.
LOUD = 2.0**16
#: Which part of y is taken for the small ones.
QUIET = 0.1

#: How many times as far from 0 the numbers of an example stand, by turns from its smallest and its largest inwards.
FACTORS = (8.0, 4.0, 2.0)


@dataclass(frozen=True, eq=False, repr=False)
class Example(Case):
    """A case whose arguments were given, not drawn; only dy comes from the seed.

    ``span`` says how they have been varied in ``given``, ``unit`` of which kind dy is. Where some outputs are ``loud``
    every other seed has a dy of 0 there: a mask of -1e30 among scores leaves nothing of their sum's digits.
    """

    given: Arrays = field(default_factory=dict)
    loud: Array = field(default_factory=lambda: np.zeros((), bool))

    @property
    def filled(self) -> bool:
        """Whether y has entries: an argument may have none in each case, as a parameter of a module that needs none."""
        return prod(self.shapes["dy"]) > 0

    @cached_property
    def _drawn(self) -> Arrays:
        dy = upstream(self.shapes["dy"], self.dtype, self.unit, self.seed)
        if self.seed % 2 and self.loud.any():
            dy = np.where(self.loud, 0, dy).astype(dy.dtype)
        return carrying({**self.given, "dy": dy, **self.told}, self.dtype)


def upstream(shape: Shape, dtype: str, unit: int, seed: int) -> Array:
    """The dy of an example, of the kind that ``unit`` names."""
    if unit == ONES:
        return np.ones(shape, carrier(dtype))
    kind, span = UPSTREAM.get(unit, UPSTREAM[NORMAL])
    return np.asarray(data.draw({"dy": shape}, dtype, kind, span, 1, seed)["dy"])  # of no axes it is a number


def unusual(number: int) -> int:
    """One of the kinds of dy that no random numbers have, by turns."""
    return (ONES, COUNTED, ARRANGED)[number % 3]


def varied(arrays: Arrays, dtype: str, span: int) -> Arrays:
    """An example as it is with this in ``span``."""
    return _VARIANTS[span](arrays, dtype)


def nearer(arrays: Arrays, dtype: str) -> Arrays:
    """Each number a little nearer to 0, by up to a 32nd part of it: what takes the one, as a rule takes the other."""
    rng = np.random.default_rng(31)
    return rounded({name: value * (1 - rng.random(value.shape) / 32) for name, value in arrays.items()}, dtype)


def tied(arrays: Arrays, dtype: str) -> Arrays:
    """Some numbers stand at their neighbour's place as well, along each axis: none is new to the layer.

    One in ``TIES`` of all, and the largest number of every other line, the smallest of those between.
    """
    rng = np.random.default_rng(43)
    return {name: _extremes_tied(_tied(value, rng)) for name, value in arrays.items()}


def _tied(values: Array, rng: np.random.Generator) -> Array:
    for axis in range(values.ndim):
        given = rng.random(values.shape) * TIES * values.ndim < 1
        values = np.where(given, np.roll(values, 1, axis), values)
    return values


def _extremes_tied(values: Array) -> Array:
    for axis in range(values.ndim if values.size else 0):
        least, most = (end(values, axis=axis, keepdims=True) for end in (np.min, np.max))
        odd = np.indices(most.shape).sum(axis=0) % 2 == 1
        given = np.roll(values == np.where(odd, least, most), 1, axis)
        values = np.where(given, np.roll(values, 1, axis), values)
    return values


def zeroed(arrays: Arrays, dtype: str, turn: int = 0) -> Arrays:
    """One number of each row is exactly 0, in another column of each argument; of a single column, one in all.

    Each ``turn`` by one is a column farther.

    Two that are no neighbours in every other row of ``FEW`` or more: a product of those has no derivative but 0.
    What divides y by x to find its derivative has none there. Numbers that all lie on one side of 0 stay as they are:
    0 is beyond what was given of probabilities and variances, and they may be meant for none.
    """
    return rounded({name: _zeroed(value, place + turn) for place, (name, value) in enumerate(arrays.items())}, dtype)


def _zeroed(values: Array, place: int) -> Array:
    if not values.ndim or not (np.any(values.real <= 0) and np.any(values.real >= 0)):
        return values
    rows = values.reshape(-1, values.shape[-1] if values.shape[-1] > 1 else values.size).copy()
    at = np.arange(len(rows))
    rows[at, (at + place + 1) % rows.shape[1]] = 0
    if rows.shape[1] >= FEW:
        rows[at[1::2], (at[1::2] + place + 3) % rows.shape[1]] = 0
    return rows.reshape(values.shape)


def shared(arrays: Arrays, dtype: str) -> Arrays:
    """Of arguments of one shape one number in ``TIES`` is the first one's: a prediction that is right.

    None that is on a side of 0 where an argument was given nothing: probabilities beside their logarithms have none.
    """
    found = dict(arrays)
    for name, value in arrays.items():
        first = next(each for each in arrays.values() if each.shape == value.shape)
        places = np.random.default_rng(47).permutation(value.size)[: max(1, value.size // TIES)]
        common = np.isin(np.arange(value.size), places).reshape(value.shape)
        found[name] = np.where(common & _on_its_sides(first, value), first, value)
    return found


def _on_its_sides(numbers: Array, value: Array) -> Array:
    """Which of these numbers lie on a side of 0 where an argument has some; all where it has none, or complex ones."""
    if value.dtype.kind == "c" or not np.any(value):
        return np.ones(numbers.shape, bool)
    return np.asarray((numbers == 0) | np.isin(np.sign(numbers), np.sign(value[value != 0])))


def loud(y: Array) -> Array:
    """Which outputs are so large that the others are lost in the rounding of their sum; none of few that are alike."""
    sizes = np.abs(y) if y.dtype.kind != "b" else np.zeros(y.shape)
    there = sizes[(sizes > 0) & np.isfinite(sizes)]
    return sizes > LOUD * np.quantile(there, QUIET) if there.size else np.zeros(y.shape, bool)


def farther(arrays: Arrays, dtype: str) -> Arrays:
    """Each number times one of ``FACTORS``, the smallest and the largest of an argument by the first."""
    return rounded({name: value * _factors(value) for name, value in arrays.items()}, dtype)


def spread(arrays: Arrays, dtype: str) -> Arrays:
    """Each number somewhere in a place of its own, of equal ones up to ``REACH`` times as far from 0, in their order.

    On both sides of 0 where they are; as they are where they keep a rule.
    """
    rng = np.random.default_rng(71)
    return rounded(
        {
            name: value if rule(value) or value.dtype.kind == "c" else _spread(value, rng)
            for name, value in arrays.items()
        },
        dtype,
    )


def _spread(values: Array, rng: np.random.Generator) -> Array:
    place = np.argsort(np.argsort(values, axis=None, kind="stable")) + rng.random(values.size)
    least, most = np.min(values, initial=0.0), np.max(values, initial=0.0)
    return np.reshape(REACH * (least + (most - least) * place / max(values.size, 1)), values.shape)


def far(arrays: Arrays, dtype: str) -> Arrays:
    """All numbers as many times as large; as they are in formats of fewer digits than that takes."""
    enough = exact_limit(dtype) > ENLARGED
    return {name: np.asarray(value * ENLARGED) if enough else value for name, value in arrays.items()}


def _factors(values: Array) -> Array:
    """By the place of each number among all of its argument in order, counted from the nearer end."""
    place = np.argsort(np.argsort(values, axis=None, kind="stable"))
    inwards = np.minimum(place, values.size - 1 - place)
    return np.take(np.asarray(FACTORS), inwards % len(FACTORS)).reshape(values.shape)


def rounded(arrays: Arrays, dtype: str) -> Arrays:
    """Arrays in a format, or in the one that carries it."""
    return {name: np.asarray(data.round_to(value, dtype), carrier(dtype)) for name, value in arrays.items()}


#: How examples are varied, by what stands in their ``span``.
_VARIANTS: Mapping[int, Callable[[Arrays, str], Arrays]] = {
    NEARER: nearer,
    TIED: tied,
    ZEROED: zeroed,
    FARTHER: farther,
    SHARED: shared,
    SPREAD: spread,
    FAR: far,
}
