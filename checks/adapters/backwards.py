"""The backward of an object that has run forward, and what its first ones have shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.answered import Answer
from checks.adapters.callables import name_of
from checks.adapters.gradients import by_name
from checks.adapters.grown import Grown, zeroed
from checks.adapters.homes import Homes
from checks.adapters.learned import Learned
from checks.adapters.left_beside import LeftBeside
from checks.adapters.methods import Methods
from checks.adapters.stacks import Stacks
from checks.adapters.steps import Steps
from checks.adapters.templates import of_samples, template
from checks.adapters.updates import Updates
from checks.errors import HiddenStepsError, UsageError
from checks.types import Array, Arrays, gradient_of

#: What a gradient may be that is multiplied.
ARRAYS = (np.ndarray, np.generic)


@dataclass
class Ran:
    """A layer that has run forward, by which methods, and what its forward gave; ``backwards`` counts what followed.

    ``result`` is what the last of those gave.
    """

    layer: Any
    methods: Methods
    answer: Answer
    backwards: int = 0
    result: Any = None


class Backward:
    """Gradients of a layer that has run; ``remarks`` is told of those for which there is no argument.

    ``last`` is what it was asked for most recently.
    """

    def __init__(self, homes: Homes, remarks: list[str], steps: Steps | Learned) -> None:
        self.homes, self.remarks, self._known = homes, remarks, steps
        self.grown, self.stacks, self._beside = Grown(homes), Stacks(), LeftBeside(homes.arguments, remarks)
        self.updates = Updates(remarks)
        self.last: Ran | None = None

    @property
    def steps(self) -> Steps:
        """How the layer moves what it keeps, as far as that is known."""
        return self._known if isinstance(self._known, Steps) else self._known.steps

    def _steps(self, ran: Ran) -> Steps:
        return self._known if isinstance(self._known, Steps) else self._known.of(ran.layer, ran.methods, ran.answer)

    def from_zero(self, dy: Array, ran: Ran) -> Arrays:
        """Gradients from zero, as a training loop has them: whether they grow is for the law ``repeatable`` to say."""
        self.grown.look(ran.layer, ran.methods, ran.answer.handed(dy))
        self.grown.clear(ran.layer)
        return self.once(dy, ran)

    def once(self, dy: Array, ran: Ran) -> Arrays:
        """Gradients as the layer gives or keeps them, or as its steps show them.

        Raises RuntimeError where an earlier backward took what the forward had saved, HiddenStepsError where its
        steps are lost beside what they move.
        """
        if self.stacks.takes and ran.backwards:
            raise RuntimeError("its first backward took from a list what this forward had put there")
        ran.backwards, self.last = ran.backwards + 1, ran
        lists = self.stacks.of(ran.layer)
        zeroed(ran.layer)
        self.updates.made(ran.layer)
        handed = ran.answer.handed(dy)
        known = self._steps(ran)
        if lost := known.hidden(ran.layer, dy):
            raise HiddenStepsError(f"steps for so small a dy are lost beside {', '.join(lost)}, which they move")
        if lost := known.endless(ran.layer):
            raise HiddenStepsError(f"no step shows in {', '.join(lost)}, which it moves and which is not finite")
        ran.result, steps = known.taken(ran.layer, lambda rates: ran.methods.back(ran.layer, *handed, rates=rates))
        self.stacks.look_again(lists)
        self.updates.look(ran.layer, ran.methods, handed)
        found = {gradient_of(name): step for name, step in steps.items()}
        found |= by_name(ran.result, self.homes.returned, self.remarks)
        for argument in self.homes.arguments:
            if gradient_of(argument) not in found and (kept := self.homes.gradient(ran.layer, argument)) is not None:
                found[gradient_of(argument)] = _own(kept)
        if isinstance(self._known, Learned):
            self._beside.look(ran.layer)
        takes_dy = ran.methods.asks(ran.layer) and not ran.answer.of_one
        return found if takes_dy else _times(dy, found, ran)


def _times(dy: Array, gradients: Arrays, ran: Ran) -> Arrays:
    """What a backward owes for dy that took it to be 1.

    Raises UsageError where y is no single number.
    """
    if dy.size != 1:
        name = name_of(ran.layer)
        again = ", but what the forward was given," if ran.answer.of_one else ","
        whole = of_samples(name, ran.methods.ahead(ran.layer)) if ran.answer.of_one else template("class", name, ("x",))
        raise UsageError(
            f"{name}.{ran.methods.backward}() takes no upstream gradient{again} and y is of shape {dy.shape}; expected "
            f"a loss whose y is one number, or a {ran.methods.backward} that takes dy; write the adapter:\n{whole}"
        )
    return {of: value * dy.reshape(()) if isinstance(value, ARRAYS) else value for of, value in gradients.items()}


def _own(value: Any) -> Any:
    """What a layer keeps in an attribute is its own to write to again: the caller's is a copy."""
    return value.copy() if isinstance(value, np.ndarray) else value
