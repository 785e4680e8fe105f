"""Entries that no output sees together are moved together: one forward gives the derivative along each of them.

So the Jacobian of a local layer takes as many forwards as there are entries that meet in one output, not as many as
there are entries (Curtis, Powell and Reid, On the estimation of sparse Jacobian matrices, 1974). Which outputs an entry
reaches is the family's word. A forward that reaches further changes an output that it may not, or the sum of another
entry; its steps are drawn at random, so that what it adds does not cancel. Then nothing is said here, and the entries
have to be moved one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import starmap

import numpy as np

from checks.arithmetic import PLAIN, TRANSFORM
from checks.data import round_to
from checks.errors import SubjectError
from checks.oracles.adjoint import direction_span
from checks.oracles.noise import plain_noise, with_excess
from checks.rounding import is_complex
from checks.stencil import quotients
from checks.types import Array, Arrays, Shape
from checks.witness import Trial

#: However far apart their outputs lie: what reaches too far cancels in several groups less easily than in one.
MOST_TOGETHER = 16

#: Numbers of an array, of all forwards together, that are looked at together.
MOST_NUMBERS = 2**18

#: Longest step between integers: short, because a long one would hide in its quotient what the forward rounds.
LONGEST_STEP = 4

_SIGNS = np.array([-1.0, 1.0])


@dataclass(frozen=True, eq=False)
class Steps:
    """Entries of an argument, by how much each is moved, and the outputs that each can reach.

    ``unit`` is 1, or i where the imaginary parts are moved.
    """

    argument: str
    index: tuple[Array, ...]
    sizes: Array
    unit: complex
    boxes: Sequence[tuple[slice, ...]]


def derivatives(trial: Trial, argument: str, places: Sequence[Shape], step: float) -> tuple[Array, Array] | None:
    """Derivative of sum(dy * f) along each of these entries, and the largest error of each.

    None where nothing is saved, or where the forward changes outputs that the entries cannot reach.
    """
    if not places or trial.arithmetic == TRANSFORM:
        return None
    boxes = trial.family.reached(trial.case, argument, np.array(places))
    groups = apart(boxes)
    if len(groups) == len(places):
        return None
    index, sizes = tuple(np.array(places).T), _sizes(trial, argument, len(places), step)
    units = (1, 1j) if is_complex(trial.case.dtype) else (1,)
    parts = [tuple(starmap(slice, box)) for box in boxes.tolist()]
    found = [_along(trial, Steps(argument, index, sizes, unit, parts), groups) for unit in units]
    if any(each is None for each in found):
        return None
    first, *others = [each for each in found if each is not None]
    value, error = first
    for other, more in others:
        value, error = value + 1j * other, error + more
    return value, error


def apart(boxes: Array) -> list[list[int]]:
    """Numbers of boxes in groups of at most ``MOST_TOGETHER`` that do not meet: each in the first group it fits."""
    low, high = boxes.T  # (axes, boxes)
    begins = np.all(low[:, :, None] < high[:, None], axis=0)  # one before the other ends
    meets = begins & begins.T
    groups: list[list[int]] = []
    members: list[int] = []  # of each group, a bit for each box
    for number, row in enumerate(np.packbits(meets, axis=-1, bitorder="little")):
        mask = int.from_bytes(row.tobytes(), "little")
        for place, held in enumerate(members):
            if not held & mask and len(groups[place]) < MOST_TOGETHER:
                groups[place].append(number)
                members[place] |= 1 << number
                break
        else:
            groups.append([number])
            members.append(1 << number)
    return groups


def _sizes(trial: Trial, argument: str, count: int, step: float) -> Array:
    """Random steps of both signs, integers where the case holds integers."""
    rng = np.random.default_rng([trial.case.seed, 29])
    sizes: Array = rng.uniform(step / 2, step, count)
    if trial.case.lattice:
        sizes = rng.integers(1, direction_span(trial, argument, LONGEST_STEP), count, endpoint=True)
    return np.asarray(sizes * _SIGNS[rng.integers(0, 2, count)])


def _along(trial: Trial, steps: Steps, groups: list[list[int]]) -> tuple[Array, Array] | None:
    """Derivative along each entry, and its largest error; None where an output changes that no entry reaches."""
    inputs = trial.case.inputs
    before = inputs[steps.argument][steps.index]
    moved = round_to(before + steps.unit * steps.sizes, trial.case.dtype)
    width = np.asarray((moved.astype(trial.wide) - before) / steps.unit).real
    plain = plain_noise(trial, steps.argument, float(np.max(np.abs(width))))
    value, error = np.zeros(len(moved)), np.zeros(len(moved))
    for some in _batches(trial, groups):
        arrays = [_moved(inputs, steps, moved, group) for group in some]
        held = [number for group in some for number in group]
        nobody = np.ones(len(some))  # the first widths are those of outputs that no entry of a group reaches
        found, off = quotients(
            _outputs(trial, steps.argument, arrays),
            trial.wide_y,
            trial.wide_dy,
            _owners(trial.wide_y.shape, steps.boxes, some),
            np.concatenate([nobody, width[held]]),
            plain if trial.arithmetic == PLAIN else np.stack([with_excess(trial, plain, each) for each in arrays]),
        )
        if not np.all(np.abs(found[: len(some)]) <= off[: len(some)]):
            return None
        value[held], error[held] = found[len(some) :], off[len(some) :]
    return value, error


def _batches(trial: Trial, groups: list[list[int]]) -> Iterator[list[list[int]]]:
    """Groups whose forwards are looked at together; the first by itself: not all hangs on one sum of steps."""
    largest = max(trial.case.dy.size, *(value.size for value in trial.wide_inputs.values()), 1)
    count = max(MOST_NUMBERS // largest, 1)
    yield groups[:1]
    yield from (groups[start : start + count] for start in range(1, len(groups), count))


def _moved(inputs: Arrays, steps: Steps, moved: Array, group: list[int]) -> Arrays:
    """The arguments with the entries of one group moved; the others are nobody's to write to."""
    array = inputs[steps.argument].copy()
    array[tuple(axis[group] for axis in steps.index)] = moved[group]
    return {**inputs, steps.argument: array}


def _outputs(trial: Trial, argument: str, several: list[Arrays]) -> Array:
    """The subject's output for each of these arguments: as samples of one forward where samples are independent.

    Where they turn out not to be, outputs change that no entry reaches.
    """
    apply, config = trial.subject.apply, trial.case.config
    if argument == "x" and trial.family.samplewise and len(several) > 1 and len(several[0]["x"]):
        samples = {**several[0], "x": np.concatenate([arrays["x"] for arrays in several])}
        with suppress(SubjectError):  # a subject may be made for one batch size
            y = apply(samples, config)
            if y.shape == (len(samples["x"]), *trial.got.y.shape[1:]):
                return y.astype(trial.wide, copy=False).reshape(len(several), *trial.got.y.shape)
    return np.stack([apply(arrays, config).astype(trial.wide, copy=False) for arrays in several])


def _owners(shape: Shape, boxes: Sequence[tuple[slice, ...]], groups: list[list[int]]) -> Array:
    """For each output of each group's forward the number of the box that it lies in, counted on from the groups.

    An output outside of all boxes has the number of its group.
    """
    owners = np.empty((len(groups), *shape), np.intp)
    number = len(groups)
    for place, (group, outputs) in enumerate(zip(groups, owners, strict=True)):
        outputs[...] = place
        for box in group:
            outputs[boxes[box]] = number
            number += 1
    return owners
