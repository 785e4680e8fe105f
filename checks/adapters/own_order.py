"""The order of gradients without names: that of the forward's own parameters, unless names or shapes say otherwise.

``return dW, db, dA_prev`` says by its names whose gradients these are; so do shapes that leave no other order.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from checks.adapters.gradients import argument_keys, spread
from checks.adapters.plan import Plan
from checks.adapters.returned_names import returned_names
from checks.types import Arrays, Shape

_OTHERWISE = (
    "the backward of {name} gives its gradients in the order {order}, as their {shown} show, and its forward takes "
    "{own}"
)


class OwnOrder:
    """The order that is known so far, in ``arguments``: the forward's own, and another once that alone fits.

    Names of what the backward returns tell it, or ours, or shapes that are those of all arguments, each of its own.
    """

    def __init__(
        self, plan: Plan, ours: tuple[str, ...], remarks: list[str], backward: Callable[..., Any] | None = None
    ) -> None:
        taken = {slot: argument for argument, slot in plan.slots.items()}
        own = [taken[name] for name in plan.signature.parameters if name in taken]
        self.arguments = (*own, *(name for name in ours if name not in own))
        self._ours, self._remarks, self._name = ours, remarks, plan.name
        self._slots, self._backward = tuple(plan.slots.items()), backward
        self._shapes: dict[str, Shape] = {}
        self._open = len(self.arguments) > 1
        self._seen = False  # gradients of the first shapes, those of the example as it was given

    def given(self, arrays: Arrays) -> None:
        """The arrays of a forward, whose shapes those of the gradients must be."""
        if self._open:
            self._shapes = {name: array.shape for name, array in arrays.items()}

    def look(self, gradients: Any) -> None:
        """Settle which order it is where what a backward gave fits one alone, or is called by names that fit."""
        each = spread(gradients, self.arguments) if self._open else None
        if not isinstance(each, (tuple, list)) or len(each) < len(("one", "another")):
            return
        if self._named and _fit(self._named, each, self._shapes):
            self._settle(self._named, "names")
            return
        own, ours = (_fit(order, each, self._shapes) for order in (self.arguments, self._ours))
        if not own and self._seen and _stretched(self.arguments, each, self._shapes):
            return
        self._seen = True
        if ours and not own:
            self._settle(self._ours, "shapes")
        elif not own and (shown := self._by_shape(each)):
            self._settle(shown, "shapes")
        self._open = self._open and not (own and self._alone(ours=ours))

    def _settle(self, order: tuple[str, ...], shown: str) -> None:
        self._open, whole = False, (*order, *(name for name in self.arguments if name not in order))
        if whole != self.arguments:
            told = {"order": ", ".join(order), "own": ", ".join(self.arguments), "name": self._name, "shown": shown}
            self._remarks.append(_OTHERWISE.format(**told))
            self.arguments = whole

    @cached_property
    def _named(self) -> tuple[str, ...]:
        """The order in which a backward returns what it calls by the names of all gradients; empty of any other."""
        names = returned_names(self._backward) if self._backward else ()
        keys = argument_keys(names, self.arguments, self._slots)
        owners = {key: argument for argument, key in keys.items()}
        return tuple(owners.get(name, "") for name in names) if len(owners) == len(names) else ()

    def _by_shape(self, gradients: Sequence[Any]) -> tuple[str, ...]:
        """The order in which these have the shapes of all arguments, each of its own; empty where they have others."""
        owners = {shape: name for name, shape in self._shapes.items()}
        found = tuple(owners.get(np.shape(each), "") for each in gradients)
        return found if len(owners) == len(self._shapes) and {*found} == {*self._shapes} else ()

    def _alone(self, *, ours: bool) -> bool:
        """Whether no other order fits where the forward's own one does."""
        return not ours if self.arguments != self._ours else len({*self._shapes.values()}) == len(self._shapes)


def _stretched(order: tuple[str, ...], gradients: Sequence[Any], shapes: Mapping[str, Shape]) -> bool:
    """Whether in this order NumPy would repeat each to the shape of its argument, or its argument to that of it.

    A layer that does not add up what it repeats gives such where other shapes than the first are tried: no order.
    """
    pairs = [(np.shape(each), shapes[name]) for name, each in zip(order, gradients, strict=False) if name in shapes]
    lengths = (both for pair in pairs for both in zip(*map(reversed, pair), strict=False))
    return all(these == those or 1 in {these, those} for these, those in lengths)


def _fit(order: tuple[str, ...], gradients: Sequence[Any], shapes: Mapping[str, Shape]) -> bool:
    """Whether each gradient has the shape of its argument in this order; one that is None has any."""
    pairs = [(name, each) for name, each in zip(order, gradients, strict=False) if each is not None and name in shapes]
    return all(np.shape(each) == shapes[name] for name, each in pairs)
