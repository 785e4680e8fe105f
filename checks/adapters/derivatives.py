"""Pairs: a function and its derivative, ``(sigmoid, sigmoid_prime)``, or a number and its gradient, ``(f, fprime)``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import name_of
from checks.adapters.from_inputs import Called
from checks.adapters.outputs import Every
from checks.adapters.partials import OfOne
from checks.adapters.recognise import adapt
from checks.adapters.told_labels import needed
from checks.adapters.upstream import tried
from checks.errors import GradproofError
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, gradient_of

#: A forward and its backward.
Pair = tuple[Callable[..., Any], Callable[..., Any]]

#: How far a slope may be from the one of two points, relative to both.
NEAR = 1e-3

#: Numbers of both signs for a function of which nobody gave an example.
TRIED = np.array([[-1.75, -0.5, -0.25, 0.25, 0.75, 1.5], [2.25, 0.5, 1.0, -0.75, -1.25, 0.875]])

SAID = (
    "{0} is taken for the derivative of {1}: it takes {2}, and no upstream gradient, so dy is multiplied by what it "
    "gives; where it takes dy, call that dy"
)


def of_derivative(pair: Pair, given: Mapping[str, Any], remarks: list[str]) -> Pair:
    """The pair with a backward that takes dy, too, where its own gives derivatives; any other as it is.

    Its parameters have the names of the forward's; the forward saves nothing and is not linear, so that no backward of
    dy alone is right, and this one is not where it is handed dy. By another name, of y for instance, one must be right
    where it is multiplied. ``remarks`` is told so.
    """
    forward, backward = pair
    asked, taken = needed(backward), needed(forward) or list(given)
    by_name = asked == taken[: len(asked)]
    if not asked or any(is_upstream(name.lower()) for name in asked) or not (by_name or len(asked) == 1):
        return pair
    found = forward, OfOne(backward)
    arrays = {name: np.array(value) for name, value in given.items()}
    if not _gives_derivatives(found, arrays) or _follows(pair, arrays) or not (by_name or _follows(found, arrays)):
        return pair
    remarks.append(SAID.format(name_of(backward), name_of(forward), ", ".join(asked)))
    return found


def of_pointwise(layer: Any) -> tuple[Any, list[str]]:
    """A pair whose function bends, and what is to be said of it; any other layer as it is."""
    remarks: list[str] = []
    if isinstance(layer, (tuple, list)) and len(layer) == len(("forward", "backward")) and all(map(callable, layer)):
        forward, backward = layer
        layer = of_derivative((forward, backward), {"x": TRIED}, remarks)
    return layer, remarks


def _gives_derivatives(pair: Pair, arrays: Arrays) -> bool:
    """Whether nothing is saved, y bends, and the backward gives numbers in the shape of the first argument.

    That is the shape of y, too, unless y is a single number.
    """
    first, x = next(iter(arrays.items()))
    try:
        subject = adapt(pair, tuple(arrays), outputs=Every())
        bend, y = _bend(subject, arrays), _ahead(subject, arrays, 0.0)
        gradient, (_, saved) = _gradient(subject, arrays, first), subject.run_forward(arrays, {})
    except (*RAISED, GradproofError):
        return False
    return (
        isinstance(saved, Called)
        and x.dtype.kind == "f"
        and bend > NEAR
        and y.shape in {(), x.shape}
        and gradient.shape == x.shape
    )


def _follows(pair: Pair, arrays: Arrays) -> bool:
    """Whether the gradient of the first argument is the slope of dy * y in a direction."""
    first, x = next(iter(arrays.items()))
    try:
        subject = adapt(pair, tuple(arrays), outputs=Every())
        dy, step = tried(_ahead(subject, arrays, 0.0)), float(np.cbrt(np.finfo(x.dtype).eps) * max(1, np.max(abs(x))))
        rise = np.sum(dy * (_ahead(subject, arrays, step) - _ahead(subject, arrays, -step))) / (2 * step)
        slope = np.sum(_gradient(subject, arrays, first) * tried(x))
    except (*RAISED, GradproofError):
        return False
    return bool(abs(rise - slope) <= NEAR * max(abs(rise), abs(slope)))


def _bend(subject: Subject, arrays: Arrays) -> float:
    """How far y in the middle is from the mean at both ends of a line, relative to their differences; 0 if flat."""
    below, middle, above = (_ahead(subject, arrays, step) for step in (-1.0, 0.0, 1.0))
    largest = float(np.max(abs(above - middle), initial=0.0) + np.max(abs(middle - below), initial=0.0))
    return float(np.max(abs(above - 2 * middle + below), initial=0.0)) / largest if largest else 0.0


def _ahead(subject: Subject, arrays: Arrays, step: float) -> Array:
    """Y where the first argument has moved so far in a direction."""
    first, x = next(iter(arrays.items()))
    moved = {name: value.copy() for name, value in arrays.items()} | {first: x + step * tried(x).astype(x.dtype)}
    with np.errstate(all="ignore"):
        return np.asarray(subject.run_forward(moved, {})[0], np.float64)


def _gradient(subject: Subject, arrays: Arrays, first: str) -> Array:
    with np.errstate(all="ignore"):
        y, saved = subject.run_forward({name: value.copy() for name, value in arrays.items()}, {})
        return np.asarray(subject.backward(tried(y), saved)[gradient_of(first)])
