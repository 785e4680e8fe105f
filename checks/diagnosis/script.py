"""A counterexample as a short script that needs NumPy and the user's layer, and nothing of gradproof."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, count
from typing import TypeAlias

from checks.adapters.pair_preamble import YOURS as PAIR
from checks.adapters.preamble import variable
from checks.claim import Verdict
from checks.diagnosis.arrays import alike, laid_out, plain, spell, spelled_number
from checks.diagnosis.reasons import reason, result_of
from checks.diagnosis.recording import Backward, Event, Forward, Handed, Written
from checks.subject import Subject
from checks.types import Array, Config, Shape

#: Where a script's reader puts their own layer.
YOURS = f"from your_module import forward, backward{PAIR}"

#: Calls, and numbers in all of its arrays, that a script spells out at most.
MOST_CALLS = 6
MOST_NUMBERS = 100


#: The arguments of a forward as source, from the names of its arrays by argument and its configuration.
Spelled: TypeAlias = Callable[[Mapping[str, str], Config], str]


def in_our_words(names: Mapping[str, str], config: Config) -> str:
    """Arrays in our order, then PyTorch's keywords."""
    return ", ".join([*names.values(), *(f"{word}={value!r}" for word, value in config.items())])


def script(
    first: Sequence[Event],
    then: Sequence[Event],
    verdict: Verdict,
    subject: Subject | None = None,
) -> str:
    """Python source that makes the calls of a law again and prints the number that is wrong beside the right one.

    ``first`` is the layer's first answer, ``then`` what the law did next; the first answer is left out where both are
    too long. ``forward(x, ..., **keywords) -> (y, saved)`` and ``backward(dy, saved)`` come from the reader's module,
    or are made of the reader's class (``subject.preamble``); ``subject.layout`` is the order of axes that the layer
    keeps, if it is another than ours; ``subject.spelled`` says how its forward is called, if otherwise. Empty where the
    calls or their numbers are too many to read.
    """
    short = partial(_short, verdict=verdict, subject=subject)
    return next(filter(None, map(short, ([*first, *then], then))), "")


def _yours(events: Sequence[Event], subject: Subject | None) -> tuple[str, Spelled]:
    """The lines that stand for the reader's layer, one text for all calls, and how its forward is called after them."""
    ahead = (event for event in events if isinstance(event, Forward))
    calls = [({each.name: each.numbers for each in event.handed}, event.config) for event in ahead]
    made = {subject.preamble(*call) for call in calls} if subject and subject.preamble else set()
    if len(made) == 1 and (text := made.pop()):
        return text, (subject and subject.spelled) or (lambda names, _: ", ".join(names.values()))
    layout = f", behind transposes from (N, C, ...) to {subject.layout}" if subject and subject.layout else ""
    return YOURS + layout, (subject and subject.spelled) or in_our_words


def _short(every: Sequence[Event], verdict: Verdict, subject: Subject | None) -> str:
    events, repeats = _without_repeats(every)
    yours, call = _yours(events, subject)
    source = _Source(events, call)
    body = source.body(verdict)
    if not events or len(events) > MOST_CALLS or source.numbers > MOST_NUMBERS:
        return ""
    if repeats > 1:
        body = [f"for _ in range({repeats}):", *(f"    {line}" for line in body)]
    return "\n".join(["import numpy as np", yours, *source.constants, *body])


def _without_repeats(events: Sequence[Event]) -> tuple[Sequence[Event], int]:
    """One forward with its backward, and how often, where the same calls are made again and again."""
    pairs = list(zip(events[::2], events[1::2], strict=False))
    same = len(pairs) > 1 and 2 * len(pairs) == len(events) and len({_spelled(pair) for pair in pairs}) == 1
    return (pairs[0], len(pairs)) if same else (events, 1)


def _spelled(pair: tuple[Event, Event]) -> str:
    first, second = pair
    if not isinstance(first, Forward) or not isinstance(second, Backward):
        return str(id(pair))
    handed = (*first.handed, second.dy)
    return str([(spell(each.numbers), each.array.strides, str(each.array.flags)) for each in handed])


@dataclass
class _Source:
    """Lines of a script in the making: ``constants`` first, ``numbers`` of them in all; ``call`` spells a forward."""

    events: Sequence[Event]
    call: Spelled
    constants: list[str] = field(default_factory=list)
    numbers: int = 0
    _names: dict[tuple[str, str], str] = field(default_factory=dict)
    _held: dict[int, str] = field(default_factory=dict)

    def body(self, verdict: Verdict) -> list[str]:
        """The calls in their order, then what they gave."""
        lines: list[str] = []
        for event in self.events:
            lines += self._lines(event, verdict)
        return [*lines, *self._shown(verdict)]

    def _lines(self, event: Event, verdict: Verdict) -> list[str]:
        match event:
            case Forward():
                before, given = self._given(event.handed, verdict)
                names = {each.name: text for each, text in zip(event.handed, given, strict=True)}
                number = self._forward(event.call)
                return [*before, f"y{number}, saved{number} = forward({self.call(names, event.config)})"]
            case Backward():
                before, given = self._given([event.dy], verdict)
                number, made = self._forward(event.call), self._backward(event)
                return [*before, f"gradients{made} = backward({given[0]}, saved{number})"]
            case Written():
                y = f"y{self._forward(event.to.call)}"
                name = y if event.to.name == "y" else self._held[id(event.to.array)]
                new = self._constant(f"new_{variable(event.to.name)}", event.numbers)
                return [f"{name}[...] = {new}  # the caller writes"]

    def _forward(self, call: int) -> str:
        """The number of a forward in this script; the first has none."""
        calls = [event.call for event in self.events if isinstance(event, Forward)]
        return _number(calls.index(call)) if call in calls else "_before"

    def _backward(self, made: Backward) -> str:
        return _number(next(place for place, each in enumerate(self._backwards()) if each is made))

    def _backwards(self) -> list[Backward]:
        return [event for event in self.events if isinstance(event, Backward)]

    def _given(self, handed: Iterable[Handed], verdict: Verdict) -> tuple[list[str], list[str]]:
        """Lines that make the arrays of a call, and how the call names them."""
        lines, given = [], []
        for each in handed:
            if (name := self._held.get(id(each.array))) is not None:  # with whatever was written to it since
                given.append(name)
                continue
            constant = self._constant(variable(each.name), each.numbers)
            if plain(each.array) and not self._looked_at(each, verdict):
                given.append(f"{constant}.copy()" if len(self.events) > 2 else constant)  # noqa: PLR2004 - one call each
                continue
            taken = set(self._held.values())
            held = f"handed_{variable(each.name)}"
            options = chain([held], (f"{held}{number}" for number in count(2)))
            name = self._held.setdefault(id(each.array), next(option for option in options if option not in taken))
            lines += [f"{name} = {laid_out(each.array)}", f"{name}[...] = {constant}"]
            lines += [] if each.array.flags.writeable else [f"{name}.flags.writeable = False"]
            given.append(name)
        return lines, given

    def _looked_at(self, handed: Handed, verdict: Verdict) -> bool:
        """Whether the array itself matters later: somebody writes to it, or the law speaks of it."""
        written = (event.to.array for event in self.events if isinstance(event, Written))
        return verdict.of == handed.name or any(array is handed.array for array in written)

    def _constant(self, name: str, numbers: Array) -> str:
        """The name of these numbers in this place, spelled out once."""
        text = spell(numbers)
        if (name, text) not in self._names:
            taken = set(self._names.values())
            options = chain([name], (f"{name}{number}" for number in count(2)))
            self._names[name, text] = next(option for option in options if option not in taken)
            self.constants.append(f"{self._names[name, text]} = {text}")
            self.numbers += 1 if alike(numbers) else numbers.size
        return self._names[name, text]

    def _shown(self, verdict: Verdict) -> list[str]:
        """The lines that print what came out beside what must come out, where one element can be named."""
        said = f"# {verdict.law}, {result_of(verdict)}: {' '.join(reason(verdict).split())}"
        if verdict.worst is None:
            return ['print("y is", y, "and the gradients are", gradients)' if self._backwards() else "print(y)", said]
        where = list(verdict.worst.index)
        names, prepare = self._results(verdict.of, tuple(where))
        if not names:  # the law speaks of sums or draws
            where, (names, prepare) = [], self._results(verdict.of, ())
        want = f', "and must be", {spelled_number(verdict.worst.want)}' if where and len(names) == 1 else ""
        said += "" if want else f" (got {verdict.worst.got:.6g}, want {verdict.worst.want:.6g})"
        shown = ", ".join(f"{name}{where}" if where else f"repr({name})" for name in names)
        return [*prepare, f'print("{verdict.of}{where or ""} is", {shown}{want})', said]

    def _results(self, of: str, index: Shape) -> tuple[list[str], list[str]]:
        """What holds the result ``of`` after each call in which it has such an entry, and the lines that pick it."""
        forwards = [event for event in self.events if isinstance(event, Forward)]
        if of == "y":
            fits = [event for event in forwards if event.y is not None and _within(index, event.y)]
            return [f"y{self._forward(event.call)}" for event in fits], []
        names = [f"d{handed.name}" for handed in forwards[0].handed] if forwards else []
        if not of.startswith("d") or (of == "dy" and of not in names):
            return [name for name in self._held.values() if name.startswith(f"handed_{variable(of)}")], []
        fitting = [event for event in self._backwards() if of in event.shapes and _within(index, event.shapes[of])]
        numbers = [self._backward(event) for event in fitting]
        return [f"{variable(of)}{number}" for number in numbers], [_picked(of, number, names) for number in numbers]


def _number(place: int) -> str:
    """The first of its kind has no number, the second is 2."""
    return str(place + 1) if place else ""


def _within(index: Shape, shape: Shape) -> bool:
    """Whether a result has this entry; the empty index is the whole."""
    pairs = zip(index, shape, strict=False)
    return not index or (len(index) == len(shape) and all(place < size for place, size in pairs))


def _picked(of: str, call: str, names: Sequence[str]) -> str:
    """The line that takes one gradient from whatever a backward returns: a mapping, a tuple, or one array."""
    got = f"gradients{call}"
    alone = got if len(names) == 1 else f"{got}[{names.index(of)}]"
    return f'{variable(of)}{call} = {got}["{of}"] if isinstance({got}, dict) else {alone}'
