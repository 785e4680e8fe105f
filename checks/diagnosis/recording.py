"""What a witness does to a subject: every call in order, with the arrays as they were handed over."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from typing import Any, TypeAlias

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.diagnosis.drawing import drawn, drawn_by_forward
from checks.errors import SubjectError
from checks.family import Family
from checks.invariants.saved_state import FIRST
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape
from checks.witness import Apart, Witness

#: How a script names the object that is called, and the one of the same class beside it.
LAYER, ANOTHER = "layer", "another"

#: Calls of one claim that are recorded at most: a law that repeats itself makes 20 forwards and backwards.
MOST_EVENTS = 64


#: The name of what a forward gave, which is none of an argument.
GIVEN = "given y"


@dataclass(frozen=True, eq=False)
class Handed:
    """An array that changed hands: ``numbers`` holds a copy from then, ``array`` has its layout.

    ``call`` counts the forwards; ``name`` is the argument's, ``dy``, or ``GIVEN`` for what a forward gave, also where
    that very array is handed back as dy.
    """

    name: str
    call: int
    array: Array
    numbers: Array


@dataclass(frozen=True)
class Forward:
    """A call of forward, the ``call``-th, and the shape of what it gave; None where it gave nothing.

    ``seeds`` are the lines that seed what it draws from. ``built`` says that its object may have been built after that.
    ``layer`` names that object.
    """

    call: int
    handed: tuple[Handed, ...]
    config: Config
    y: Shape | None
    seeds: tuple[str, ...] = ()
    built: bool = False
    layer: str = LAYER


@dataclass(frozen=True)
class Backward:
    """A call of backward with what the ``call``-th forward saved, and the shapes of what it gave, by name.

    ``draws`` are the generators that it draws from, by how they are seeded: nobody seeds them for it.
    """

    call: int
    dy: Handed
    shapes: Mapping[str, Shape]
    draws: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """The caller wrote to an array that had changed hands; it then held ``numbers``."""

    to: Handed
    numbers: Array


Event: TypeAlias = Forward | Backward | Written


def recorded(
    subject: Subject, family: Family, case: Case, witness: Witness, verdict: Verdict
) -> tuple[list[Event], list[Event]]:
    """The subject's first answer on a case, and what the witness then did for the claim that was judged like this.

    Two lists of events; the first is empty where another example must come first, the second where the claim is about
    the first answer, and both are where its law does not break now. Of several claims that break the law for this
    result it is the one of which the same is said, or else the first.
    """
    subject.start_anew()  # as whoever repeats it will find it
    recorder = Recorder(subject)
    trial, first, then, others = (
        Apart(recorder.subject, family, case),
        list[Event](),
        list[Event](),
        list[list[Event]](),
    )
    with suppress(SubjectError):
        _ = trial.got
        first = recorder.taken()
        for claim in witness.claims(trial):
            then = recorder.taken() or then
            if (claim.law, claim.of) == (verdict.law, verdict.of) and compare(claim).status in {"wrong", "hazard"}:
                if claim.why == verdict.why:
                    return [] if claim.why.startswith(FIRST) else first, then
                others.append(then)
        if witness.law == verdict.law and not others:
            return [], []
    return first, next(iter(others), recorder.taken() or then)


def answered(subject: Subject, family: Family, case: Case) -> list[Event]:
    """The subject's first answer on a case, of a new object where it can be."""
    subject.start_anew()
    recorder = Recorder(subject)
    with suppress(SubjectError):
        _ = Apart(recorder.subject, family, case).got
    return recorder.taken()


class Recorder:
    """``subject`` does what the one that it was made from does, and ``events`` fills."""

    def __init__(self, subject: Subject, most: int = MOST_EVENTS) -> None:
        """Record so many events of a subject, and about two more."""
        self._most = most
        self.events: list[Event] = []
        self._calls = count()
        self._known: list[tuple[Handed, Array]] = []
        sibling = subject.sibling and self._recorded(subject.sibling, ANOTHER)
        untouched = subject.untouched and self._recorded(subject.untouched, LAYER)
        self.subject = replace(self._recorded(subject, LAYER), sibling=sibling, untouched=untouched)

    def taken(self) -> list[Event]:
        """The events so far, which are then forgotten."""
        found, self.events = self.events, []
        return found

    def last(self) -> list[Event]:
        """The last call; a backward after its forward."""
        calls = [event for event in self.events if not isinstance(event, Written)]
        ahead = [each for each in calls[:-1] if isinstance(each, Forward) and each.call == calls[-1].call]
        return [*ahead, *calls[-1:]]

    def _recorded(self, bare: Subject, layer: str) -> Subject:
        forward, backward = partial(self._forward, bare, layer), partial(self._backward, bare)
        return replace(bare, forward=forward, backward=backward)

    def _demand_few(self) -> None:
        if len(self.events) > self._most:
            raise SubjectError(f"more than {self._most} calls: nobody reads so long a script")

    def _forward(self, bare: Subject, layer: str, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        self._demand_few()
        self._note_writes()
        call = next(self._calls)
        handed = tuple(Handed(name, call, array, array.copy()) for name, array in arrays.items())
        words = {word: value for word, value in config.items() if _takes(bare, word)}
        self.events.append(Forward(call, handed, words, None, layer=layer))
        place = len(self.events) - 1
        with drawn_by_forward(arrays, bare.device) as seeds:
            y, saved = bare.forward(arrays, config)
        built = bool(seeds) and bare.builds
        self.events[place] = Forward(call, handed, words, np.shape(y), tuple(seeds), built, layer)
        self._remember(*handed, *([Handed(GIVEN, call, y, y.copy())] if isinstance(y, np.ndarray) else []))
        return y, (call, saved)

    def _backward(self, bare: Subject, dy: Array, saved: tuple[int, Any]) -> Mapping[str, Array]:
        self._note_writes()
        given_back = next((each.call for each, _ in self._known if each.name == GIVEN and each.array is dy), None)
        name, call = ("dy", saved[0]) if given_back is None else (GIVEN, given_back)
        handed = Handed(name, call, dy, dy.copy())
        self.events.append(Backward(saved[0], handed, {}))
        place = len(self.events) - 1
        with drawn() as moved:
            gradients = dict(bare.backward(dy, saved[1]))
        shapes = {of: np.shape(value) for of, value in gradients.items()}
        self.events[place] = Backward(saved[0], handed, shapes, tuple(moved))
        self._remember(handed)
        return gradients

    def _note_writes(self) -> None:
        """What changed since the last call ended was written by the caller."""
        for handed, last in self._known:
            if not np.array_equal(handed.array, last, equal_nan=True):
                self.events.append(Written(handed, handed.array.copy()))
        self._remember()

    def _remember(self, *handed: Handed) -> None:
        """From here on, changes are the caller's."""
        everything = [*(known for known, _ in self._known), *handed]
        self._known = [(each, each.array.copy()) for each in everything]


def _takes(subject: Subject, word: str) -> bool:
    """Whether a layer has such a keyword, as far as it says which it has."""
    return word in subject.limits.get("words", (word,))
