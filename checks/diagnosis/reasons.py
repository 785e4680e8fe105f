"""Why a verdict is what it is, as it is told where the layer is named already."""

from __future__ import annotations

import re

from checks.claim import MEMORY, Verdict, Worst
from checks.diagnosis.arrays import spelled_number
from checks.invariants.layout import Layout
from checks.invariants.repetition import Repetition
from checks.invariants.result_format import ResultFormat
from checks.invariants.subsets import Subsets
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS, SHAPE
from checks.rounding import DIGITS

#: Laws that a layer breaks by what it does, whatever it gives.
OF_CALLS = frozenset({RUNS, HANGS, Surroundings.law})

#: Laws that say that a call raised: on arrays of a case, or on such as lie elsewhere in memory, or cannot be written.
RAISING = frozenset({RUNS, Layout.law})

#: A layer's name before what it did: that of a pair is its forward's, and confuses where its backward is wrong.
_NAME = re.compile(r"\A[^\n]*?: (?=(?:y|d\w+) has shape|(?:forward|backward)(?: raised| gave|[ ,][^:]*? returned))")

#: What JAX adds to every error: it speaks of a traceback that nobody sees here.
_FRAMES = re.compile(r"[\s;-]*For simplicity, JAX has removed its internal frames.*?to include these\.", re.DOTALL)

_MISSHAPEN = re.compile(r"(y|d\w+) has shape")
_EXPECTED = re.compile(r"(y|d\S+) has shape \([^)]*\); expected exactly (\([^)]*\))")
_OTHER = re.compile(r"shape (\([^)]*\)), expected (\([^)]*\))")
_ALONE = re.compile(r"asked for (d\w+(?:, d\w+)*) alone, raised ")
_TOGETHER = re.compile(r"(d\w+(?:, d\w+)*) asked for alone")
_CAME = re.compile(r"\b(y|d\w+)(?:, d\w+)* came as ")
_OWNER = re.compile(r"(?:x and dy of \w+ ax[ei]s: )?(?:y|d\w+) lies in the memory of (\w+)")
_RAISED = re.compile(r"(forward|backward) raised ([^\n]*)")


def reason(verdict: Verdict) -> str:
    """The reason without the layer's name and without what its framework says of tracebacks."""
    return _FRAMES.sub("", _NAME.sub("", verdict.why))


def raised(verdict: Verdict) -> tuple[str, str]:
    """Which call raised, forward or backward, and what, in one line; two empty words where the reason is another."""
    found = _RAISED.match(reason(verdict)) if verdict.law in RAISING else None
    return (found[1], found[2]) if found else ("", "")


def asked_alone(verdict: Verdict) -> frozenset[str]:
    """The arguments whose gradients alone were asked for where that raised; none where the reason is another."""
    return _named(_ALONE.search(verdict.why) if verdict.law == RUNS else None)


def asked_together(verdict: Verdict) -> frozenset[str]:
    """The arguments whose gradients were asked for alone where one came otherwise; none where the reason is another."""
    return _named(_TOGETHER.search(verdict.why) if verdict.law == Subsets.law else None)


def _named(found: re.Match[str] | None) -> frozenset[str]:
    return frozenset(of.removeprefix("d") for of in found[1].split(", ")) if found else frozenset()


def shapes(verdict: Verdict) -> tuple[str, str]:
    """The result whose shape is wrong, and the right shape as source; two empty words where the reason is another."""
    found = _EXPECTED.match(reason(verdict)) if verdict.law == SHAPE else None
    return (found[1], found[2]) if found else ("", "")


def other_shapes(verdict: Verdict) -> tuple[str, str]:
    """The shape that a result of several calls came in, and the right one; two empty words where none is said."""
    found = _OTHER.match(reason(verdict))
    return (found[1], found[2]) if found else ("", "")


def owner(verdict: Verdict) -> str:
    """The array in whose memory a result lies, the first of several; empty where the reason is another."""
    found = _OWNER.match(reason(verdict)) if verdict.counted == MEMORY else None
    return found[1] if found else ""


def formats(verdict: Verdict) -> tuple[str, str]:
    """The result that came in another format, and the one that it must have; two empty words where none is said."""
    found = _CAME.search(reason(verdict)) if verdict.law == ResultFormat.law and verdict.worst else None
    wanted = next((name for name, digits in DIGITS.items() if verdict.worst and digits == verdict.worst.want), "")
    return (found[1], wanted) if found and wanted else ("", "")


def result_of(verdict: Verdict) -> str:
    """The result that a verdict is about; where a shape is wrong, the one that has it."""
    found = _MISSHAPEN.match(reason(verdict)) if verdict.law == SHAPE else None
    return found[1] if found else verdict.of


def at_fault(verdict: Verdict) -> str:
    """What is wrong by a verdict: a result, the forward or the backward that raised, or the call as a whole."""
    return raised(verdict)[0] or ("call" if verdict.law in OF_CALLS else result_of(verdict))


def must_be(worst: Worst, results: int) -> str:
    """What is printed behind so many results, of which one is wrong."""
    want = spelled_number(worst.due)
    return (
        f', "and must be", {want}' if results == 1 else f', "of which", {spelled_number(worst.got)}, "must be", {want}'
    )


def both(verdict: Verdict, worst: Worst) -> str:
    """Two numbers that differ, of which one is right unless either may be wrong."""
    other = "and once" if verdict.law == Repetition.law else "want"
    return f" (got {worst.got:.6g}, {other} {worst.want:.6g})"
