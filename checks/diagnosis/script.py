"""A counterexample as a short script that needs NumPy and the user's layer, and nothing of gradproof."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from checks.adapters.pair_preamble import YOURS as PAIR
from checks.case import Case
from checks.claim import KEY, Verdict
from checks.diagnosis.arrays import spell
from checks.diagnosis.by_owners import by_owners
from checks.diagnosis.calls import DRAW, Calls, Spelled
from checks.diagnosis.constants import Constants, Rule
from checks.diagnosis.events import LAYER, Backward, Event, Forward
from checks.diagnosis.printed import body
from checks.diagnosis.ruled import ruled
from checks.errors import UnscriptedError
from checks.families.slices import READABLE
from checks.invariants.repetition import Repetition
from checks.subject import Subject
from checks.types import Config

#: Where a script's reader puts their own layer.
YOURS = f"from your_module import forward, backward{PAIR}"

#: The same of a layer that is no such pair.
AROUND = "from your_module import forward, backward  # to be written around your layer: (y, saved), then gradients"

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


def in_our_words(names: Mapping[str, str], config: Config) -> str:
    """Arrays in our order, then PyTorch's keywords."""
    return ", ".join([*names.values(), *(f"{word}={value!r}" for word, value in config.items())])


def script(
    first: Sequence[Event],
    then: Sequence[Event],
    verdict: Verdict,
    subject: Subject | None = None,
    around: Around = NOTHING,
) -> str:
    """Python source that makes the calls of a law again and prints the number that is wrong beside the right one.

    ``first`` is the layer's first answer, ``then`` what the law did next; the first answer is left out where both are
    too long. ``forward(x, ..., **keywords) -> (y, saved)`` and ``backward(dy, saved)`` come from the reader's module,
    or are made of the reader's class (``subject.preamble``); ``subject.layout`` is the order of axes that the layer
    keeps, if it is another than ours; ``subject.spelled`` says how its forward is called, if otherwise. Where two of
    the calls differ, nothing that the layer keeps is set to zero before. Empty where the calls or their numbers are too
    many to read.

    Raises UnscriptedError where nobody can say how the layer is built and called in a few lines.
    """
    subject = (subject.untouched if subject and verdict.law == Repetition.law else None) or subject
    short = partial(_short, verdict=verdict, subject=subject, around=around)
    rules = [None, partial(ruled, case=around.case)] if around.case else [None]
    return next(filter(None, (short(events, rule) for rule in rules for events in ([*first, *then], then))), "")


def script_or_why(first: Sequence[Event], then: Sequence[Event], *asked: Any) -> tuple[str, str]:
    """The same, and why nobody can write it; one of them is empty, and both where there are no calls."""
    try:
        text = script(first, then, *asked)
    except UnscriptedError as error:
        return "", str(error)
    return text, LONG if [*first, *then] and not text else ""


def _yours(events: Sequence[Event], subject: Subject | None) -> tuple[str, Spelled]:
    """The lines that stand for the reader's layer, one text for all calls, and how its forward is called after them."""
    ahead = (event for event in events if isinstance(event, Forward))
    calls = [({each.name: each.numbers for each in event.handed}, event.config) for event in ahead]
    made = {subject.preamble(*call) for call in calls} if subject and subject.preamble else set()
    if subject and len(made) == 1 and (text := made.pop()):
        return by_owners(text, subject.owners), subject.spelled or (lambda names, _: ", ".join(names.values()))
    ours = YOURS if subject is None or subject.preamble is None else AROUND
    layout = f", behind transposes from (N, C, ...) to {subject.layout}" if subject and subject.layout else ""
    return ours + layout, (subject and subject.spelled) or in_our_words


def _short(
    every: Sequence[Event],
    rule: Rule | None,
    verdict: Verdict,
    subject: Subject | None,
    around: Around,
) -> str:
    events, repeats = _without_repeats(every)
    repeats = 1 if verdict.counted == KEY else repeats * around.times  # each call has a dictionary of its own
    yours, call = _yours(events, subject)
    calls = Calls(_of_objects(events, yours), call, Constants(rule))
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
    return [line.partition(" = ")[2].partition("  #")[0] for line in body if " = forward(" in line]


def _of_objects(events: Sequence[Event], yours: str) -> Sequence[Event]:
    """These events; where each forward makes an object of its own, none has to be made for those of another one."""
    if any(line.startswith(f"{LAYER} = ") for line in yours.splitlines()):
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
    arrays = [(each.name, spell(each.numbers), each.array.strides, str(each.array.flags)) for each in handed]
    return str([arrays, dict(first.config)])
