"""Which findings share a paragraph: laws that broke for one result, by one mistake as far as anybody can tell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.families.slices import READABLE
from checks.report.words import number, place
from checks.tally import Finding

#: Laws that look at a case's own numbers, whatever its seed: where all of them are given, the seed is nothing to these.
SEEDLESS = frozenset({*SOURCES, *OWN_FORWARD, "sums", "linearity", "batch", "channels", "translation"})

#: Laws that say no more than that a value of y or of a gradient is wrong, each on a plainest case of its own.
OF_VALUES = SEEDLESS | {"scaling", "special values", "kinks", "beside kinks", "convention", "settings"}

#: Laws whose hazards show nothing until somebody writes to an array, calls in another order, or reads a wider format.
LATENT = frozenset({"saved copies", "saved state", "results kept", "arguments unchanged", "surroundings", "dtype"})


def together(findings: Iterable[Finding], status: str) -> list[list[Finding]]:
    """Findings by paragraph, the one to tell in full first.

    Laws that broke for the same result on the same plainest case share one; so do, where they are wrong, all laws that
    speak of its values. What is right alone is told apart from what is wrong there. Of hazards, those that show wrong
    numbers come first.
    """
    shared = dict[tuple[str, str, str, bool], list[Finding]]()
    for found in findings:
        verdict = found.shrunk_verdict
        alike = status == "WRONG" and found.law in OF_VALUES and verdict.worst is not None
        key = found.shrunk.family, verdict.of, "" if alike else str(found.shrunk), bool(found.alone)
        shared.setdefault(key, []).append(found)
    paragraphs = [sorted(each, key=_plainness) for each in shared.values()]
    return sorted(paragraphs, key=lambda each: status == "HAZARD" and not _shows(each[0]))


def _shows(found: Finding) -> bool:
    """Whether a hazard is a number that is wrong today, whoever does what with it."""
    return found.law not in LATENT and found.shrunk_verdict.worst is not None


def laws_on(found: Finding, alike: Sequence[Finding]) -> list[str]:
    """The laws that broke on the very case of a finding."""
    return [each.law for each in alike if _case(each) == _case(found)]


def also(alike: Sequence[Finding]) -> list[tuple[str, str]]:
    """A line for each other case on which laws of a paragraph broke: the laws, what they saw, the case."""
    others = dict[str, list[Finding]]()
    for found in alike:
        others.setdefault(_case(found), []).append(found)
    return [("also", f"{', '.join(each.law for each in some)}: {_seen(some[0])}") for some in [*others.values()][1:]]


def _case(found: Finding) -> str:
    """The case as text, without its seed where that makes no difference."""
    case = found.shrunk
    seedless = found.law in SEEDLESS and set(case.values) == set(case.shapes)
    return str(replace(case, seed=0) if seedless else case)


def _seen(found: Finding) -> str:
    worst = found.shrunk_verdict.worst
    numbers = f"got {number(worst.got)}, want {number(worst.want)} at " if worst else ""
    return f"{numbers}{place(found.shrunk_verdict)} of {found.shrunk}"


def _plainness(found: Finding) -> tuple[bool, bool, int]:
    """Laws that look at the numbers of the case itself come first: the others change them, or add their own.

    What is long and for which there is no plainer case comes after what has one.
    """
    size = found.shrunk.sizes()
    as_found = found.shrunk == found.case and size > READABLE
    return found.law not in {*SOURCES, *OWN_FORWARD}, as_found, size
