"""Gradients that an object keeps and adds to at each backward: set to zero as a training loop does before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from inspect import Parameter, signature
from typing import Any

import numpy as np

from checks.adapters.gradients import by_name
from checks.adapters.holders import there
from checks.adapters.homes import Homes
from checks.adapters.instead import has_around, method_of
from checks.adapters.methods import Methods
from checks.refusals import RAISED
from checks.types import Array, gradient_of

#: What people call the method that does it, or ``_zero_grad`` and the like where they call it themselves.
_PLAINLY = (
    *("zero_grad", "zero_grads", "zero_gradient", "zero_gradients", "zerograd", "clear_grad", "clear_grads"),
    *("cleargrads", "reset_grad", "reset_grads", "reset_gradient", "reset_gradients", "set_grad_zero"),
)
ZEROING = (*_PLAINLY, *(f"_{name}" for name in _PLAINLY))

#: The same of methods that may let go of what forwards have saved, too: those are called before a forward.
FLUSHING = ("flush_gradients", "flush_grads", "clear_gradients")

#: Methods that may bring to rest what a layer carries from one forward to the next; called where ``at_rest`` saw that.
RESTING = (
    *("reset_state", "reset_states", "reset_hidden", "reset_hidden_state", "reset_hidden_states", "reset_memory"),
    *("clear_state", "init_hidden", "init_state", "init_states", "initialize_hidden", "reset"),
)

#: By what part of itself a gradient must change to tell whether it grows, and how far a second change may be off.
TELLING = 1e-3

#: Backwards of a layer that are looked at: the first may be of a dy that shows nothing.
LOOKS = 3


@dataclass
class Grown:
    """Which gradients of a layer grow from call to call, as far as its first backwards have shown it."""

    homes: Homes
    looks: int = 0
    seen: set[str] = field(default_factory=set)

    def look(self, layer: Any, methods: Methods, handed: tuple[Any, ...]) -> None:
        """Let a copy of the layer go back twice: what the second adds to the first once more is a sum over calls.

        What it returns is its caller's, who may keep it: that is not set to zero.
        """
        if self.seen or self.looks >= LOOKS:
            return
        self.looks += 1
        with suppress(*RAISED), np.errstate(all="ignore"):
            twin = deepcopy(layer)
            before = self._held(twin)
            given = by_name(_back(twin, methods, handed), self.homes.returned)
            first = self._held(twin)
            _back(twin, methods, handed)
            second = {name: value for name, value in self._held(twin).items() if gradient_of(name) not in given}
            self.seen = {name for name in second if _grows(before.get(name), first[name], second[name])}

    def clear(self, layer: Any) -> None:
        """Set to zero what grows."""
        for name in self.seen:
            self.homes.clear(layer, name)

    def _held(self, layer: Any) -> dict[str, Array]:
        every = {name: self.homes.gradient(layer, name) for name in self.homes.arguments}
        return {name: np.array(value, float) for name, value in every.items() if value is not None}


def zeroed(layer: Any) -> None:
    """Let a layer set its gradients to zero, where it has a method for that which needs no arguments."""
    for name, call in emptying(layer, ZEROING):
        _call(name, call, "backward")


def flushed(layer: Any) -> None:
    """Let a layer let go of its gradients and of what it keeps of earlier forwards, where it has methods for that."""
    for name, call in before_forward(layer):
        _call(name, call, "forward")


def _call(name: str, call: Callable[[], Any], when: str) -> None:
    """Call a method of a layer that nobody has asked for; what it raises says which that was."""
    try:
        call()
    except Exception as error:
        error.add_note(f"raised in {name}(), which is called before each {when}")
        raise


def before_forward(layer: Any) -> Iterator[tuple[str, Callable[[], Any]]]:
    """What is called before each forward."""
    yield from emptying(layer, (*FLUSHING, *(name for name in RESTING if has_around(layer, name))))


def emptying(layer: Any, names: Iterable[str]) -> Iterator[tuple[str, Callable[[], Any]]]:
    """Those of these methods that a layer has, that need no arguments, and that are not left alone."""
    for name in names:
        call = method_of(layer, name) if callable(there(layer, name)) else None
        if callable(call) and not any(map(_needed, signature(call).parameters.values())):
            yield name, call


def _needed(parameter: Parameter) -> bool:
    return parameter.default is parameter.empty and parameter.kind is parameter.POSITIONAL_OR_KEYWORD


def _back(layer: Any, methods: Methods, handed: tuple[Any, ...]) -> Any:
    return methods.back(layer, *deepcopy(handed))


def _grows(before: Array | None, first: Array, second: Array) -> bool:
    start = before if before is not None and before.shape == first.shape else np.zeros_like(first)
    step, size = first - start, np.max(np.abs(first), initial=0.0)
    largest = np.max(np.abs(step), initial=0.0)
    if first.shape != second.shape or largest <= TELLING * size:  # nearly the gradient of an earlier call
        return False
    return bool(np.allclose(second - first, step, rtol=TELLING, atol=TELLING * largest))
