"""The calls of a law in their order, as lines of a script."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from checks.adapters.sources import handed_over, variable
from checks.claim import KEY, Verdict
from checks.diagnosis.arrays import laid_out, lying, plain
from checks.diagnosis.constants import Constants, free_name
from checks.diagnosis.events import ANOTHER, GIVEN, LAYER, Backward, Event, Forward, Handed, Written
from checks.types import Config, gradient_of

#: The seed of what a backward draws.
DRAW = "draw"

#: The arguments of a forward as source, from the names of its arrays by argument and its configuration.
Spelled: TypeAlias = Callable[[Mapping[str, str], Config], str]


@dataclass
class Calls:
    """Calls that a script makes; ``spell`` spells a forward, ``constants`` are the arrays that are handed over.

    ``functions`` says what stands behind the names of the functions that a forward, by its number, and its backward
    call: nothing where there is one pair of them.
    """

    events: Sequence[Event]
    spell: Spelled
    constants: Constants = field(default_factory=Constants)
    functions: Mapping[int, str] = field(default_factory=dict)
    held: dict[int, str] = field(default_factory=dict)

    def lines(self, verdict: Verdict) -> list[str]:
        """The calls in their order."""
        lines, layer = list[str](), LAYER
        for event in self.events:
            if isinstance(event, Forward) and event.layer != layer:
                lines, layer = [*lines, f"{LAYER}, {ANOTHER} = {ANOTHER}, {LAYER}"], event.layer
            lines += self._lines(event, verdict)
        return lines

    def _lines(self, event: Event, verdict: Verdict) -> list[str]:
        match event:
            case Forward():
                before, given = self._given(event.handed, verdict)
                names = {each.name: text for each, text in zip(event.handed, given, strict=True)}
                names |= {verdict.of: verdict.of} if verdict.counted == KEY else {}
                number = self.forward(event.call)
                made = f"y{number}, saved{number} = forward{self._pair(event)}({self.spell(names, event.config)})"
                return [*before, *event.seeds, made]
            case Backward():
                before, given = self._given([event.dy], verdict)
                number, made = self.forward(event.call), self.backward(event)
                seeds = [f"{name.format(DRAW)}  # the backward draws, too" for name in event.draws]
                return [*before, *seeds, f"gradients{made} = backward{self._pair(event)}({given[0]}, saved{number})"]
            case Written():
                y = f"y{self.forward(event.to.call)}"
                name = y if event.to.name == GIVEN else self.held[id(event.to.array)]
                new = self.constants.named(f"new_{variable(event.to.name)}", event.numbers)
                return [f"{name}[...] = {new}  # the caller writes"]

    def _pair(self, event: Forward | Backward) -> str:
        return self.functions.get(event.call, "")

    @property
    def beside(self) -> list[str]:
        """The lines that make another object of the class, where one is called."""
        called = any(event.layer == ANOTHER for event in self.forwards)
        return ["import copy", f"{ANOTHER} = copy.deepcopy({LAYER})  # another object of the class"] if called else []

    @property
    def draws(self) -> bool:
        """Whether a backward draws random numbers: then one call shows little, and each has the seed ``DRAW``."""
        return any(event.draws for event in self.backwards)

    @property
    def same_draws(self) -> bool:
        """Whether forwards draw what they drew when they were recorded."""
        return not any(event.built for event in self.forwards)

    @property
    def forwards(self) -> list[Forward]:
        """In their order."""
        return [event for event in self.events if isinstance(event, Forward)]

    @property
    def backwards(self) -> list[Backward]:
        """In their order."""
        return [event for event in self.events if isinstance(event, Backward)]

    def forward(self, call: int) -> str:
        """The number of a forward in this script; the first has none."""
        calls = [event.call for event in self.forwards]
        return _number(calls.index(call)) if call in calls else "_before"

    def backward(self, made: Backward) -> str:
        """The same of a backward."""
        return _number(next(place for place, each in enumerate(self.backwards) if each is made))

    def _given(self, handed: Iterable[Handed], verdict: Verdict) -> tuple[list[str], list[str]]:
        """Lines that make the arrays of a call, and how the call names them."""
        made = [self._made(each, verdict) for each in handed]
        return [line for lines, _ in made for line in lines], [name for _, name in made]

    def _made(self, each: Handed, verdict: Verdict) -> tuple[list[str], str]:
        """Lines that make one array of a call, and how the call names it."""
        if each.name == GIVEN:  # given by a forward, and handed back
            return [], f"y{self.forward(each.call)}"
        if (name := self.held.get(id(each.array))) is not None:  # with whatever was written to it since
            return [], name
        constant = self.constants.named(handed_over(each.name), each.numbers)
        if plain(each.array) and not self._looked_at(each, verdict):
            return [], f"{constant}.copy()" if len(self.events) > 2 else constant  # noqa: PLR2004 - one call each
        name = free_name(f"handed_{variable(each.name)}", set(self.held.values()))
        self.held[id(each.array)] = name
        made = lying(each.array, constant)
        lines = [f"{name} = {made}"] if made else [f"{name} = {laid_out(each.array)}", f"{name}[...] = {constant}"]
        return [*lines, *([] if each.array.flags.writeable else [f"{name}.flags.writeable = False"])], name

    def _looked_at(self, handed: Handed, verdict: Verdict) -> bool:
        """Whether the array itself matters later: somebody writes to it, or the law speaks of it."""
        written = (event.to.array for event in self.events if isinstance(event, Written))
        gradients = {gradient_of(each.name) for event in self.forwards for each in event.handed}  # one may be called dy
        spoken_of = verdict.of == handed.name and verdict.of not in gradients
        return spoken_of or any(array is handed.array for array in written)


def _number(place: int) -> str:
    """The first of its kind has no number, the second is 2."""
    return str(place + 1) if place else ""
