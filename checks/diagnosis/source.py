"""The lines of a script: the arrays of a law's calls by name, the calls in their order, and what came out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from typing import TypeAlias

from checks.adapters.sources import variable
from checks.claim import Verdict
from checks.diagnosis.arrays import alike, laid_out, plain, spell
from checks.diagnosis.reasons import both, must_be, raised, reason, result_of, shapes
from checks.diagnosis.recording import ANOTHER, GIVEN, LAYER, Backward, Event, Forward, Handed, Written
from checks.invariants.repetition import Repetition
from checks.types import Array, Config, Shape, gradient_of

#: The seed of what a backward draws.
DRAW = "draw"

#: Source that makes an array, and what is done to it afterwards; two empty words where nobody knows.
Rule: TypeAlias = Callable[[str, Array, Mapping[str, Array]], tuple[str, str]]

#: The name of an array, its shape, its format and its bytes.
Key: TypeAlias = tuple[str, Shape, str, bytes]

#: The arguments of a forward as source, from the names of its arrays by argument and its configuration.
Spelled: TypeAlias = Callable[[Mapping[str, str], Config], str]


@dataclass
class Source:
    """Lines of a script in the making: ``constants`` first, ``numbers`` of them in all; ``call`` spells a forward.

    ``along`` makes the direction in which a derivative is wrong; empty where none is known. ``rule`` says how an array
    that is handed over is made without listing its numbers, from its name, these numbers, and the arrays before it.
    """

    events: Sequence[Event]
    call: Spelled
    along: str = ""
    rule: Rule | None = None
    constants: list[str] = field(default_factory=list)
    numbers: int = 0
    _names: dict[Key, str] = field(default_factory=dict)
    _arrays: dict[Key, Array] = field(default_factory=dict)
    _held: dict[int, str] = field(default_factory=dict)

    def body(self, verdict: Verdict) -> list[str]:
        """The calls in their order, then what they gave."""
        lines, layer = list[str](), LAYER
        for event in self.events:
            if isinstance(event, Forward) and event.layer != layer:
                lines, layer = [*lines, f"{LAYER}, {ANOTHER} = {ANOTHER}, {LAYER}"], event.layer
            lines += self._lines(event, verdict)
        return self._until_raised(lines, verdict) or [*lines, *self._shown(verdict)]

    def _until_raised(self, lines: Sequence[str], verdict: Verdict) -> list[str]:
        """The calls up to the one that raises, which is told what; nothing where none does."""
        which, what = raised(verdict)
        places = [place for place, line in enumerate(lines) if which and f" = {which}(" in line]
        return [*lines[: places[-1]], f"{lines[places[-1]]}  # raises {what}"] if places else []

    def _lines(self, event: Event, verdict: Verdict) -> list[str]:
        match event:
            case Forward():
                before, given = self._given(event.handed, verdict)
                names = {each.name: text for each, text in zip(event.handed, given, strict=True)}
                number = self._forward(event.call)
                made = f"y{number}, saved{number} = forward({self.call(names, event.config)})"
                return [*before, *event.seeds, made]
            case Backward():
                before, given = self._given([event.dy], verdict)
                number, made = self._forward(event.call), self._backward(event)
                seeds = [f"{name.format(DRAW)}  # the backward draws, too" for name in event.draws]
                return [*before, *seeds, f"gradients{made} = backward({given[0]}, saved{number})"]
            case Written():
                y = f"y{self._forward(event.to.call)}"
                name = y if event.to.name == GIVEN else self._held[id(event.to.array)]
                new = self._constant(f"new_{variable(event.to.name)}", event.numbers)
                return [f"{name}[...] = {new}  # the caller writes"]

    @property
    def beside(self) -> list[str]:
        """The lines that make another object of the class, where one is called."""
        called = any(event.layer == ANOTHER for event in self.events if isinstance(event, Forward))
        return ["import copy", f"{ANOTHER} = copy.deepcopy({LAYER})  # another object of the class"] if called else []

    @property
    def draws(self) -> bool:
        """Whether a backward draws random numbers: then one call shows little, and each has the seed ``DRAW``."""
        return any(event.draws for event in self._backwards())

    @property
    def _same_draws(self) -> bool:
        """Whether forwards draw what they drew when they were recorded."""
        return not any(event.built for event in self.events if isinstance(event, Forward))

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
            if each.name == GIVEN:  # given by a forward, and handed back
                given.append(f"y{self._forward(each.call)}")
                continue
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
        """The name of these numbers in this place, spelled out once, or made by a rule."""
        key = name, numbers.shape, numbers.dtype.name, numbers.tobytes()
        if key not in self._names:
            taken = set(self._names.values())
            options = chain([name], (f"{name}{number}" for number in count(2)))
            made = {self._names[each]: array for each, array in self._arrays.items()}
            self._names[key] = own = next(option for option in options if option not in taken)
            text, then = self.rule(name, numbers, made) if self.rule and not alike(numbers) else ("", "")
            self.constants += [f"{own} = {text or spell(numbers)}", *([f"{own}{then}"] if then else [])]
            self.numbers += 1 if text or alike(numbers) else numbers.size
            self._arrays[key] = numbers
        return self._names[key]

    def _shown(self, verdict: Verdict) -> list[str]:
        """The lines that print what came out beside what must come out, where one element can be named."""
        said = f"# {verdict.law}, {result_of(verdict)}: {' '.join(reason(verdict).split())}"
        if lines := self._misshapen(verdict):
            return [*lines, said]
        if verdict.worst is None:
            return ['print("y is", y, "and the gradients are", gradients)' if self._backwards() else "print(y)", said]
        where = list(verdict.worst.index)
        if verdict.counted == "draw" and (lines := self._identity(verdict.of, 1 + where[0])):
            return [*lines, said]
        if self.along:
            prepare, product = self._results(verdict.of, ())[1], f"np.sum({variable(verdict.of)} * v)"
            shown = f'print("sum({verdict.of} * v) is", {product}{must_be(verdict.worst, 1)})'
            return [*prepare, f"v = {self.along}", shown, said]
        title, form, names, prepare = self._element(verdict, where)
        sure = form and self._same_draws and verdict.law != Repetition.law
        want = must_be(verdict.worst, len(names)) if sure else ""
        said += "" if want else both(verdict, verdict.worst)
        shown = ", ".join((form or "repr({})").format(name) for name in names)
        return [*prepare, f'print("{title} is", {shown}{want})', said]

    def _element(self, verdict: Verdict, where: list[int]) -> tuple[str, str, list[str], list[str]]:
        """What an element is called, how it is taken from each of these results, and the lines that pick them.

        It is taken by no form where the law speaks of draws; of sums, from all entries at its place.
        """
        title, form = f"{verdict.of}{where or ''}", f"{{}}{where}" if where else ""
        names, prepare = self._results(verdict.of, tuple(where))
        if names:
            return title, form, names, prepare
        if verdict.counted == "sum":
            return f"the sum of {title}", f"np.sum({form}, dtype=float)", *self._results(verdict.of, ())
        return verdict.of, "", *self._results(verdict.of, ())

    def _misshapen(self, verdict: Verdict) -> list[str]:
        """Lines that print a wrong shape beside the right one; nothing where the shape is right."""
        of, want = shapes(verdict)
        if not of or not (of == "y" or self._backwards()):
            return []
        handed = next(event.handed for event in self.events if isinstance(event, Forward))
        prepare = [] if of == "y" else [_picked(of, "", [gradient_of(each.name) for each in handed])]
        return [*prepare, f'print("{of} has shape", np.shape({variable(of)}), "and must have", {want})']

    def _identity(self, of: str, call: int) -> list[str]:
        """Lines that print both sides of the adjoint identity of one draw, for which the ``call``-th forward moved."""
        forwards, argument = [event for event in self.events if isinstance(event, Forward)], of.removeprefix("d")
        if len(forwards) <= call or not self._backwards():
            return []
        start, moved = (
            next(self._constant(variable(each.name), each.numbers) for each in event.handed if each.name == argument)
            for event in (forwards[0], forwards[call])
        )
        upstream, y = self._backwards()[0].dy, f"y{self._forward(forwards[call].call)}"
        dy, name = self._constant("dy", upstream.numbers), variable(of)
        names = [f"d{handed.name}" for handed in forwards[0].handed]
        return [
            _picked(of, "", names),
            f"v, change = np.subtract({moved}, {start}, dtype=float), np.subtract({y}, y, dtype=float)",
            f'print("sum({name} * v) is", np.sum({name} * v), "and must be sum(dy * change),", np.sum({dy} * change))',
        ]

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
