"""What the calls of a script gave, printed beside what must come out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from checks.adapters.sources import gradient_variable, handed_over, variable
from checks.claim import KEY, Verdict
from checks.diagnosis.calls import Calls
from checks.diagnosis.reasons import at_fault, both, formats, must_be, other_shapes, owner, raised, reason, shapes
from checks.invariants.independence import Channels, Samples
from checks.invariants.repetition import Repetition
from checks.types import Shape, gradient_of

#: Laws that put results together from those of parts of a case.
OF_PARTS = frozenset({Samples.law, Channels.law})


def body(calls: Calls, along: str, verdict: Verdict) -> list[str]:
    """The calls in their order, then what they gave; ``along`` makes the direction of a derivative that is wrong.

    It is empty where none is known. No lines at all where none of the calls gave what the verdict is about.
    """
    lines = calls.lines(verdict)
    if until := _until_raised(lines, verdict):
        return until
    shown = _Printed(calls, along).lines(verdict)
    return [*lines, *shown] if shown else []


def _until_raised(lines: Sequence[str], verdict: Verdict) -> list[str]:
    """The calls up to the one that raises, which is told what; nothing where none does."""
    which, what = raised(verdict)
    places = [place for place, line in enumerate(lines) if which and f" = {which}(" in line]
    return [*lines[: places[-1]], f"{lines[places[-1]]}  # raises {what}"] if places else []


@dataclass(frozen=True)
class _Printed:
    """Lines that print what ``calls`` gave."""

    calls: Calls
    along: str

    def lines(self, verdict: Verdict) -> list[str]:
        """The lines that print what came out beside what must come out, where one element can be named.

        None where no call gave it.
        """
        said = f"# {verdict.law}, {at_fault(verdict)}: {' '.join(reason(verdict).split())}"
        if lines := self._misshapen(verdict) or self._of_another_format(verdict) or self._in_memory(verdict):
            return [*lines, said]
        if verdict.worst is None or verdict.counted == KEY:
            return [self._whole(verdict), said]
        where = list(verdict.worst.index)
        if verdict.counted == "draw" and (lines := self._identity(verdict.of, 1 + where[0])):
            return [*lines, said]
        if self.along:
            prepare, product = self._results(verdict.of, ())[1], f"np.sum({gradient_variable(verdict.of)} * v)"
            shown = f'print("sum({verdict.of} * v) is", {product}{must_be(verdict.worst, 1)})'
            return [*prepare, f"v = {self.along}", shown, said]
        title, form, names, prepare = self._element(verdict, where)
        if not names:
            return []
        sure = form and self.calls.same_draws and verdict.law != Repetition.law
        want = must_be(verdict.worst, len(names)) if sure else ""
        said += "" if want else both(verdict, verdict.worst)
        shown = ", ".join((form or "repr({})").format(name) for name in names)
        return [*prepare, f'print("{title} is", {shown}{want})', said]

    def _whole(self, verdict: Verdict) -> str:
        """The line that prints all of what no element can be named of."""
        if verdict.counted == KEY:
            return f'print("{verdict.of} is", {verdict.of}, "and must be as it was handed over")'
        return 'print("y is", y, "and the gradients are", gradients)' if self.calls.backwards else "print(y)"

    def _element(self, verdict: Verdict, where: list[int]) -> tuple[str, str, list[str], list[str]]:
        """What an element is called, how it is taken from each of these results, and the lines that pick them.

        It is taken by no form where the law speaks of draws; of sums, from all entries at its place.
        """
        if verdict.law in OF_PARTS and verdict.of in {"y", "dx"}:  # where an element is in its part nobody can read
            return verdict.of, "", *self._results(verdict.of, ())
        title, form = f"{verdict.of}{where or ''}", f"{{}}{where or ''}" if where or self._is_number(verdict.of) else ""
        names, prepare = self._results(verdict.of, tuple(where))
        if names:
            return title, form, names, prepare
        if verdict.counted == "sum":
            return f"the sum of {title}", f"np.sum({form}, dtype=float)", *self._results(verdict.of, ())
        return verdict.of, "", *self._results(verdict.of, ())

    def _is_number(self, of: str) -> bool:
        """Whether a result has no axes in any call: the whole of it is its one element."""
        if of == "y":
            return {event.y for event in self.calls.forwards} == {()}
        return {event.shapes.get(of) for event in self.calls.backwards} == {()}

    def _misshapen(self, verdict: Verdict) -> list[str]:
        """Lines that print a wrong shape beside the right one; nothing where the shape is right."""
        of, want = shapes(verdict)
        if not of:
            return self._of_another_shape(verdict.of, *other_shapes(verdict))
        if not (of == "y" or self.calls.backwards):
            return []
        prepare = [] if of == "y" else [_picked(of, "", self._names())]
        return [*prepare, f'print("{of} has shape", np.shape({gradient_variable(of)}), "and must have", {want})']

    def _in_memory(self, verdict: Verdict) -> list[str]:
        """Lines that print whether a result lies in the memory of another array; nothing where that is not said."""
        if not (other := owner(verdict)) or not self.calls.backwards:
            return []
        names = self._names()
        prepare = [_picked(of, "", names) for of in (verdict.of, other) if of in names]
        one, two = (self._name(of) for of in (verdict.of, other))
        said = f"{verdict.of} lies in the memory of {other}:"
        return [*prepare, f'print("{said}", np.may_share_memory({one}, {two}), "and must not")']

    def _name(self, of: str) -> str:
        """The variable that holds a result of the first calls, or an array that they were handed."""
        if of == "y":
            return of
        if of in self._names():
            return gradient_variable(of)
        handed = (*self.calls.forwards[0].handed, self.calls.backwards[0].dy)
        array = next(each for each in handed if each.name == of)
        held = self.calls.held.get(id(array.array))
        return held or self.calls.constants.named(handed_over(of), array.numbers)

    def _of_another_format(self, verdict: Verdict) -> list[str]:
        """Lines that print a result's format beside the one that it must have; nothing where it has that."""
        of, want = formats(verdict)
        if not of or not (of == "y" or self.calls.backwards):
            return []
        prepare = [] if of == "y" else [_picked(of, "", self._names())]
        return [*prepare, f'print("{of} is of", np.asarray({gradient_variable(of)}).dtype, "and must be of {want}")']

    def _of_another_shape(self, of: str, came: str, want: str) -> list[str]:
        """Lines that print a result's shape in the last call in which it came so; nothing where it never did."""
        backwards = [event for event in self.calls.backwards if str(event.shapes.get(of)) == came]
        forwards = [event for event in self.calls.forwards if of == "y" and str(event.y) == came]
        if not (backwards or forwards):
            return []
        number = self.calls.backward(backwards[-1]) if backwards else self.calls.forward(forwards[-1].call)
        prepare = [_picked(of, number, self._names())] if backwards else []
        return [
            *prepare,
            f'print("{of} has shape", np.shape({gradient_variable(of)}{number}), "and must have", {want})',
        ]

    def _identity(self, of: str, call: int) -> list[str]:
        """Lines that print both sides of the adjoint identity of one draw, for which the ``call``-th forward moved."""
        forwards, argument = self.calls.forwards, of.removeprefix("d")
        if len(forwards) <= call or not self.calls.backwards:
            return []
        start, moved = (
            next(
                self.calls.constants.named(handed_over(each.name), each.numbers)
                for each in event.handed
                if each.name == argument
            )
            for event in (forwards[0], forwards[call])
        )
        upstream, y = self.calls.backwards[0].dy, f"y{self.calls.forward(forwards[call].call)}"
        dy, name = self.calls.constants.named("dy", upstream.numbers), gradient_variable(of)
        return [
            _picked(of, "", self._names()),
            f"v, change = np.subtract({moved}, {start}, dtype=float), np.subtract({y}, y, dtype=float)",
            f'print("sum({name} * v) is", np.sum({name} * v), "and must be sum(dy * change),", np.sum({dy} * change))',
        ]

    def _names(self) -> list[str]:
        """What the gradients are called that a backward returns, in their order."""
        return [gradient_of(each.name) for each in self.calls.forwards[0].handed]

    def _results(self, of: str, index: Shape) -> tuple[list[str], list[str]]:
        """What holds the result ``of`` after each call in which it has such an entry, and the lines that pick it."""
        forwards = self.calls.forwards
        if of == "y":
            fits = [event for event in forwards if event.y is not None and _within(index, event.y)]
            return [f"y{self.calls.forward(event.call)}" for event in fits], []
        names = self._names() if forwards else []
        if not of.startswith("d") or (of == "dy" and of not in names):
            return [name for name in self.calls.held.values() if name.startswith(f"handed_{variable(of)}")], []
        fitting = [event for event in self.calls.backwards if of in event.shapes and _within(index, event.shapes[of])]
        numbers = [self.calls.backward(event) for event in fitting]
        return [f"{gradient_variable(of)}{number}" for number in numbers], [
            _picked(of, number, names) for number in numbers
        ]


def _within(index: Shape, shape: Shape) -> bool:
    """Whether a result has this entry; the empty index is the whole."""
    pairs = zip(index, shape, strict=False)
    return not index or (len(index) == len(shape) and all(place < size for place, size in pairs))


def _picked(of: str, call: str, names: Sequence[str]) -> str:
    """The line that takes one gradient from whatever a backward returns: a mapping, a tuple, or one array."""
    got = f"gradients{call}"
    alone = got if len(names) == 1 else f"{got}[{names.index(of)}]"
    return f'{gradient_variable(of)}{call} = {got}["{of}"] if isinstance({got}, dict) else {alone}'
