"""Which files of a corpus concern a family, and which of them make a layer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from checks.case import Case
from checks.corpus.entry import Counterexample, Golden
from checks.corpus.replayed import Replayed
from checks.corpus.store import Contents, Stored
from checks.digest import Recorded
from checks.families import demand_small, families, valid
from checks.oracles.golden import GoldenDigests
from checks.rounding import DIGITS
from checks.witness import Witness

#: Formats in which golden digests are checked, those of them that a subject takes; others only where it takes no other.
FORMATS = ("float64", "float32", "float16")

#: The family of subjects that claim nothing.
UNCLAIMED = "unclaimed"


def skipped(contents: Contents) -> Iterator[str]:
    """Every file that nobody can replay, with the reason: unreadable, or of a family that is not known here."""
    yield from contents.skipped
    named = [(stored.name, stored.entry.family) for stored in contents.counterexamples]
    named += [(stored.name, stored.entry.family) for stored in contents.golden]
    for name, found in named:
        if found not in {*families(), UNCLAIMED}:
            yield f"{name}: family {found!r} is unknown; expected one of {', '.join(families())}"


def counterexamples(contents: Contents, name: str, owner: str, done: Replayed) -> Iterator[Stored[Counterexample]]:
    """A family's counterexamples that make a layer, oldest first; ``done`` names the others.

    Those of subjects that claim nothing are for their owner alone: nobody else takes such arguments.
    """
    for stored in contents.counterexamples:
        mine = name != UNCLAIMED or stored.entry.subject == owner
        if stored.entry.family == name and mine and _sound(stored.name, stored.entry.case, done):
            yield stored


def golden(contents: Contents, name: str, done: Replayed) -> Iterator[Stored[Golden]]:
    """A family's golden digests whose case makes a layer; ``done`` names the others."""
    for stored in contents.golden:
        if stored.entry.family == name and _sound(stored.name, stored.entry.recorded.case, done):
            yield stored


def informed(witnesses: Iterable[Witness], recorded: Iterable[Recorded]) -> tuple[Witness, ...]:
    """The witnesses, of whom the one for golden digests knows these."""
    known = GoldenDigests(recorded)
    return tuple(known if isinstance(witness, GoldenDigests) else witness for witness in witnesses)


def variants(recorded: Recorded) -> Iterator[Case]:
    """A golden case in each format in which it is exact, the usual ones first."""
    for dtype in dict.fromkeys((*FORMATS, *DIGITS)):
        if dtype in recorded.formats:
            yield recorded.case.but(dtype=dtype)


def _sound(name: str, case: Case, done: Replayed) -> bool:
    """Whether a case makes a layer with numbers that can be drawn."""
    try:
        checked = demand_small(case) if case.family == UNCLAIMED else valid(case)
        checked.but().array("dy")
    except (ValueError, TypeError, OverflowError, MemoryError) as error:
        done.say("skipped", f"{name}: {error}")
        return False
    return True
