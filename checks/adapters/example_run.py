"""How an object is called for an example of its arguments."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.answered import Answer, forwarded
from checks.adapters.grown import flushed
from checks.adapters.methods import Methods
from checks.adapters.outputs import that_count
from checks.adapters.signature import read
from checks.adapters.upstream import tried
from checks.generators import Generators
from checks.types import Array, Arrays


@dataclass(frozen=True)
class Run:
    """Calls of layers with these methods for one example."""

    methods: Methods
    given: Arrays

    def inputs(self, layer: Any) -> tuple[str, ...]:
        """Those of the example that the forward takes: the others are parameters by name."""
        slots = read(self.methods.ahead(layer), tuple(self.given), "class").slots
        return tuple(name for name in self.given if name in slots) or tuple(self.given)

    def ahead(self, layer: Any) -> Answer:
        """A forward of it."""
        plan = read(self.methods.ahead(layer), tuple(self.given), "class")
        bound = plan.bind({name: value.copy() for name, value in self.given.items()}, {})
        flushed(layer)
        with Generators().seeded(0):
            return forwarded(layer, self.methods, that_count(layer), bound)

    def y(self, layer: Any) -> Array:
        """What a copy of it gives."""
        return np.array(self.ahead(deepcopy(layer)).y)

    def back(self, layer: Any, answer: Answer) -> Any:
        """A backward of it."""
        return self.methods.back(layer, *answer.handed(tried(answer.y)))
