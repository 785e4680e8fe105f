"""Layers of which not one case gave a number, for they raised: what was seen, and what to write."""

from __future__ import annotations

import re
from textwrap import shorten

from checks.diagnosis.reasons import reason
from checks.examination import Examination
from checks.families.unclaimed import Unclaimed
from checks.judge import RUNS, SHAPE
from checks.report.again import claim
from checks.types import gradient_of

#: What Python raises where a call does not fit what is called, or what a layer keeps does not fit the call.
_OF_CALLS = re.compile(r"(forward|backward) raised (TypeError|AttributeError|KeyError|UnboundLocalError)\b")

#: The end of a reason that names a line of the layer's own: its code was entered, and broke there.
_PLACE = re.compile(r", at [^,\n]+:\d+\Z")

#: A gradient and the shape that it came in.
_GRADIENT = re.compile(r"(d\S+) has shape (\([^)]*\)); expected exactly")

#: What a structure of arrays is called, of the names of these: cache of cache[0] and cache[1].
_WHOLE = re.compile(r"(?<=\s)\w+")

#: Characters of what was raised that stand in a headline.
MOST_SAID = 160


def unanswered(examination: Examination) -> str:
    """What is to be said of a layer that raised in every case; empty where one gave a number, or another law broke.

    That it could not be called, where none of its own lines had run; else what it raised, and at which of them.
    """
    if examination.compared or examination.findings.keys() != {RUNS}:
        return ""
    why = reason(examination.findings[RUNS].verdict)
    place = found[0] if (found := _PLACE.search(why)) else ""
    told = shorten(why.removesuffix(place), MOST_SAID, placeholder=" ...") + place
    return f"could not be called: {told}" if _OF_CALLS.match(why) and not place else f"WRONG by {RUNS}: {told}"


def in_other_words(examination: Examination) -> str:
    """How a layer was called that raised, or gave something of another shape; empty where its words are ours."""
    broken = not {RUNS, SHAPE}.isdisjoint(examination.findings)
    said = examination.subject.called_as if broken or examination.refused else ""
    return f"called as {said}" if said else ""


def how_to_call(examination: Examination) -> str:
    """What to write where not one number came back: the layer may be right and want to be called in another way.

    One that was called, and whose gradient has a shape that nothing of the case has, is wrong however it is called.
    """
    return _of_no_shape(examination) or _to_write(examination)


def _of_no_shape(examination: Examination) -> str:
    """What is known of a layer all of whose cases end at such a gradient; empty of any other."""
    if examination.findings.keys() != {SHAPE}:
        return ""
    found = examination.findings[SHAPE]
    came = _GRADIENT.match(reason(found.shrunk_verdict))
    if not came or came[2] in map(str, found.shrunk.shapes.values()):
        return ""
    return (
        f"{examination.subject.name} was called: its forward gave y and its backward a gradient for each argument. No "
        f"number of theirs was compared, since a case ends at a wrong shape, and that of {came[1]} is one that no "
        f"argument has, nor dy. What else is wrong shows once {came[1]} has the shape of {came[1].removeprefix('d')}"
    )


def _to_write(examination: Examination) -> str:
    case = examination.judged[0]
    examples = case.family == Unclaimed.name
    whole = list(dict.fromkeys(_WHOLE.findall(f" {' '.join(case.arguments)}")))  # arrays of one tuple are one argument
    names = ", ".join(whole)
    of_shape = "the examples of" if examples else "x of shape (batch, channels, ...) with"
    takes = "" if examples else f"  # and, by name, what it takes of {', '.join(case.config) or 'nothing'}"
    named = f": {said}" if (said := examination.subject.called_as) else ""
    return (
        f"Not one case gave a number: {examination.subject.name} may be right and not be called as it expects. It was "
        f"given {of_shape} {', '.join([*case.arguments, *case.config])}, as far as its signature takes them"
        f"{named}. If so, write\n    def forward({names}{'' if examples else ', ...'}): ...; return y, saved{takes}\n"
        f"    def backward(dy, saved): ...; return {', '.join(map(gradient_of, whole))}\n"
        f"    examine((forward, backward), {claim(case.family)})"
    )
