"""Gradients that an object keeps and adds to at each backward: set to zero as a training loop does before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any

import numpy as np

from checks.adapters.homes import Homes
from checks.adapters.methods import Methods
from checks.refusals import RAISED
from checks.types import Array

#: What people call the method that does it.
ZEROING = ("zero_grad", "zero_grads", "zero_gradients", "zerograd", "clear_grads", "cleargrads", "reset_grads")

#: Backwards of a layer that are looked at: the first may be of a dy that shows nothing.
LOOKS = 3


@dataclass
class Grown:
    """Which gradients of a layer grow from call to call, as far as its first backwards have shown it."""

    homes: Homes
    looks: int = 0
    seen: set[str] = field(default_factory=set)

    def look(self, layer: Any, methods: Methods, handed: tuple[Any, ...]) -> None:
        """Let a copy of the layer go back twice: what the second adds to the first once more is a sum over calls."""
        if self.seen or self.looks >= LOOKS:
            return
        self.looks += 1
        with suppress(*RAISED), np.errstate(all="ignore"):
            twin = deepcopy(layer)
            before, first, second = ((step(twin, methods, handed), self._held(twin))[1] for step in (_no, _one, _one))
            self.seen = {name for name in second if _grows(before.get(name), first[name], second[name])}

    def clear(self, layer: Any) -> None:
        """Set to zero what grows."""
        for name in self.seen:
            value = self.homes.gradient(layer, name)
            if isinstance(value, np.ndarray) and value.flags.writeable:
                value[...] = 0

    def _held(self, layer: Any) -> dict[str, Array]:
        every = {name: self.homes.gradient(layer, name) for name in self.homes.arguments}
        return {name: np.array(value, float) for name, value in every.items() if value is not None}


def zeroed(layer: Any) -> None:
    """Let a layer set its gradients to zero, where it has a method for that which needs no arguments."""
    for call in _zeroing(layer):
        call()


def _zeroing(layer: Any) -> Iterator[Callable[[], Any]]:
    for name in ZEROING:
        call = getattr(layer, name, None)
        if callable(call) and not any(map(_needed, signature(call).parameters.values())):
            yield call


def _needed(parameter: Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def _no(layer: Any, methods: Methods, handed: tuple[Any, ...]) -> None:
    """Leave a layer as it is."""


def _one(layer: Any, methods: Methods, handed: tuple[Any, ...]) -> None:
    methods.back(layer, *deepcopy(handed))


def _grows(before: Array | None, first: Array, second: Array) -> bool:
    start = before if before is not None and before.shape == first.shape else np.zeros_like(first)
    step = first - start
    return bool(np.any(step)) and first.shape == second.shape and bool(np.allclose(second - first, step, rtol=1e-3))
