"""Whether the backward of an object moves its parameters by plain steps down the gradient, as copies of it show.

Plain are steps that grow as their rate and as dy does, and are the same again from the same place. Those of a momentum,
of Adam, with weight decay or clipped ones are not: no gradient shows in them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.answered import Answer
from checks.adapters.methods import STEPS, Methods
from checks.adapters.nested import flat
from checks.adapters.paths import Path, arrays_in, at, numbers_in
from checks.adapters.slots import Slot, same
from checks.adapters.steps import Rate, Steps
from checks.adapters.upstream import tried
from checks.refusals import RAISED
from checks.types import Array, Arrays

#: A second rate, as a part of the first; and how many times as large a second dy is.
_PART, _TIMES = 1 / 4, 2.0**20

#: Differences, as a share of a step, of what is the same but for rounding.
_ALIKE = 2.0**-10


@dataclass(frozen=True)
class Stepping:
    """A layer that has gone ahead and not yet back, its answer, and its parameters by name.

    ``again`` lets it go ahead once more; ``size`` is the rate at which it is tried, 0 where there is none.
    """

    methods: Methods
    layer: Any
    answer: Answer
    slots: Mapping[str, Slot]
    again: Callable[[Any], Answer]
    size: float

    def steps(self, unknown: Sequence[str]) -> tuple[Steps, dict[str, str]]:
        """How it moves its parameters, and why those of the ``unknown`` that it moves show no gradient."""
        moved, seen = self._moved(), dict[str, dict[Rate, str]]()
        for rate in self.rates() if unknown else ():
            for name, why in self._look(rate, unknown).items():
                seen.setdefault(name, {})[rate] = why
        plain = {name: rate for name, each in seen.items() for rate, why in each.items() if not why}
        left = [name for name in unknown if name in {*moved, *seen} - {*plain}]
        odd = {name: next(iter(seen.get(name, {}).values()), "nobody knows the rate of its steps") for name in left}
        kept = {name: slot for name, slot in self.slots.items() if name in {*moved, *seen}}
        together = _together(dict.fromkeys(plain.values()), self.size)
        return Steps(together, kept, tuple(plain), late=bool(plain) and self._is_late(together)), odd

    def _is_late(self, rate: Rate) -> bool:
        """Whether what a backward returns is another thing at this rate than at none: it is of what was moved.

        A step that it returns is nothing at a rate of 0, and is no gradient that changes.
        """
        with suppress(*RAISED), np.errstate(all="ignore"):
            still, moved = (self._returned(replace(rate, size=size)) for size in (0.0, rate.size))
            pairs = zip(still, moved, strict=True)
            return any(np.any(one) and np.all(np.isfinite(one)) and not _alike(one, other) for one, other in pairs)
        return False

    def _returned(self, rate: Rate) -> list[Array]:
        """Copies of the arrays that a backward returns at a rate."""
        layer, answer = deepcopy((self.layer, self.answer))
        with rate.held(layer):
            result = self._back(layer, answer, 1.0, rate.given)
        return [np.array(value) for value in flat(result) if isinstance(value, np.ndarray)]

    def made_anew(self, stable: Collection[Path]) -> list[Path]:
        """Ways to arrays that a backward moves at some rate, and not by itself, and that each forward makes anew.

        ``stable`` are those that a forward leaves as they are.
        """
        taken = {*stable, *(spot for slot in self.slots.values() for spot in slot.spots)}
        others = [way for way, value in arrays_in(self.layer) if value.dtype.kind == "f" and way not in taken]
        still = self._changed(others, replace(Rate(tuple(self.methods.rates(self.layer))), size=0.0))
        moved = {way for rate in self.rates() for way in self._changed(others, rate)}
        return [way for way in others if way in moved and way not in still]

    def _changed(self, ways: Sequence[Path], rate: Rate) -> list[Path]:
        """Which of these arrays a backward at this rate leaves with other numbers."""
        layer, answer = deepcopy((self.layer, self.answer))
        before = [np.array(at(layer, way)) for way in ways]
        with suppress(*RAISED), rate.held(layer), np.errstate(all="ignore"):
            self._back(layer, answer, 1.0, rate.given)
        return [way for way, numbers in zip(ways, before, strict=True) if not same(at(layer, way), numbers)]

    def rates(self) -> list[Rate]:
        """Every single rate there may be: of its backward, or that the layer keeps."""
        names = self.methods.rates(self.layer)
        ways = [way for way, _ in numbers_in(self.layer) if str(way[-1].key).lower() in STEPS]
        every = [*(Rate(arguments=(name,)) for name in names), *(Rate(spots=(way,)) for way in ways)]
        return [replace(rate, size=self.size) for rate in every if self.size]

    def _moved(self) -> set[str]:
        """Names of the parameters that a backward moves as it is."""
        layer, answer = deepcopy((self.layer, self.answer))
        before = {name: np.array(slot.value(layer)) for name, slot in self.slots.items()}
        self._back(layer, answer, 1.0, {})
        return {name for name, slot in self.slots.items() if not same(slot.value(layer), before[name])}

    def _look(self, rate: Rate, names: Collection[str]) -> dict[str, str]:
        """Which of these the layer moves at this rate, and why not by plain steps; empty where it does."""
        try:
            with np.errstate(all="ignore"):
                return self._judged(rate, names)
        except RAISED as error:
            return dict.fromkeys(names, f"at a rate of {rate.size:g} its backward raised {type(error).__name__}")

    def _judged(self, rate: Rate, names: Collection[str]) -> dict[str, str]:
        layer, answer = deepcopy((self.layer, self.answer))
        first = self._steps(layer, answer, rate)
        if not (moved := [name for name in names if np.any(first[name])]):
            return {}
        again = self._steps(layer, self.again(layer), rate)
        slower = self._steps(*deepcopy((self.layer, self.answer)), replace(rate, size=rate.size * _PART))
        larger = self._steps(*deepcopy((self.layer, self.answer)), rate, _TIMES)
        others = {
            "its steps do not grow as their rate does": slower,
            "its second step from the same place is another, as with momentum": again,
            "its steps do not grow as dy does, as those of Adam, clipped ones, or with weight decay": {
                name: step / _TIMES for name, step in larger.items()
            },
        }
        return {
            name: next((why for why, steps in others.items() if not _alike(first[name], steps[name])), "")
            for name in moved
        }

    def _steps(self, layer: Any, answer: Answer, rate: Rate, times: float = 1.0) -> Arrays:
        one = Steps(rate, self.slots, tuple(self.slots))
        return one.taken(layer, partial(self._back, layer, answer, times))[1]

    def _back(self, layer: Any, answer: Answer, times: float, rates: Mapping[str, float]) -> Any:
        return self.methods.back(layer, *answer.handed(times * tried(answer.y)), rates=rates)


def _together(rates: Collection[Rate], size: float) -> Rate:
    """Several rates as one."""
    arguments = dict.fromkeys(name for rate in rates for name in rate.arguments)
    return Rate(tuple(arguments), tuple(spot for rate in rates for spot in rate.spots), size)


def _alike(one: Array, other: Array) -> bool:
    return bool(np.all(np.isfinite(one)) and np.allclose(one, other, rtol=_ALIKE, atol=0.0))
