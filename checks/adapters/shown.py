"""How an object, or one of a class, is shown in the calls of a case: what its adapter does with it, as source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checks.adapters.backwards import Backward
from checks.adapters.constructor import Constructor
from checks.adapters.grown import Grown
from checks.adapters.holders import attributes, has_bias, held_at, no_bias
from checks.adapters.imports import imported
from checks.adapters.inner import part_of
from checks.adapters.methods import Methods
from checks.adapters.paths import Attribute, Item, Path, arrays_in
from checks.adapters.preamble import Shown, as_you_build_it, called, lines_of, preamble
from checks.adapters.reused import Reused, Spot
from checks.adapters.signature import Plan
from checks.adapters.slots import Slot, slot_of
from checks.adapters.sources import placed, variable
from checks.adapters.spelling import call_text, named, plain, spelled
from checks.errors import UnscriptedError
from checks.generators import Generators
from checks.types import Arrays, Config


@dataclass(frozen=True)
class ObjectSource:
    """Shows an object; ``slots`` are known places of its arrays, ``unbuilt`` says that its first forward makes them.

    ``result`` is what a backward of it once gave; ``grown`` knows what is set to zero before each. ``switched`` are the
    lines that bring it into its mode, ``unexamined`` names arrays that it holds and no case replaces.
    """

    layer: Any
    methods: Methods
    method: Plan
    back: Backward
    grown: Grown
    slots: Mapping[str, Slot] = field(default_factory=dict)
    result: Any = None
    unbuilt: bool = False
    switched: Sequence[str] = ()
    unexamined: Mapping[str, Slot | None] = field(default_factory=dict)

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """The object as its user builds it, with the arrays that it holds and nobody examines."""
        held, far = _held(self.layer, self.unexamined)
        own = f", with the very {', '.join(far)} that it had here: what must be is of these" if far else ""
        built = f"{as_you_build_it(self.layer)}  # as you build it{own}"
        lines = lines_of(type(self.layer).__name__, built, [*held, *self.switched])
        shown = self.shown(arrays, config, lines)
        return preamble(shown) if shown else ""

    def shown(self, arrays: Arrays, config: Config, built: Sequence[str], taken: Sequence[str] = ()) -> Shown | None:
        """The object in the calls of this case, but for the arrays ``taken``; None where one has no place."""
        layer, homes, last = self.layer, self.back.homes, self.back.last
        names = {name: variable(name) for name in arrays}
        call = call_text(self.method, {name: text for name, text in names.items() if name in self.method.slots}, config)
        placed = [name for name in arrays if name not in {*self.method.slots, *taken}]
        part = part_of(layer, placed)
        lacks = "weight" in placed and "bias" not in arrays and has_bias(part)
        zeros = {"bias": no_bias(part, arrays["weight"]).shape} if lacks else {}
        found = {name: self.slots.get(name) or slot_of(layer, name) for name in (*placed, *zeros)}
        slots = {name: slot for name, slot in found.items() if slot}
        if len(slots) < len(found):
            return None
        ways = {name: self._way(name, homes.gradient(layer, name)) for name in arrays}
        before = [f"{called(layer, self.methods, call)}  # builds its parameters"] if self.unbuilt and placed else []
        whole = Shown(layer, self.methods, tuple(arrays), call, slots, homes.returned, ways, built, before, zeros)
        result = self.result if last is None or last.result is None else last.result
        return replace(
            whole,
            answer=last.answer if last else None,
            result=result,
            grown=self.grown.seen,
            steps=self.back.steps,
            renewed=homes.renewed,
            emptied=self.back.updates.ways,
        )

    def _way(self, name: str, gradient: Any) -> Path:
        """The way to an array that the object keeps as a gradient; none where it keeps none."""
        if name in self.slots:
            return self.slots[name].gradient
        return next((path for path, value in arrays_in(self.layer) if value is gradient), ())


@dataclass(frozen=True)
class ClassSource:
    """Shows an object of a class, which is built with what a case asks for and used again and again."""

    kind: type
    methods: Methods
    constructor: Constructor
    method: Plan
    objects: Reused
    back: Backward
    grown: Grown

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """The object as it was built last, or as it would be for this case."""
        for numbers in self._forms(arrays, config):
            with suppress(Exception), Generators().seeded(0):  # whatever a constructor says of these numbers
                fresh = self.constructor.bind(arrays, numbers)
                return self._text(arrays, config, numbers, self.kind(*fresh.args, **fresh.kwargs))
        return ""

    def _forms(self, arrays: Arrays, config: Config) -> list[Config]:
        """Those numbers first with which the last object was built."""
        handed, last = self.constructor.handed(arrays), self.objects.told

        def differs(numbers: Config) -> bool:
            bound = self.constructor.bind(arrays, numbers).arguments
            return {name: value for name, value in bound.items() if name not in handed} != last

        return sorted(self.constructor.forms(arrays, config), key=differs)

    def _text(self, arrays: Arrays, config: Config, numbers: Config, fresh: Any) -> str:
        handed, last, name = self.constructor.handed(arrays), self.back.last, self.kind.__name__
        one = ObjectSource(
            last.layer if last else fresh,
            self.methods,
            self.method,
            self.back,
            self.grown,
            self.back.homes.places,
            unbuilt=self._unbuilt(fresh, arrays),
        )
        names = named({each: variable(each) for each in arrays})
        call = f"{imported(name).name}({spelled(self.constructor.bind(names, numbers))})"
        shown = one.shown(arrays, config, lines_of(name, "None" if handed else call), tuple(handed.values()))
        return preamble(self._handed(shown, handed, call) if handed else shown) if shown else ""

    def _unbuilt(self, fresh: Any, arrays: Arrays) -> bool:
        """Whether its weight is made in its first forward."""
        elsewhere = {*self.constructor.handed(arrays).values(), *self.method.slots, *self.back.homes.places}
        return "weight" in arrays.keys() - elsewhere and held_at(part_of(fresh), "weight") is None

    def _handed(self, shown: Shown, handed: Mapping[str, str], call: str) -> Shown:
        """An object whose constructor takes arrays: given others later, or built anew where it does not keep them."""
        spots = self.objects.spots
        if not all(spots.get(parameter) for parameter in handed):
            return replace(shown, built=[f"{shown.built[0]}\n"], ahead=[f"layer = {call}", *shown.ahead])
        slots = {name: Slot(tuple(map(_path, spots[parameter]))) for parameter, name in handed.items()}
        again = ["global layer", f"layer = layer or {call}"]
        return replace(shown, ahead=[*again, *shown.ahead], slots={**slots, **shown.slots})


def _held(layer: Any, left: Mapping[str, Slot | None]) -> tuple[list[str], list[str]]:
    """Lines that set the arrays of these names, and the names of what is too large, or in a place that is not known."""
    lines, far = list[str](), list[str]()
    for name, slot in left.items():
        value = slot.value(layer) if slot else attributes(layer).get(name)
        try:
            held = plain(value) if isinstance(value, np.ndarray) else ""
            lines += [placed(layer, slot, held) if slot else f"layer.{name} = {held}"] if held else []
            far += [] if isinstance(value, np.ndarray) else [name]
        except UnscriptedError:
            far.append(name)
    return lines, far


def _path(spot: Spot) -> Path:
    name, *keys = spot
    return (Attribute(name), *map(Item, keys))
