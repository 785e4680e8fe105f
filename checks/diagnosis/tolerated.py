"""Errors so small on every case that the formula is right: a number that a forward adds and its backward leaves out."""

from __future__ import annotations

from math import ceil, inf, log10

from checks.outcome import Outcome
from checks.rounding import unit_roundoff

#: What is off by more may as well have gone through float32.
SMALL = unit_roundoff("float32")

SAID = (
    "all that is wrong, on every case, is off by at most {off:.1e} of the largest entry, or of 1: a small number in "
    "the forward that the backward leaves out, as in log(p + 1e-15) or / (sum + 1e-10), or a constant of few digits, "
    "does that; supports={{'tolerance': {allowed:g}}} allows it, and then nobody sees what is off by less"
)


def tolerated(outcome: Outcome) -> str:
    """What may be said of a layer all of whose wrong numbers are next to right, by its own forward; else nothing."""
    tallies = (outcome.tallies.get(law) for law in outcome.findings)
    off = max((inf if tally is None else tally.off for tally in tallies), default=0.0)
    if not outcome.family.smooth or outcome.subject.tolerance or not 0 < off <= SMALL:
        return ""
    return SAID.format(off=off, allowed=10.0 ** ceil(log10(off)))
