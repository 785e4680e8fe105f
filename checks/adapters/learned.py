"""How a layer of a family moves its parameters, as its first backwards show it: of one on examples that is known."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checks.adapters.answered import Answer
from checks.adapters.gradients import by_name
from checks.adapters.homes import Homes
from checks.adapters.methods import Methods
from checks.adapters.remarks import about_steps
from checks.adapters.slots import Slot, slot_of
from checks.adapters.stepping import Stepping
from checks.adapters.steps import SIZES, Steps
from checks.refusals import RAISED
from checks.types import gradient_of

#: Backwards that are looked at: one that has moved nothing then never does.
LOOKS = 3


@dataclass
class Learned:
    """What is known so far; ``own`` are the arguments that the layer keeps, in no hand of its forward."""

    homes: Homes
    own: tuple[str, ...]
    remarks: list[str]
    steps: Steps = field(default_factory=Steps)
    looks: int = 0

    def of(self, layer: Any, methods: Methods, answer: Answer) -> Steps:
        """Those of a layer that has gone ahead, for arrays of the format of y.

        Raises NotImplementedError where its gradients may show in its steps alone, and these would overflow.
        """
        size, slots = SIZES.get(np.asarray(answer.y).dtype.name, 0.0), self._slots(layer)
        if not self.steps.moved and self.looks < LOOKS:
            self.looks += bool(size)
            self._look(Stepping(methods, layer, answer, slots, lambda _: answer, size or 1.0), size)
        if not size and self.steps.read:
            raise _refusal(answer, self.steps.read)
        there = {name: slot for name, slot in slots.items() if name in self.steps.moved}
        return Steps(replace(self.steps.rate, size=size), there, tuple(filter(there.get, self.steps.read)))

    def _slots(self, layer: Any) -> dict[str, Slot]:
        found = {name: slot_of(layer, name) for name in self.own}
        return {name: slot for name, slot in found.items() if slot and isinstance(slot.value(layer), np.ndarray)}

    def _look(self, stepping: Stepping, size: float) -> None:
        try:
            unknown = self._unknown(stepping)
        except RAISED:  # it will say so once more
            return
        if not size and unknown and stepping.rates():
            raise _refusal(stepping.answer, unknown)
        self.steps, odd = stepping.steps(unknown if size else ())
        self.remarks.extend(each for each in about_steps(self.steps, odd) if each not in self.remarks)

    def _unknown(self, stepping: Stepping) -> list[str]:
        """Names of what it keeps whose gradient it neither gives nor keeps."""
        layer, answer = deepcopy((stepping.layer, stepping.answer))
        dy = np.ones_like(answer.y)
        with np.errstate(all="ignore"):
            given = by_name(stepping.methods.back(layer, *answer.handed(dy)), self.homes.returned)
        alone = [name for name in stepping.slots if gradient_of(name) not in given]
        return [name for name in alone if self.homes.gradient(layer, name) is None]


def _refusal(answer: Answer, names: Sequence[str]) -> NotImplementedError:
    return NotImplementedError(
        f"gradients of {', '.join(names)} show in the steps of the backward alone, and no step in "
        f"{np.asarray(answer.y).dtype} is large enough; expected {' or '.join(SIZES)}"
    )
