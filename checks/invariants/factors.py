"""What meets one entry of an argument, or of dy, in y and the gradients: where a special value there may show."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

#: What stands for a factor of 0, which is met all the same, and what no sum of such reaches.
IS_ZERO, IS_ONE = 2.0**-300, 2.0**-200


@dataclass(frozen=True)
class Placed:
    """A special value in one entry of ``name``, and what the subject then gave, by name."""

    name: str
    index: Shape
    value: float
    got: Arrays

    def __str__(self) -> str:
        return self._said

    @cached_property
    def _said(self) -> str:
        return f"{self.value} in {self.name}{list(self.index)}"


def factors_of_x(trial: Trial, placed: Placed) -> Arrays:
    """What meets the special value in y, and in the gradients that x multiplies: see ``_factors``.

    Samples are independent: its own alone is computed.
    """
    family, own = trial.family, tuple(slice(sample, sample + 1) for sample in placed.index[:1])
    one = one_at(trial.case.shapes["x"], placed.index)[own]
    arrays = {**trial.shared(_factors), **_zeros_at(trial, family.homogeneous), "x": one}
    dy = arrays.pop("dy")[own]
    pulled = family.computed(arrays, trial.case.config, dy)
    y = np.zeros(trial.shape_of("y"), pulled.y.dtype)
    y[own] = pulled.y
    names = [gradient_of(name) for name in trial.case.arguments if name not in family.homogeneous]
    return _sizes({"y": y} | {of: pulled.gradients[of] for of in names})


def factors_of_parameter(trial: Trial, placed: Placed) -> Arrays:
    """The same of a parameter: what is left of y and of each gradient with a 1 there when that is taken away again."""
    family, name = trial.family, placed.name
    added = [each for each in family.homogeneous if each != "x" or name in family.homogeneous]
    arrays = {**trial.shared(_factors), **_zeros_at(trial, tuple(added))}
    dy, one = arrays.pop("dy"), one_at(trial.case.shapes[name], placed.index)
    with_it, without = (
        family.computed({**arrays, name: value}, trial.case.config, dy).named() for value in (one, one * 0)
    )
    return _sizes({of: value - without[of] for of, value in with_it.items()})


def factors_of_dy(trial: Trial, placed: Placed) -> Arrays:
    """What meets the special value in the gradients: see ``_factors``."""
    factors = trial.shared(_factors)
    arrays = trial.wide_inputs if trial.family.selects else {name: factors[name] for name in trial.case.arguments}
    one = one_at(trial.case.shapes["dy"], placed.index)
    return _sizes(trial.family.computed(arrays, trial.case.config, one.astype(arrays["x"].dtype)).gradients)


def _sizes(factors: Arrays) -> Arrays:
    """Without their signs: a divisor may be negative."""
    return {of: np.abs(value) for of, value in factors.items()}


def _factors(trial: Trial) -> Arrays:
    """1 where an argument, or dy, is not 0, and ``IS_ZERO`` where it is."""
    arrays = {**trial.wide_inputs, "dy": trial.wide_dy}
    return {name: np.where(value != 0, 1.0, IS_ZERO) for name, value in arrays.items()}


def _zeros_at(trial: Trial, names: tuple[str, ...]) -> Arrays:
    return {name: np.zeros(trial.case.shapes[name]) for name in names if name in trial.case.arguments}


def one_at(shape: Shape, index: Shape) -> Array:
    """Zeros, but for a 1 in one entry."""
    one = np.zeros(shape)
    one[index] = 1.0
    return one
