"""What each finding of an examination looks like, on the case that tells most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial

from checks.claim import Verdict
from checks.diagnosis import diagnose
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.errors import SubjectError
from checks.examination import WITNESSES, Examination, Finding
from checks.judge import verdicts
from checks.witness import Trial

#: What can be diagnosed: other verdicts speak of arguments and draws.
RESULTS = frozenset({"y", "dx", "dweight", "dbias"})


def explain(examination: Examination) -> Examination:
    """Say of each finding what it looks like, once for each result that is wrong; gives the examination itself."""
    known = {found.verdict.of: found.diagnosis for found in examination.findings.values() if found.diagnosis}
    for law, found in examination.findings.items():
        of = found.verdict.of
        if of not in known and of in RESULTS and _tells(found) and examination.family.all_cells:
            trial = Trial(examination.subject, examination.family, found.telling or found.case)
            with suppress(SubjectError):
                known[of] = examination.hearing.ask(trial, partial(looks, of=of))
        examination.findings[law] = replace(found, diagnosis=known.get(of, ()))
    return examination


def _tells(found: Finding) -> bool:
    """Whether there are numbers to look at."""
    return found.telling is not None and found.verdict.worst is not None


def looks(trial: Trial, of: str) -> tuple[str, ...]:
    """What is wrong with one result of a trial, in sentences."""
    return tuple(filter(None, str(diagnose(trial, of, _heard(trial))).splitlines()))


def _heard(trial: Trial) -> Iterator[Verdict]:
    """What the second sources and the subject's own forward say of a trial."""
    for witness in WITNESSES:
        if witness.law in {*SOURCES, *OWN_FORWARD}:
            yield from verdicts(witness, trial)
