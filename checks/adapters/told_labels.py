"""Backwards of objects that are told again what the forward was given beside its first argument, as of a loss.

``backward(label_tensor)`` beside ``forward(prediction_tensor, label_tensor)``: these are no upstream gradients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import name_of
from checks.adapters.example_run import Run
from checks.adapters.gradients import by_name
from checks.adapters.holders import attributes
from checks.adapters.homes import ByName
from checks.adapters.instead import method_of, put_around
from checks.adapters.left import OUTPUTS
from checks.adapters.methods import Methods, steps_among, told_parameters
from checks.adapters.partials import Holding, holding_arguments
from checks.adapters.upstream import tried
from checks.adapters.words import first_present
from checks.refusals import RAISED
from checks.types import Array, Arrays, gradient_of

#: What people call them, in lower case.
LABELS = frozenset(
    {"y", "t", "label", "labels", "label_tensor", "target", "targets", "y_true", "truth", "expected", "y_batch"}
)

#: Sizes of dy, beside 1, for which a backward is tried.
FACTORS = (2.0, -1.0, 1 / 64)


class ToldAgain(Holding):
    """A backward that is told labels by name; ``wanted`` says what it takes by place where that is not dy.

    ``left`` is the attribute that holds it then, where it is what the forward left in one.
    """

    wanted: tuple[str, ...] = ()
    left: str = ""


@dataclass(frozen=True)
class Told:
    """A layer whose backward takes these values again; ``names`` are those of the examples among them.

    ``others`` are its other parameters, which are given ``wanted`` where that is not dy, from the attribute ``left``
    where that has a name.
    """

    layer: Any
    methods: Methods
    values: Mapping[str, Any]
    names: Sequence[str]
    others: Sequence[str]
    wanted: tuple[str, ...] = ()
    left: str = ""

    def around(self, given: Mapping[str, Any]) -> Any:
        """A copy of the layer that has these labels, both ways."""
        held = {name: given[name] for name in self.names}
        found = holding_arguments(self.layer, self.methods, **held) if held else copy(self.layer)
        put_around(found, self.methods.backward, self._again)
        return found

    def _again(self, backward: Any) -> Any:
        found = ToldAgain(backward, **self.values)
        found.wanted, found.left = self.wanted, self.left
        return found

    def remark(self, first: str) -> str:
        """How the backward is called."""
        every = ", ".join([*self.others, *self.values])
        what = f"what the forward left in {self.left}" if self.left else first if self.wanted else "dy"
        taken = [f"{name} is {what}" for name in self.others]
        said = "; ".join([*taken, f"{', '.join(self.values)} as the forward was given"])
        dy = "" if "dy" in said else ", and its gradients are taken to be those for dy = 1"
        call = f"{name_of(self.layer)}.{self.methods.backward}({every})"
        return f"called with what the forward was given: {call}, {said}{dy}"


def told_again(layer: Any, methods: Methods, given: Mapping[str, Any]) -> Told | None:
    """How a backward takes again what its forward is given, or holds; None where it does not, or where it fails."""
    later = {**_held(methods.ahead(layer)), **dict(list(given.items())[1:])}
    values, names = dict[str, Any](), list[str]()
    asked = needed(method_of(layer, methods.backward))
    for parameter, name in meant(asked, list(later)):
        values[parameter] = later[name]
        names += [name] if name in given else []
    others = [name for name in asked if name not in values]
    if not values or len(others) > 1:
        return None
    plain = Told(layer, methods, values, names, others)
    if (not others or others[0] not in given) and _fits(plain, given):
        return plain
    ways = [replace(plain, wanted=("left",), left=name) for name in _left_by(plain, given)] if others else []
    ways += [replace(plain, wanted=("x",))] if others else []
    fitting = [told for told in ways if _fits(told, given)]
    agreeing = [told for told in fitting if len(fitting) > 1 and _agrees(told, given)]
    return next(iter([*agreeing, *fitting]), None)


def _left_by(plain: Told, given: Mapping[str, Any]) -> list[str]:
    """The attribute in which a forward left something of the shape of its first argument, under a name of an output.

    Of a backward that calls what it takes by the name of an argument, none.
    """
    arrays = {name: np.asarray(value) for name, value in given.items()}
    layer = plain.around(arrays)
    try:
        Run(plain.methods, {name: value for name, value in arrays.items() if name not in plain.names}).ahead(layer)
    except RAISED:
        return []
    shape, there = next(iter(arrays.values())).shape, attributes(layer)
    found = first_present(OUTPUTS, {name: value for name, value in there.items() if np.shape(value) == shape})
    return [found] if found and plain.others[0] not in given else []


def _agrees(told: Told, given: Mapping[str, Any]) -> bool:
    """Whether the gradient of the first argument is the derivative of y, one number, along a direction."""
    arrays = {name: np.asarray(value) for name, value in given.items()}
    first, value = next(iter(arrays.items()))
    try:
        step, way = np.cbrt(np.finfo(value.dtype).eps), tried(value) * (np.abs(value).max() or 1)
        with np.errstate(all="ignore"):
            high, low = (_y(told, {**arrays, first: value + far * way}) for far in (step, -step))
            along = _gradient(told, arrays, 1.0) * way
    except RAISED:
        return False
    wanted = (high - low) / (2 * step)
    return bool(np.size(wanted) == 1 and abs(along.sum() - wanted) <= 8 * step * np.abs(along).sum())


def _y(told: Told, arrays: Arrays) -> Array:
    """What a forward of it gives."""
    rest = {name: value for name, value in arrays.items() if name not in told.names}
    return Run(told.methods, rest).y(told.around(arrays))


def _held(forward: Any) -> dict[str, Any]:
    """What is held for a forward by name."""
    found: dict[str, Any] = {}
    while isinstance(forward, partial):
        found, forward = {**forward.keywords, **found}, forward.func
    return found


def needed(backward: Any) -> list[str]:
    """Names of what a backward must be given, but for the sizes of its steps."""
    parameters = told_parameters(backward) or ()
    steps = steps_among(parameters)
    places = {parameter.POSITIONAL_OR_KEYWORD for parameter in parameters}
    without = (each for each in parameters if each.default is each.empty and each.kind in places)
    return [each.name for each in without if each.name not in steps]


def meant(asked: Sequence[str], later: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Which of the forward's later arguments these parameters take: of the same name, or labels both."""
    labels = [name for name in later if name.lower() in LABELS]
    for parameter in asked:
        if parameter in later and not is_upstream(parameter.lower()):
            yield parameter, parameter
        elif parameter.lower() in LABELS and len(labels) == 1:
            yield parameter, labels[0]


def _fits(told: Told, given: Mapping[str, Any]) -> bool:
    """Whether it then gives a gradient of the first argument, in its shape, and none of the labels.

    Where a parameter takes dy, that gradient grows as dy does, or takes no notice of it: labels that are subtracted
    from dy, or divided by it, are meant for predictions.
    """
    arrays = {name: np.asarray(value) for name, value in given.items()}
    takes_dy = told.others and not told.wanted
    try:
        with np.errstate(all="ignore"):
            one, *more = (_gradient(told, arrays, factor) for factor in ((1.0, *FACTORS) if takes_dy else (1.0,)))
    except RAISED:
        return False
    if one.shape != next(iter(arrays.values())).shape:
        return False
    grows = all(np.allclose(each, factor * one) for each, factor in zip(more, FACTORS, strict=False))
    return grows or all(np.allclose(each, one) for each in more)


def _gradient(told: Told, arrays: Arrays, factor: float) -> Array:
    """That of the first argument, for an upstream gradient of this size; empty where there is one of the labels."""
    first, homes, layer = next(iter(arrays)), ByName(tuple(arrays)), told.around(arrays)
    run = Run(told.methods, {name: value for name, value in arrays.items() if name not in told.names})
    answer = run.ahead(layer)
    found = by_name(told.methods.back(layer, *answer.handed(factor * tried(answer.y))), homes.arguments)
    every = {name: found.get(gradient_of(name), homes.gradient(layer, name)) for name in arrays}
    return np.array([] if any(every[name] is not None for name in told.names) else every[first], float)
