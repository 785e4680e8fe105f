"""A counterexample as a short script that needs NumPy and the user's layer, and nothing of gradproof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from checks.case import Case
from checks.claim import KEY, Verdict
from checks.diagnosis.arrays import spell
from checks.diagnosis.calls import DRAW, Calls
from checks.diagnosis.constants import Constants, Rule
from checks.diagnosis.events import LAYER, Backward, Event, Forward
from checks.diagnosis.printed import body
from checks.diagnosis.ruled import ruled
from checks.diagnosis.yours import of_an_object, yours_of
from checks.errors import UnscriptedError
from checks.families.slices import READABLE
from checks.invariants.repetition import Repetition
from checks.parts import part
from checks.subject import Subject

#: Laws that speak of what one call leaves to another: where that is the mistake, they say so best.
BETWEEN_CALLS = ("repeatable", "saved state", "settings", "results kept")

#: Those of them that break by what comes after the first answer.
AFTER_THE_FIRST = ("repeatable", "settings")

#: Calls that a script spells out at most.
MOST_CALLS = 6

#: Why there is no script of calls that are known.
LONG = "the calls that show it, or the numbers that they are handed, are too many to be read"

#: Calls of a layer whose backward draws random numbers, each with others.
MOST_DRAWS = 8


@dataclass(frozen=True)
class Around:
    """What belongs to the calls of a script.

    ``case`` is the one that the law was asked about: too many numbers to be read are made by a rule where it is given.
    ``times`` says how often all of the calls are made, ``before`` how many forwards came first, ``along`` makes the
    direction of a derivative.
    """

    case: Case | None = None
    times: int = 1
    before: int = 0
    along: str = ""


NOTHING = Around()


def script(
    first: Sequence[Event],
    then: Sequence[Event],
    verdict: Verdict,
    subject: Subject | None = None,
    around: Around = NOTHING,
) -> str:
    """Python source that makes the calls of a law again and prints the number that is wrong beside the right one.

    ``first`` is the layer's first answer, ``then`` what the law did next; the first answer is left out where both are
    too long, unless what the law did next shows nothing without it. ``forward(x, ..., **keywords) -> (y, saved)``
    and ``backward(dy, saved)`` come from the reader's module, or are made of the reader's class (``subject.preamble``);
    ``subject.layout`` is the order of axes that the layer keeps, if it is another than ours; ``subject.spelled`` says
    how its forward is called, if otherwise. Where two of the calls differ, nothing that the layer keeps is set to zero
    before. Empty where the calls or their numbers are too many to read.

    Raises UnscriptedError where nobody can say how the layer is built and called in a few lines.
    """
    subject = (subject.untouched if subject and verdict.law == Repetition.law else None) or subject
    short = partial(_short, verdict=verdict, subject=subject, around=around)
    rules = [None, partial(ruled, case=around.case)] if around.case else [None]
    shown = ([*first, *then],) if verdict.law in AFTER_THE_FIRST else ([*first, *then], then)
    return next(filter(None, (short(events, rule) for rule in rules for events in shown)), "")


def script_or_why(first: Sequence[Event], then: Sequence[Event], *asked: Any) -> tuple[str, str]:
    """The same, and why nobody can write it; one of them is empty, and both where there are no calls."""
    try:
        text = script(first, then, *asked)
    except UnscriptedError as error:
        return "", str(error)
    return text, LONG if [*first, *then] and not text else ""


def _short(
    every: Sequence[Event],
    rule: Rule | None,
    verdict: Verdict,
    subject: Subject | None,
    around: Around,
) -> str:
    events, repeats = _without_repeats(every)
    repeats = 1 if verdict.counted == KEY else repeats * around.times  # each call has a dictionary of its own
    yours, call, functions = yours_of(events, subject)
    calls = Calls(_of_objects(events, yours), call, Constants(rule), functions)
    lines = body(calls, around.along, verdict)
    if not (events and lines) or len(events) > MOST_CALLS or calls.constants.count > READABLE:
        return ""
    least = MOST_DRAWS if calls.draws else 2 if verdict.law == Repetition.law and len(events) == 2 else 1  # noqa: PLR2004 - two calls that differ, of one forward and one backward each
    repeats = max(repeats, least)
    ahead = [f"{call}  # as the layer was called before" for call in _forwards(lines)[:1]] * around.before
    if repeats > 1:
        lines = [f"for {DRAW if calls.draws else '_'} in range({repeats}):", *(f"    {line}" for line in lines)]
    random = ["import random"] * any(line.lstrip().startswith("random.") for line in lines)
    return "\n".join(["import numpy as np", *random, yours, *calls.beside, *calls.constants.lines, *ahead, *lines])


def _forwards(body: Sequence[str]) -> list[str]:
    """The calls of a forward, whose answers nobody needs."""
    return [line.partition(" = ")[2].partition("  #")[0] for line in body if " = forward" in line]


def _of_objects(events: Sequence[Event], yours: str) -> Sequence[Event]:
    """These events; where each forward makes an object of its own, none has to be made for those of another one."""
    if of_an_object(yours):
        return events
    return [replace(event, layer=LAYER) if isinstance(event, Forward) else event for event in events]


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
    arrays = [
        (each.name, spell(each.numbers), each.array.strides, str(each.array.flags), part(each.array) is None)
        for each in handed
    ]
    return str([arrays, dict(first.config)])
