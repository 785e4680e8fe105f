"""The order of gradients without names: that of the forward's own parameters, unless their shapes say otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from checks.adapters.plan import Plan
from checks.types import Arrays, Shape

_OTHERWISE = (
    "the backward of {name} gives its gradients in the order {ours}, as their shapes show, and its forward takes {own}"
)


class OwnOrder:
    """The order that is known so far, in ``arguments``: the forward's own, and ours once shapes fit that alone."""

    def __init__(self, plan: Plan, ours: tuple[str, ...], remarks: list[str]) -> None:
        taken = {slot: argument for argument, slot in plan.slots.items()}
        own = [taken[name] for name in plan.signature.parameters if name in taken]
        self.arguments = (*own, *(name for name in ours if name not in own))
        self._ours, self._remarks, self._name = ours, remarks, plan.name
        self._shapes: dict[str, Shape] = {}
        self._open = self.arguments != ours

    def given(self, arrays: Arrays) -> None:
        """The arrays of a forward, whose shapes those of the gradients must be."""
        if self._open:
            self._shapes = {name: array.shape for name, array in arrays.items()}

    def look(self, gradients: Any) -> None:
        """Settle which order it is where what a backward gave fits one of the two alone."""
        if not self._open or not isinstance(gradients, (tuple, list)):
            return
        own, ours = (_fit(order, gradients, self._shapes) for order in (self.arguments, self._ours))
        self._open = own == ours
        if ours and not own:
            told = {"ours": ", ".join(self._ours), "own": ", ".join(self.arguments), "name": self._name}
            self._remarks.append(_OTHERWISE.format(**told))
            self.arguments = self._ours


def _fit(order: tuple[str, ...], gradients: Sequence[Any], shapes: Mapping[str, Shape]) -> bool:
    """Whether each gradient has the shape of its argument in this order; one that is None has any."""
    pairs = [(name, each) for name, each in zip(order, gradients, strict=False) if each is not None and name in shapes]
    return all(np.shape(each) == shapes[name] for name, each in pairs)
