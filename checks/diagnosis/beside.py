"""Whether other results than the one that is told are wrong on the same case, or on others."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Final

from checks.claim import Verdict
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.tally import Finding

#: What is known of another result on the same case, and beside that on others, where it may be all that is known.
RIGHT, WRONG = "right", "wrong"
RIGHT_HERE, ELSEWHERE = "right here, wrong on other cases", "wrong on other cases"

#: Laws that say whether a result is right, whatever else is.
KNOWING: Final = frozenset({*SOURCES, *OWN_FORWARD})


def beside(told: Verdict, heard: Iterable[Verdict]) -> dict[str, str]:
    """What the law of a verdict said of other results on its case; one of which a part is blind is not called right."""
    others = [each for each in heard if each.law == told.law in KNOWING and each.of != told.of]
    wrong = {each.of: WRONG for each in others if each.status == told.status}
    return {each.of: RIGHT for each in others if each.status == "right" and not each.blind} | wrong


def everywhere(told: Verdict, known: Mapping[str, str], wrong: Collection[str]) -> dict[str, str]:
    """The same, where it is known which results are wrong on some case."""
    here = {of: RIGHT_HERE if said == RIGHT and of in wrong else said for of, said in known.items()}
    others = {*wrong} - {*here, told.of} if told.law in KNOWING else set()
    return {**here, **dict.fromkeys(sorted(others), ELSEWHERE)}


def untold(findings: Collection[Finding], broken: Mapping[str, Finding]) -> list[Finding]:
    """Those that are ``broken`` of which findings say no more than that they are wrong on other cases."""
    told = {found.verdict.of for found in findings} | {found.shrunk_verdict.of for found in findings}
    shown = {of for found in findings for of, said in found.beside.items() if said == WRONG}
    said = {of for found in findings for of, said in found.beside.items() if said in {RIGHT_HERE, ELSEWHERE}}
    return [found for of, found in broken.items() if of in said - told - shown]
