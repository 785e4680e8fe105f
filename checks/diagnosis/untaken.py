"""A term that is missing along an axis: y, or an argument, times a sum over it, as of softmax or a norm."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.diagnosis.alike import SAME, slight
from checks.diagnosis.along import beyond, one
from checks.diagnosis.examples import Derived
from checks.types import Array, Arrays, Shape
from checks.witness import Trial

#: What is said of a term of which only one factor is known.
MULTIPLE = (
    "along {axis} {of} is off by a multiple of {factor}, the same one: as where {factor} times a sum or a mean over "
    "{axis} is not taken off"
)
#: What is said of a term that is known.
TERM = "{factor} times the {reduced} of {summed} along {axis} {happens}"
HAPPENS = {1: "is not taken off", -1: "is taken off twice"}


def told(trial: Trial, _of: str, found: Derived) -> Iterator[str]:
    """A sentence about a gradient that is off by a multiple of an array along all axes, or along the first such.

    None about one that is nearly right: a term that is missing is no billionth of it.
    """
    with np.errstate(all="ignore"):
        said = next(_told(trial, found), "")
    yield from filter(None, [said])


def _told(trial: Trial, found: Derived) -> Iterator[str]:
    whole, factors = found.spread, _factors(trial, found)
    known, gap = ~np.isnan(whole.want), whole.got.astype(np.float64) - whole.want
    if not whole.wrong[known].all() or slight(gap, whole.want):
        return
    for axes in dict.fromkeys([tuple(range(gap.ndim)), *((axis,) for axis in range(gap.ndim))]):
        for name, factor in factors.items():
            ratio = gap / np.where(factor, factor, np.nan)
            same = factor[known].all() and one(ratio, known, axes) and not one(factor, known, axes)
            if same and beyond(known.sum(axes), 1):
                yield _term(trial, found, axes, name, np.nanmean(np.where(known, ratio, np.nan), axes))


def _factors(trial: Trial, found: Derived) -> Arrays:
    """Arrays of the gradient's shape: y before arguments, since what is normalized is either."""
    named = {"y": trial.got.y, "exp(y)": np.exp(trial.got.y)}
    named |= {name: trial.case.array(name) for name in trial.case.arguments}
    real = {name: values for name, values in named.items() if not np.iscomplexobj(values)}
    return {name: values.astype(np.float64) for name, values in real.items() if values.shape == found.shape}


def _term(trial: Trial, found: Derived, axes: Shape, factor: str, multiples: Array) -> str:
    """What is said of multiples, one for each line along an axis: which sum they are, if it is one of dy's."""
    of, words = found.difference.of, found.spread.along(axes)
    if trial.case.dy.shape == found.shape:
        for summed, terms in _terms(trial, found).items():
            for reduced, right in (("sum", terms.sum(axes)), ("mean", terms.mean(axes))):
                for sign, happens in HAPPENS.items():
                    if np.all(np.abs(multiples - sign * right) <= SAME * np.abs(right)):
                        return TERM.format(factor=factor, reduced=reduced, summed=summed, axis=words, happens=happens)
    return MULTIPLE.format(axis=words, of=of, factor=factor)


def _terms(trial: Trial, found: Derived) -> Arrays:
    dy = trial.wide_dy
    return {"dy": dy} | {f"dy * {name}": dy * values for name, values in _factors(trial, found).items()}
