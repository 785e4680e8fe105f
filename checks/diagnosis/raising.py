"""The call by which a layer raises, with the arrays on which it does: a law may have made them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic

import numpy as np

from checks.case import Case
from checks.diagnosis.events import Backward, Event, Forward, Handed
from checks.diagnosis.recorder import Latest
from checks.errors import SubjectError
from checks.family import Family
from checks.subject import Subject
from checks.types import Arrays
from checks.witness import Apart, Witness

#: Seconds for which the call that raises is looked for.
SECONDS = 5.0


def raising(
    subject: Subject, family: Family, case: Case, witnesses: Iterable[Witness], why: str
) -> tuple[list[Event], str]:
    """The forward that raises what ``why`` says, or the forward and the backward that does; then whose numbers it has.

    That is the law of the first witness that brings it about, empty where they are the case's own. Nothing where none
    does within ``SECONDS``.
    """
    end = monotonic() + SECONDS
    for witness in witnesses:
        subject.start_anew()
        recorder = Latest(subject, end)
        try:
            for _ in witness.claims(Apart(recorder.subject, family, case, until=end)):
                recorder.taken()
        except SubjectError as error:
            if str(error) == why and (found := recorder.last()):
                return found, "" if _of_case(found, case) else witness.law
    return [], ""


def until_raised(events: Sequence[Event]) -> list[Event]:
    """The calls up to the first that gave nothing; all where each gave something."""
    silent = (place for place, event in enumerate(events) if _gave_nothing(event))
    return list(events[: next(silent, len(events)) + 1])


def _gave_nothing(event: Event) -> bool:
    match event:
        case Forward():
            return event.y is None
        case Backward():
            return not event.shapes
    return False


def _of_case(events: Iterable[Event], case: Case) -> bool:
    """Whether calls are handed the numbers of a case."""
    own: Arrays = {**case.inputs, "dy": case.dy}
    handed = [each for event in events for each in _handed(event)]
    return all(np.array_equal(each.numbers, own[each.name], equal_nan=True) for each in handed)


def _handed(event: Event) -> tuple[Handed, ...]:
    match event:
        case Forward():
            return event.handed
        case Backward():
            return (event.dy,)
    return ()
