"""What each finding of an examination looks like, on the case that tells most."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace

from checks.claim import Verdict
from checks.diagnosis import diagnose
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.errors import SubjectError, UsageError
from checks.examination import WITNESSES, Examination
from checks.judge import verdicts
from checks.witness import Trial

#: What can be diagnosed: other verdicts speak of arguments and draws.
RESULTS = frozenset({"y", "dx", "dweight", "dbias"})


def explain(examination: Examination) -> Examination:
    """Say of each finding what it looks like, once for each result that is wrong; gives the examination itself."""
    known: dict[str, tuple[str, ...]] = {}
    for found in list(examination.findings.values()):
        of = found.verdict.of
        if of not in known and of in RESULTS and found.telling is not None and examination.family.all_cells:
            trial = Trial(examination.subject, examination.family, found.telling)
            with suppress(SubjectError, UsageError):  # a family may lack a reference
                known[of] = tuple(filter(None, str(diagnose(trial, of, _heard(trial))).splitlines()))
        examination.report(replace(found, diagnosis=known.get(of, ())))
    return examination


def _heard(trial: Trial) -> Iterator[Verdict]:
    """What the second sources and the subject's own forward say of a trial."""
    for witness in WITNESSES:
        if witness.law in {*SOURCES, *OWN_FORWARD}:
            yield from verdicts(witness, trial)
