"""What a subject's arithmetic may add to the error of a plain sum."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Protocol

import numpy as np

from checks.arithmetic import (
    EXACT_TRANSFORM,
    FLUSHING,
    RUNNING,
    SCALED,
    SCALINGS,
    TF32,
    TF32_FORMAT,
    TRANSFORM,
    flushed,
    operand_growth,
    running_growth,
)
from checks.bounds import largest, nothing, spread
from checks.case import Case
from checks.family import Family
from checks.rounding import exact_limit, gamma
from checks.types import Array, Arrays, Shape


class Tried(Protocol):
    """What is asked of a trial: its case, its family, and how its subject rounds."""

    @property
    def case(self) -> Case:
        """The case."""

    @property
    def family(self) -> Family:
        """The family of the case."""

    @property
    def arithmetic(self) -> str:
        """How the subject rounds."""

    def shape_of(self, of: str) -> Shape:
        """Shape of y or of a gradient."""


def excess(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    """What may be added for these arguments and this dy (in the wide format), per element of y or of a gradient."""
    added = ADDED.get(trial.arithmetic)
    return added(trial, of, arrays, dy) if added else nothing(trial.shape_of(of))


def _transformed(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    shape = trial.shape_of(of)
    norms = trial.family.spectral_mass(arrays, trial.case.config, dy)
    cells = math.prod(trial.case.shapes["x"][2:]) + math.prod(shape[2:])
    return nothing(shape) if norms is None else spread(norms.named().get(of), cells, trial.case.dtype, shape)


def _transformed_exactly(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    """Nothing on integers, unless they are larger than the case's: halves of these may need one digit more."""
    if trial.case.lattice and _none_larger({**arrays, "dy": dy}, trial.case.largest):
        return nothing(trial.shape_of(of))
    return _transformed(trial, of, arrays, dy)


def _none_larger(arrays: Arrays, than: Mapping[str, float]) -> bool:
    return all(value <= than[name] for name, value in largest(arrays).items() if name in than)


def _running(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    """What running sums add: nothing on integers that nothing divides, and whose sum over the whole plane is exact."""
    shape, plane = trial.shape_of(of), trial.case.shapes["x"][2:]
    mass = trial.family.running_mass(arrays, trial.case.config, dy)
    if mass is None:
        return nothing(shape)
    sums = mass.named()[of]
    bound = running_growth(sum(plane) + sum(shape[2:]), len(plane), trial.case.dtype) * sums
    if trial.case.lattice and not trial.family.divides(trial.case.shapes, trial.case.config):
        whole = sums * trial.family.largest_divisor(trial.case.shapes, trial.case.config)
        bound = np.where(whole <= exact_limit(trial.case.dtype), 0.0, bound)
    return np.broadcast_to(bound, shape)


def _cut(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    if trial.case.dtype != TF32_FORMAT or trial.case.lattice:
        return nothing(trial.shape_of(of))
    return np.asarray(operand_growth() * trial.family.mass(arrays, trial.case.config, dy).named()[of])


def _scaled(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    return np.asarray(
        gamma(SCALINGS, trial.case.dtype) * np.abs(trial.family.computed(arrays, trial.case.config, dy).named()[of])
    )


def _lost(trial: Tried, of: str, arrays: Arrays, dy: Array) -> Array:
    if not trial.family.selects or trial.case.lattice:
        return nothing(trial.shape_of(of))
    return flushed(trial.family.mass(arrays, trial.case.config, dy).named()[of], trial.case.dtype)


#: By the arithmetic that a subject declares, or in which it was seen.
ADDED: Mapping[str, Callable[[Tried, str, Arrays, Array], Array]] = {
    TRANSFORM: _transformed,
    EXACT_TRANSFORM: _transformed_exactly,
    RUNNING: _running,
    TF32: _cut,
    FLUSHING: _lost,
    SCALED: _scaled,
}
