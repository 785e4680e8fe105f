"""From a witness's claims on a trial to verdicts: whatever the subject does, there is a verdict."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from checks.claim import DERIVED, Status, Verdict
from checks.compare import compare
from checks.errors import OutputShapeError, RefusedError, SourceError, SubjectError, SubjectShapeError
from checks.kink import kinks_met
from checks.observed import SENTENCES, observed
from checks.witness import Trial, Witness

#: What a verdict is that says that something is amiss.
BROKEN = frozenset({"wrong", "hazard"})

#: The laws that a subject breaks by raising, by never answering, by giving arrays that no other law can be tried on.
RUNS = "runs"
HANGS = "hangs"
SHAPE = "shape"

#: Said of what is wrong where a layer was asked that its user did not show.
_TAKEN = (
    "which forward and backward take: a layer that is not meant for that raises there, or is examined on "
    "inputs=st.just(...), which is not varied"
)


def verdicts(witness: Witness, trial: Trial) -> list[Verdict]:
    """What one witness says of a trial, judged; a subject that raises breaks ``runs``, a wrong shape ``shape``."""
    return valid(list(one_by_one(witness, trial)))


def valid(found: list[Verdict]) -> list[Verdict]:
    """What counts of a witness's verdicts: the last alone where the subject raised, or gave arrays of other shapes."""
    return found[-1:] if found and found[-1].law in {RUNS, SHAPE} else found


def one_by_one(witness: Witness, trial: Trial) -> Iterator[Verdict]:
    """The same, each as soon as it is known: who has heard enough saves the calls for the others."""
    try:
        if told := _about_shapes(trial):
            yield at_most(told, trial)
        for claim in witness.claims(trial):
            yield _as_it_counts(compare(claim), trial)
    except SubjectError as error:
        yield at_most(_raised(error, witness, trial), trial)


def looking_at(trial: Trial, verdict: Verdict) -> Trial:
    """The trial, where the place of a verdict is one of those that are looked at for a kink.

    A law that is asked alone does not learn from other laws where derivatives meet one.
    """
    if verdict.worst and (moved := verdict.of.removeprefix("d")) in trial.case.arguments:
        place, shape = verdict.worst.index, trial.case.shapes[moved]
        if len(place) == len(shape) and all(at < length for at, length in zip(place, shape, strict=True)):
            trial.shared(kinks_met)[moved] = [place]
    return trial


def at_most(verdict: Verdict, trial: Trial) -> Verdict:
    """A verdict as it counts on its case: no more than a hazard where nobody said that the layer must be right."""
    if verdict.status not in BROKEN:
        return verdict
    if blurred := trial.family.blurred(trial.case, verdict):
        left_out = verdict.blind + verdict.compared
        return replace(verdict, status="blind", why=blurred, compared=0, wrong=0, blind=left_out, worst=None)
    if verdict.status == "hazard":  # of its own, wherever it was met
        return verdict
    if _no_number(verdict) and (undefined := trial.family.undefined(trial.case)):
        return replace(verdict, status="hazard", why=f"{verdict.why}; {undefined}")
    if verdict.law in DERIVED and (elsewhere := trial.family.elsewhere(trial.case)):
        return replace(verdict, why=f"{verdict.why}; {elsewhere}, {_TAKEN}")
    beyond = trial.family.beyond(trial.case)
    return replace(verdict, status="hazard", why=f"{verdict.why}; {beyond}") if beyond else verdict


def _no_number(verdict: Verdict) -> bool:
    """Whether NaN is what is wrong."""
    return verdict.worst is not None and bool(np.isnan(verdict.worst.got))


def _about_shapes(trial: Trial) -> Verdict | None:
    """What is said where arrays came in other shapes; of some that do not fit no witness can speak."""
    if told := trial.got.misshapen:
        return Verdict(SHAPE, "y", "wrong", told, wrong=1, share=float("inf"))
    if told := trial.got.stretched:
        return Verdict(SHAPE, "y", "hazard", told, wrong=1, share=float("inf"))
    return None


def _as_it_counts(verdict: Verdict, trial: Trial) -> Verdict:
    """The verdict, blind about a gradient that the subject does not give: it is another's; else as ``at_most``."""
    if verdict.of not in trial.subject.ungiven:
        return at_most(verdict, trial) if verdict.status in BROKEN else verdict
    why = f"supports says that the layer gives no {verdict.of}"
    return Verdict(verdict.law, verdict.of, "blind", why, blind=verdict.compared + verdict.blind)


def _raised(error: SubjectError, witness: Witness, trial: Trial) -> Verdict:
    """What is said of a subject that raises, or refuses the case."""
    if isinstance(error, RefusedError):
        return Verdict(RUNS, "y", "blind", str(error), blind=1)
    if isinstance(error, SourceError) and trial.subject.failure is not SourceError:
        return Verdict(witness.law, "y", "blind", str(error), blind=1)
    return broken(error, trial)


def broken(error: SubjectError, trial: Trial) -> Verdict:
    """A subject that raises; on arrays without entries nothing is computed, and right layers may raise there.

    Or they make an array of a list of none: a shape of y that is wrong there alone is a hazard.
    """
    if isinstance(error, SubjectShapeError):
        nothing = isinstance(error, OutputShapeError) and not trial.case.filled
        status: Status = "hazard" if nothing else "wrong"
        return Verdict(SHAPE, "y", status, str(error), wrong=1, share=float("inf"))
    if not trial.case.filled:
        return Verdict(RUNS, "y", "blind", f"without entries: {error}", blind=1)
    return Verdict(RUNS, "y", "wrong", str(error), wrong=1, share=float("inf"))


def worn_out(trial: Trial) -> str:
    """What the subject raises on a case that it took before, where it turns that down now; empty where it does not."""
    try:
        trial.subject.apply(trial.case.held, trial.case.config)
    except RefusedError as error:
        return f"{error}, on a case that it took before: after some number of calls it takes nothing any more"
    except SubjectError:
        pass
    return ""


def fair_verdicts(witness: Witness, trial: Trial) -> tuple[list[Verdict], Trial]:
    """The same, and what is wrong for a plain sum is judged as another arithmetic where the subject is seen to be so.

    Returns the trial that was judged in the end: its subject then declares what was seen.
    """
    found = verdicts(witness, trial)
    wrong = [verdict.of for verdict in found if verdict.status == "wrong" and verdict.law not in {RUNS, SHAPE}]
    if wrong and (seen := trial.shared(observed)):
        trial = replace(trial, subject=replace(trial.subject, arithmetic=seen))
        found = [*verdicts(witness, trial), Verdict("arithmetic", wrong[0], "hazard", SENTENCES[seen], wrong=1)]
    return found, trial


def severe(deny: frozenset[str], verdict: Verdict) -> Verdict:
    """A hazard is wrong where it is denied."""
    denied = verdict.status == "hazard" and deny & {verdict.law, "all"}
    return replace(verdict, status="wrong") if denied else verdict
