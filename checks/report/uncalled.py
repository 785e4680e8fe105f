"""Layers of which not one case gave a number because of how they were called: what was seen, and what to write."""

from __future__ import annotations

import re
from textwrap import shorten

from checks.diagnosis.reasons import reason
from checks.examination import Examination
from checks.families.unclaimed import Unclaimed
from checks.judge import RUNS
from checks.report.again import claim
from checks.types import gradient_of

#: What Python raises where a call does not fit what is called, or what a layer keeps does not fit the call.
_OF_CALLS = re.compile(r"(forward|backward) raised (TypeError|AttributeError|KeyError|UnboundLocalError)\b")

#: What a structure of arrays is called, of the names of these: cache of cache[0] and cache[1].
_WHOLE = re.compile(r"(?<=\s)\w+")

#: Characters of what was raised that stand in a headline.
MOST_SAID = 160


def uncallable(examination: Examination) -> str:
    """What a layer raised that was answered in no case, where that is about how it is called; empty otherwise."""
    if examination.compared or examination.findings.keys() != {RUNS}:
        return ""
    why = reason(examination.findings[RUNS].verdict)
    return shorten(why, MOST_SAID, placeholder=" ...") if _OF_CALLS.match(why) else ""


def how_to_call(examination: Examination) -> str:
    """What to write where not one number came back: the layer may be right and want to be called in another way."""
    case = examination.judged[0]
    examples = case.family == Unclaimed.name
    whole = list(dict.fromkeys(_WHOLE.findall(f" {' '.join(case.arguments)}")))  # arrays of one tuple are one argument
    names = ", ".join(whole)
    of_shape = "the examples of" if examples else "x of shape (batch, channels, ...) with"
    takes = "" if examples else f"  # and, by name, what it takes of {', '.join(case.config) or 'nothing'}"
    return (
        f"Not one case gave a number: {examination.subject.name} may be right and not be called as it expects. It was "
        f"given {of_shape} {', '.join([*case.arguments, *case.config])}, as far as its signature takes them. If so, "
        f"write\n    def forward({names}{'' if examples else ', ...'}): ...; return y, saved{takes}\n"
        f"    def backward(dy, saved): ...; return {', '.join(map(gradient_of, whole))}\n"
        f"    examine((forward, backward), {claim(case.family)})"
    )
