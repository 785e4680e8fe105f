"""Entries that no output sees together are moved together: one forward gives the derivative along each of them.

So the Jacobian of a local layer takes as many forwards as there are entries that meet in one output, not as many as
there are entries (Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974). Which outputs an entry
reaches is the family's word. A forward that reaches further changes an output that it may not, or the sum of another
entry; its steps are drawn at random, so that what it adds does not cancel. Then nothing is said here, and the entries
have to be moved one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice, repeat

import numpy as np

from checks.answers import MOST_KEPT
from checks.arithmetic import TRANSFORM
from checks.data import round_to
from checks.equality import every, highest
from checks.oracles.abreast import abreast
from checks.oracles.adjoint import ENOUGH, SIGNS, Moved, direction_span, drawn, signed
from checks.oracles.groups import apart
from checks.oracles.noise import plain_noise, with_excess
from checks.rounding import is_complex
from checks.stencil import quotients
from checks.types import Array, Shape
from checks.witness import Trial

#: Entries of one argument that are tried; all of them in a smaller argument.
MOST_ENTRIES = 64

#: Numbers of an array, of all forwards together, that are looked at together.
MOST_NUMBERS = 2**18

#: Longest step between integers: short, because a long one would hide in its quotient what the forward rounds.
LONGEST_STEP = 4


@dataclass(frozen=True, eq=False)
class Steps:
    """Entries of an argument, by their places in it raveled, by how much each is moved, and which outputs each reaches.

    ``unit`` is 1, or i where the imaginary parts are moved; ``outputs`` is the shape of y, with axes of length 1 where
    each entry reaches all. ``boxes`` (entries, axes, 2) says which along the others, ``part``.
    """

    argument: str
    flat: Array
    sizes: Array
    unit: complex
    boxes: Array
    part: list[int]
    outputs: Shape


def derivatives(trial: Trial, argument: str, places: Array, step: float) -> tuple[Array, Array] | None:
    """Derivative of sum(dy * f) along each of these entries, and the largest error of each.

    ``places`` holds indices (entries, axes). None where nothing is saved, or where the forward changes outputs that
    the entries cannot reach.
    """
    if not len(places) or trial.arithmetic == TRANSFORM:
        return None
    boxes, shape = trial.family.reached(trial.case, argument, places), trial.got.y.shape
    part = _in_part(boxes, shape)
    boxes = boxes[:, part]
    groups = apart(boxes)
    if len(groups) == len(places):
        return None
    sizes = _sizes(trial, argument, len(places), step)
    flat = np.ravel_multi_index(tuple(places.T), trial.case.shapes[argument])
    units = (1, 1j) if is_complex(trial.case.dtype) else (1,)
    outputs = tuple([length if axis in part else min(length, 1) for axis, length in enumerate(shape)])
    found = [_along(trial, Steps(argument, flat, sizes, unit, boxes, part, outputs), groups) for unit in units]
    if any(each is None for each in found):
        return None
    first, *others = [each for each in found if each is not None]
    value, error = first
    for other, more in others:
        value, error = value + 1j * other, error + more
    return value, error


def _in_part(boxes: Array, shape: Shape) -> list[int]:
    """The axes of outputs along which some box does not reach from one end to the other."""
    whole = np.logical_and.reduce((boxes[:, :, 0] <= 0) & (boxes[:, :, 1] >= shape), axis=0)
    return [axis for axis, each in enumerate(whole.tolist()) if not each]


def _sizes(trial: Trial, argument: str, count: int, step: float) -> Array:
    """Random steps of both signs, integers where the case holds integers."""
    if not trial.case.lattice:
        return trial.shared(_steps)[:count] * step
    rng = np.random.default_rng([trial.case.seed, 29])
    sizes = rng.integers(1, direction_span(trial, argument, LONGEST_STEP), count, endpoint=True)
    return np.asarray(sizes * SIGNS[rng.integers(0, 2, count)])


def _steps(trial: Trial) -> Array:
    """Random steps between a half and 1, of both signs: the same for each argument of a trial."""
    return signed(np.random.default_rng([trial.case.seed, 29]), 0.5, 1.0, MOST_ENTRIES)


def _along(trial: Trial, steps: Steps, groups: list[list[int]]) -> tuple[Array, Array] | None:
    """Derivative along each entry, and its largest error; None where an output changes that no entry reaches."""
    start = trial.case.held[steps.argument]
    before = start.ravel()[steps.flat]
    moved = round_to(before + steps.unit * steps.sizes, trial.case.dtype)
    width = np.asarray((moved.astype(trial.wide) - before) / steps.unit).real
    longest = float(highest(np.abs(width)))
    value, error = np.zeros(len(moved)), np.zeros(len(moved))
    for some in _batches(trial, groups):
        held = np.concatenate(some)
        sizes = list(map(len, some))
        several = _moved(start, steps.flat[held], moved[held], sizes)
        nobody = np.ones(len(some))  # the first widths are those of outputs that no entry of a group reaches
        rows = several if some[0] is not groups[0] else _with_direction(trial, steps.argument, several, len(held))
        outputs = _outputs(trial, steps.argument, rows)
        found, off = quotients(
            outputs[: len(some)],
            trial.wide_y,
            trial.wide_dy,
            _owners(steps, held, sizes),
            np.concatenate([nobody, width[held]]),
            _noise(trial, steps.argument, plain_noise(trial, steps.argument, longest, outputs), several),
        )
        if not every(np.abs(found[: len(some)]) <= off[: len(some)]):
            return None
        if some[0] is groups[0] and _alike(trial):
            trial.shared(Moved)[steps.argument] = rows[-1], outputs[-1] - trial.wide_y
        value[held], error[held] = found[len(some) :], off[len(some) :]
    return value, error


def _with_direction(trial: Trial, argument: str, several: Array, entries: int) -> Array:
    """Arguments, the last moved in all entries: one more, unless there is one alone, in which so many are moved."""
    if entries == several.size or not _alike(trial):
        return several
    whole = np.concatenate([several, next(drawn(trial, argument, ENOUGH))[None]])
    return whole.view(several.dtype)  # which says what it carries; NumPy forgets that where it puts arrays together


def _alike(trial: Trial) -> bool:
    """Whether the adjoint identity has the forward run along such a direction, which need not be done once more."""
    real = not trial.case.lattice and not is_complex(trial.case.dtype)
    return trial.sparing and real and trial.case.sizes() <= MOST_KEPT


def _noise(trial: Trial, argument: str, plain: Array, several: Array) -> Array:
    """Largest error of each output: of one for all where no more is lost than by a plain sum."""
    if trial.exactly_plain:
        return plain
    return np.stack([with_excess(trial, plain, {**trial.case.held, argument: each}) for each in several])


def _batches(trial: Trial, groups: list[list[int]]) -> Iterator[list[list[int]]]:
    """Groups whose forwards are looked at together."""
    largest = max(trial.case.held_dy.size, *(value.size for value in trial.wide_inputs.values()), 1)
    count = max(MOST_NUMBERS // largest, 1)
    yield from (groups[start : start + count] for start in range(0, len(groups), count))


def _moved(start: Array, flat: Array, moved: Array, sizes: list[int]) -> Array:
    """The argument once for each group, whose entries are moved: as many of ``moved`` as its size says."""
    several = np.empty((len(sizes), *start.shape), start.dtype)
    several[...] = start
    several.reshape(len(sizes), -1)[np.repeat(np.arange(len(sizes)), sizes), flat] = moved
    return several


def _outputs(trial: Trial, argument: str, several: Array) -> Array:
    """The subject's output for each of these arguments, in one forward where that can be."""
    inputs, config = trial.case.held, trial.case.config
    found = abreast(trial, argument, several)
    if found is None:
        found = np.array([trial.subject.apply({**inputs, argument: each}, config) for each in several])
    return found.astype(trial.wide, copy=False)


def _owners(steps: Steps, held: Array, sizes: list[int]) -> Array:
    """For each output of each group's forward the number of the box that it lies in, counted on from the groups.

    An output outside of all boxes has the number of its group. ``held`` are the entries of one group after another, as
    many of each as ``sizes`` says.
    """
    owners = np.empty((len(sizes), *steps.outputs), np.intp)
    numbered = enumerate(_indices(steps, held), len(sizes))
    for place, (size, outputs) in enumerate(zip(sizes, owners, strict=True)):
        outputs[...] = place
        for number, box in islice(numbered, size):
            outputs[box] = number
    return owners


def _indices(steps: Steps, held: Array) -> Iterator[tuple[slice, ...]]:
    """The boxes of these entries as indices of an array; along other axes than their own they take in all.

    One after another: hundreds that are there at once would call the garbage collector.
    """
    axes: list[Iterable[slice]] = [repeat(slice(None))] * len(steps.outputs)
    for axis, ends in zip(steps.part, steps.boxes[held].transpose(1, 2, 0).tolist(), strict=True):
        axes[axis] = map(slice, *ends)
    return zip(*axes, strict=False)
