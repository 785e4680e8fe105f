"""A subject that does what it does, and writes down every call in order, with the arrays as they were handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from itertools import count
from time import monotonic
from typing import Any

import numpy as np

from checks.diagnosis.drawing import drawn, drawn_by_forward
from checks.diagnosis.events import ANOTHER, GIVEN, LAYER, Backward, Event, Forward, Handed, Written
from checks.errors import SubjectError
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Calls of one claim that are recorded at most: a law that repeats itself makes 20 forwards and backwards.
MOST_EVENTS = 64

#: Calls that are kept where many are made.
LAST_CALLS = 16


class Recorder:
    """``subject`` does what the one that it was made from does, and ``events`` fills."""

    def __init__(self, subject: Subject) -> None:
        """Record ``MOST_EVENTS`` of a subject, and about two more."""
        self.events: list[Event] = []
        self._calls = count()
        self._known: list[tuple[Handed, Array]] = []
        sibling = subject.sibling and self._recorded(subject.sibling, ANOTHER)
        untouched = subject.untouched and self._recorded(subject.untouched, LAYER)
        recorded = self._recorded(subject, LAYER)
        self.subject = replace(recorded, sibling=sibling, untouched=untouched, unrecorded=subject)

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
        if len(self.events) > MOST_EVENTS:
            raise SubjectError(f"more than {MOST_EVENTS} calls: nobody reads so long a script")

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


class Latest(Recorder):
    """The last calls alone, and no writes between them: for many calls, of which one raises.

    Once it is late no further forward is made: the subject raises SubjectError.
    """

    def __init__(self, subject: Subject, end: float) -> None:
        """Watch a subject until ``end`` (``time.monotonic``)."""
        super().__init__(subject)
        self._end = end

    def _demand_few(self) -> None:
        del self.events[:-LAST_CALLS]
        if monotonic() > self._end:
            raise SubjectError("no time for more calls, none of which raised so far")

    def _note_writes(self) -> None:
        pass

    def _remember(self, *handed: Handed) -> None:
        self._known = [*self._known, *((each, each.array) for each in handed)][-LAST_CALLS:]


def _takes(subject: Subject, word: str) -> bool:
    """Whether a layer has such a keyword, as far as it says which it has."""
    return word in subject.limits.get("words", (word,))
