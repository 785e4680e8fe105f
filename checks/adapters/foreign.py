"""Functions of any other framework that has tensors of its own and differentiates what is done with them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.described import watched
from checks.adapters.signature import read
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


@dataclass(frozen=True)
class Framework:
    """A framework in three functions; called with one of its functions, it gives a layer that ``examine`` takes.

    ``tensor(array)`` is a tensor that can be differentiated by, ``array(tensor)`` its numbers, and ``gradients(y,
    tensors, dy)`` one tensor for each of ``tensors``, in their order: the gradients of sum(dy * y), None for zero;
    ``y`` and ``dy`` are tensors, too. One that gives other gradients, or raises, where it is asked twice of one ``y``,
    whose graph is used up, is a hazard.
    """

    tensor: Callable[[Array], Any]
    array: Callable[[Any], Any]
    gradients: Callable[[Any, Sequence[Any], Any], Iterable[Any]]

    def __call__(self, function: Callable[..., Any]) -> Foreign:
        """A function of the framework's tensors as a layer; its keywords are read from its signature."""
        return Foreign(self, function)


@dataclass(frozen=True)
class Foreign:
    """A function of a framework's tensors."""

    framework: Framework
    function: Callable[..., Any]

    def adapt(self, arguments: tuple[str, ...]) -> Subject:
        """Subject from the function.

        Raises UsageError where its signature cannot be understood.
        """
        plan = read(self.function, arguments, "function")

        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            tensors = {name: self.framework.tensor(value) for name, value in arrays.items()}
            y = plan.call(self.function, tensors, config)
            return np.asarray(self.framework.array(y)), (y, tensors, arrays)

        return watched(plan, Subject(name_of(self.function), forward, self._pull, plan.limits(), used_up=True))

    def _pull(self, dy: Array, saved: Any) -> Arrays:
        y, tensors, arrays = saved
        found = self.framework.gradients(y, list(tensors.values()), self.framework.tensor(dy))
        return {
            gradient_of(name): np.zeros_like(arrays[name]) if value is None else np.asarray(self.framework.array(value))
            for name, value in zip(tensors, found, strict=True)
        }
