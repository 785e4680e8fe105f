"""What each finding of an examination looks like, on the case that tells most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from checks.claim import Verdict
from checks.diagnosis import diagnose
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.recording import recorded
from checks.diagnosis.script import script
from checks.errors import SubjectError, UsageError
from checks.examination import WITNESSES, Examination, Finding
from checks.invariants.kinks import CONVENTION, Kinks
from checks.judge import verdicts
from checks.witness import Trial

#: What can be diagnosed: other verdicts speak of arguments and draws.
RESULTS = frozenset({"y", "dx", "dweight", "dbias"})

#: Laws that another law's witness speaks of.
SPOKEN_BY = {CONVENTION: Kinks.law}


def explain(examination: Examination) -> Examination:
    """Say of each finding what it looks like, once for each result that is wrong; gives the examination itself.

    And how to see it without gradproof: of hazards too.
    """
    known: dict[str, tuple[str, ...]] = {}
    for found in list(examination.findings.values()):
        of = found.verdict.of
        if of not in known and of in RESULTS and found.telling is not None and examination.family.all_cells:
            trial = Trial(examination.subject, examination.family, found.telling)
            with suppress(SubjectError, UsageError):  # a family may lack a reference
                known[of] = tuple(filter(None, str(diagnose(trial, of, _heard(trial))).splitlines()))
        examination.report(replace(found, diagnosis=known.get(of, ()), script=_script(examination, found)))
    for law, found in examination.hazards.items():
        examination.hazards[law] = replace(found, script=_script(examination, found))
    return examination


def _script(examination: Examination, found: Finding) -> str:
    """The calls of the law that broke, made on the plainest case by the witness that spoke."""
    law = SPOKEN_BY.get(found.law, found.law)
    witness = next((each for each in examination.witnesses if each.law == law), examination.witnesses[0])
    calls = recorded(examination.subject, examination.family, found.shrunk, witness, found.shrunk_verdict)
    return script(*calls, found.shrunk_verdict)


def _heard(trial: Trial) -> Iterator[Verdict]:
    """What the second sources and the subject's own forward say of a trial."""
    for witness in WITNESSES:
        if witness.law in {*SOURCES, *OWN_FORWARD}:
            yield from verdicts(witness, trial)
