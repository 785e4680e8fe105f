"""Backwards of objects that are told again what the forward was given beside its first argument, as of a loss.

``backward(label_tensor)`` beside ``forward(prediction_tensor, label_tensor)``: these are no upstream gradients.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.backward_order import is_upstream
from checks.adapters.callables import name_of
from checks.adapters.example_run import Run
from checks.adapters.gradients import by_name
from checks.adapters.homes import ByName
from checks.adapters.instead import method_of, put_around
from checks.adapters.methods import Methods, steps_among, told_parameters
from checks.adapters.partials import Holding, holding_arguments
from checks.adapters.upstream import tried
from checks.refusals import RAISED
from checks.types import Array, Arrays, gradient_of

#: What people call them, in lower case.
LABELS = frozenset(
    {"y", "t", "label", "labels", "label_tensor", "target", "targets", "y_true", "truth", "expected", "y_batch"}
)

#: Sizes of dy, beside 1, for which a backward is tried.
FACTORS = (2.0, -1.0, 1 / 64)


class ToldAgain(Holding):
    """A backward that is told labels by name; ``wanted`` says what it takes by place where that is not dy."""

    wanted: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """A layer whose backward takes these values again; ``names`` are those of the examples among them.

    ``others`` are its other parameters, which are given ``wanted`` where that is not dy.
    """

    layer: Any
    methods: Methods
    values: Mapping[str, Any]
    names: Sequence[str]
    others: Sequence[str]
    wanted: tuple[str, ...] = ()

    def around(self, given: Mapping[str, Any]) -> Any:
        """A copy of the layer that has these labels, both ways."""
        held = {name: given[name] for name in self.names}
        found = holding_arguments(self.layer, self.methods, **held) if held else copy(self.layer)
        put_around(found, self.methods.backward, self._again)
        return found

    def _again(self, backward: Any) -> Any:
        found = ToldAgain(backward, **self.values)
        found.wanted = self.wanted
        return found

    def remark(self, first: str) -> str:
        """How the backward is called."""
        every = ", ".join([*self.others, *self.values])
        taken = [f"{name} is {first}" if self.wanted else f"{name} is dy" for name in self.others]
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
    ways: tuple[tuple[str, ...], ...] = ((),) if not others else (("x",),) if others[0] in given else ((), ("x",))
    every = (Told(layer, methods, values, names, others, wanted) for wanted in ways)
    return next((told for told in every if _fits(told, given)), None)


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
