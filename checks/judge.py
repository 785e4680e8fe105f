"""From a witness's claims on a trial to verdicts: whatever the subject does, there is a verdict."""

from __future__ import annotations

from dataclasses import replace

from checks.claim import Verdict
from checks.compare import compare
from checks.errors import RefusedError, SubjectError, SubjectShapeError
from checks.observed import SENTENCES, observed
from checks.witness import Trial, Witness

#: The laws that a subject breaks by raising, by never answering, by giving arrays that no other law can be tried on.
RUNS = "runs"
HANGS = "hangs"
SHAPE = "shape"


def verdicts(witness: Witness, trial: Trial) -> list[Verdict]:
    """What one witness says of a trial, judged; a subject that raises breaks ``runs``, a wrong shape ``shape``."""
    try:
        _ = trial.got  # no witness can speak about shapes that do not fit
        return [compare(claim) for claim in witness.claims(trial)]
    except RefusedError as error:
        return [Verdict(RUNS, "y", "blind", str(error), blind=1)]
    except SubjectError as error:
        law = SHAPE if isinstance(error, SubjectShapeError) else RUNS
        return [Verdict(law, "y", "wrong", str(error), wrong=1, share=float("inf"))]


def fair_verdicts(witness: Witness, trial: Trial) -> tuple[list[Verdict], Trial]:
    """The same, and what is wrong for a plain sum is judged as another arithmetic where the subject is seen to be so.

    Returns the trial that was judged in the end: its subject then declares what was seen.
    """
    found = verdicts(witness, trial)
    wrong = any(verdict.status == "wrong" and verdict.law not in {RUNS, SHAPE} for verdict in found)
    if wrong and (seen := trial.shared(observed)):
        trial = replace(trial, subject=replace(trial.subject, arithmetic=seen))
        found = [*verdicts(witness, trial), Verdict("arithmetic", "y", "hazard", SENTENCES[seen], wrong=1)]
    return found, trial
