"""Predictions from small parts: the right backward, run on a changed upstream, argument or configuration."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.mistakes.mistake import Evidence, Predict
from checks.types import Array, Arrays, Config, Shape

Change = Callable[[Array], Array]


def only(gradients: Arrays, of: tuple[str, ...]) -> Arrays:
    """Those of the gradients that are named; all of them where no name is given."""
    return {name: value for name, value in gradients.items() if not of or name in of}


def result(change: Change, *of: str) -> Predict:
    """The right gradient, changed."""
    return lambda evidence: {name: change(value) for name, value in only(evidence.right, of).items()}


def upstream(change: Change, *of: str) -> Predict:
    """The right backward of a changed dy."""

    def predict(evidence: Evidence) -> Arrays:
        dy = np.asarray(change(evidence.dy)).astype(evidence.dy.dtype)
        return only(evidence.subject.pull(evidence.arrays, evidence.config, dy).gradients, of)

    return predict


def argument(name: str, change: Callable[[Evidence], Array], *of: str) -> Predict:
    """The right backward of a changed argument, in the same shape."""

    def predict(evidence: Evidence) -> Arrays:
        changed = np.asarray(change(evidence)).astype(evidence.arrays[name].dtype)
        return only(
            evidence.subject.pull({**evidence.arrays, name: changed}, evidence.config, evidence.dy).gradients, of
        )

    return predict


def configured(change: Callable[[Evidence], Config], *of: str) -> Predict:
    """The right backward of another configuration: its dy is cut or filled with zeros at the end to fit."""

    def predict(evidence: Evidence) -> Arrays:
        config = {**evidence.config, **change(evidence)}
        out = evidence.subject.apply(evidence.arrays, config).shape
        return only(evidence.subject.pull(evidence.arrays, config, fit(evidence.dy, out)).gradients, of)

    return predict


def fit(array: Array, shape: Shape) -> Array:
    """The array cut, or filled with zeros, at the end of every axis."""
    both = tuple(slice(0, min(a, b)) for a, b in zip(array.shape, shape, strict=True))
    fitted = np.zeros(shape, array.dtype)
    fitted[both] = array[both]
    return fitted


def each(value: Any, axes: int) -> tuple[Any, ...]:
    """A keyword for each axis."""
    return tuple(value) if isinstance(value, (tuple, list)) else (value,) * axes


def keyword(evidence: Evidence, name: str, default: Any) -> tuple[Any, ...]:
    """One of the configuration's keywords for each axis."""
    value = evidence.config.get(name)
    return each(default if value is None else value, evidence.axes)
