"""What each finding of an examination looks like, on the case that tells most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import Any

from checks.anew import ANSWERING
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis import CHANGED, diagnose, own_faults
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.causes import example_looks
from checks.diagnosis.conditions import Apart, common
from checks.diagnosis.directed import direction
from checks.diagnosis.earlier import OWN_DATA
from checks.diagnosis.history import judge_alone, witness_of
from checks.diagnosis.raising import raising
from checks.diagnosis.reasons import raised
from checks.diagnosis.recording import answered, recorded
from checks.diagnosis.script import Around, script
from checks.diagnosis.split import Split
from checks.errors import GradproofError, SubjectError, UnscriptedError, UsageError
from checks.examination import MOST_TELLING, WITNESSES, Examination
from checks.families.unclaimed import Unclaimed
from checks.invariants.subsets import Subsets, parts
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS, verdicts
from checks.oracles.modes import Modes, spoken_of
from checks.subject import Subject
from checks.tally import Finding
from checks.witness import Trial, Witness

#: What can be diagnosed: other verdicts speak of arguments and draws.
RESULTS = frozenset({"y", "dx", "dweight", "dbias"})

#: Cases on which a result is wrong, and on which it is right, that a known mistake is held against.
MOST_WRONG, MOST_RIGHT = 12, 40


def explain(examination: Examination) -> Examination:
    """Say of each finding what it looks like, once for each result that is wrong; gives the examination itself.

    And how to see it without gradproof: of hazards too.
    """
    judge_alone(examination)
    ask, dependent = _asking(examination)
    known: dict[str, tuple[tuple[str, ...], Case]] = {}
    for found in sorted(examination.findings.values(), key=_looks_elsewhere):
        of, undescribed = found.verdict.of, not (found.diagnosis or found.alone) and found.verdict.worst is not None
        split = Split() if dependent else examination.splits.get(of, Split())
        if undescribed and not any(known.get(of, ())[:1]) and (question := _question(examination, found, split)):
            case = found.shrunk if dependent else found.telling or found.shrunk
            with suppress(SubjectError, UsageError):  # a family may lack a reference
                asked = partial(own_faults.carefully, question)
                known[of] = ask(Trial(examination.subject, examination.family, case), asked), case
    for found in [each for each in examination.findings.values() if not each.alone]:
        looked = placed(found, *known[found.verdict.of]) if found.verdict.of in known else ()
        looking = replace(found, diagnosis=found.diagnosis or looked)
        examination.report(_scripted(examination, looking, ask))
    for law, found in examination.hazards.items():
        examination.hazards[law] = _scripted(examination, found, examination.hearing.ask)
    return examination


#: Has a question about a trial answered.
Ask = Callable[[Trial, Callable[[Trial], Any]], Any]


def _asking(examination: Examination) -> tuple[Ask, bool]:
    """How questions about cases are asked: of a layer that nobody has called, where its earlier calls matter."""
    anew = examination.anew
    if anew is None or not any(found.alone for found in examination.findings.values()):
        return examination.hearing.ask, False
    return (lambda trial, question: anew.ask(trial.case, trial.subject.arithmetic, question)), True


def placed(found: Finding, sentences: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """What was seen on a case: which one is said with its wrong elements, unless it is the plainest, which is printed.

    Its shapes say so.
    """
    of = found.verdict.of
    if str(case) == str(found.shrunk):
        return sentences
    shapes = ", ".join(f"{name}={shape}".replace(" ", "") for name, shape in case.shapes.items())
    where = f" of {shapes}" if case.shapes != found.shrunk.shapes else " of another case of these shapes"
    counted = (f"{of}: ", f"{of}{CHANGED}")
    return tuple(f"{of}{where}{each.removeprefix(of)}" if each.startswith(counted) else each for each in sentences)


def _question(examination: Examination, found: Finding, split: Split) -> Callable[[Trial], tuple[str, ...]] | None:
    """What is asked about a result that is wrong; None where the verdict is about something else."""
    of = found.verdict.of
    if examination.family.smooth:
        return partial(example_looks, of=of) if found.law in OWN_FORWARD else None
    if of not in RESULTS or not examination.family.all_cells:
        return None
    others = (found.case, found.shrunk) if found.law in SOURCES else ()
    wrong, right = (*others, *_looked_at(split.wrong, MOST_WRONG)), _looked_at(split.right, MOST_RIGHT)
    apart = Apart(split.apart(examination.family), common(examination.family, split.wrong), found.shrunk)
    return partial(looks, of=of, others=wrong, right=right, apart=apart)


def _looked_at(cases: Iterable[Case], most: int) -> tuple[Case, ...]:
    """Some of the cases that are small enough to be looked at whole, the first ones."""
    return tuple(islice((case for case in cases if case.sizes() <= MOST_TELLING), most))


def _looks_elsewhere(found: Finding) -> bool:
    """Whether a law looks at other numbers than the case's own, on which nothing need be wrong."""
    return found.law not in {*SOURCES, *OWN_FORWARD}


def looks(
    trial: Trial, of: str, others: tuple[Case, ...] = (), right: tuple[Case, ...] = (), apart: Apart | None = None
) -> tuple[str, ...]:
    """What is wrong with one result of a trial, and of others, in sentences; see ``diagnose``."""
    told = apart.told(trial, of) if apart else ""
    return tuple(filter(None, str(diagnose(trial, of, _heard(trial), others, right, told)).splitlines()))


def _scripted(examination: Examination, found: Finding, ask: Ask) -> Finding:
    """The finding with its script, or with why there is none."""
    try:
        return replace(found, script=_script(examination, found, ask))
    except UnscriptedError as error:
        return replace(found, unscripted=str(error))
    except GradproofError:
        raise
    except own_faults.FAULTS as error:
        return replace(found, unscripted=own_faults.in_words(error))


def _script(examination: Examination, found: Finding, ask: Ask) -> str:
    """The calls of the law that broke, on the plainest case; the reference makes them where the subject may not end."""
    subject, family = examination.subject, examination.family
    witness = (None if found.law in ANSWERING else witness_of(examination, found)) or examination.witnesses[0]
    question = partial(spelled, witness=witness, verdict=found.shrunk_verdict)
    trial = Trial(subject, family, found.shrunk)
    with suppress(SubjectError, UsageError):
        if found.law not in {RUNS, HANGS}:
            return str(ask(trial, question))
        if any(raised(found.shrunk_verdict)):
            asked = partial(spelled_raising, witnesses=examination.witnesses, verdict=found.shrunk_verdict)
            if text := str(ask(trial, asked)):
                return text
        question = partial(spelled_by_the_reference, witness=witness, verdict=found.shrunk_verdict)
        with suppress(SubjectError):
            return str(ask(trial, question))
        return question(trial)  # the subject has broken its device, or can be opened no more
    return ""


def spelled(trial: Trial, witness: Witness, verdict: Verdict) -> str:
    """What a witness does for a verdict on a trial, as a script; empty where a pair of functions cannot be asked it."""
    case = trial.case
    if verdict.law == Surroundings.law:
        return ""
    if witness.law in {Modes.law, Subsets.law}:
        asked = _in_its_mode(trial, verdict) if witness.law == Modes.law else _asked_for_some(trial, verdict)
        return script(answered(asked, trial.family, case), [], verdict, asked, Around(case)) if asked else ""
    if witness.law in OWN_FORWARD and verdict.counted in {"", "direction"}:  # many forwards, for one derivative
        along = direction(trial, verdict)
        return script(
            answered(trial.subject, trial.family, case), [], verdict, trial.subject, Around(case, along=along)
        )
    first, then = recorded(trial.subject, trial.family, case, witness, verdict)
    return script([] if witness.law in OWN_DATA else first, then, verdict, trial.subject, Around(case))


def _in_its_mode(trial: Trial, verdict: Verdict) -> Subject | None:
    """The subject in the mode that a verdict speaks of; None where nobody can say how to bring it there."""
    found = spoken_of(trial.subject, verdict.why)
    return found if found and found.preamble else None


def _asked_for_some(trial: Trial, verdict: Verdict) -> Subject | None:
    """The subject that is asked for the gradients that were asked for with the one that a verdict speaks of."""
    argument, some = verdict.of.removeprefix("d"), trial.subject.preamble_of_some
    if argument not in trial.case.arguments or some is None:
        return None
    wanted = next(each for each in parts(trial.case) if argument in each)
    return replace(trial.subject, preamble=some(wanted))


def spelled_raising(trial: Trial, witnesses: tuple[Witness, ...], verdict: Verdict) -> str:
    """The call that raises, on the arrays on which it does: a law may have made them. Empty where none raises again."""
    events, law = raising(trial.subject, trial.family, trial.case, witnesses, verdict.why)
    text = script(events, [], verdict, trial.subject, Around(trial.case)) if events else ""
    return f"{text}\n# on numbers that the law {law} made of the case's" if text and law else text


def spelled_by_the_reference(trial: Trial, witness: Witness, verdict: Verdict) -> str:
    """The same where the reference makes the calls: the subject's may never end. They are spelled as the subject's."""
    own = trial.subject
    makes = replace(
        trial.family.reference, limits=own.limits, layout=own.layout, spelled=own.spelled, preamble=own.preamble
    )
    return spelled(replace(trial, subject=makes), witness, verdict)


def _heard(trial: Trial) -> Iterator[Verdict]:
    """What the second sources and the subject's own forward say of a trial.

    A forward that is another layer's is not asked as exactly as one of its family: it is no longer known to be linear.
    """
    said = list(_said(trial, SOURCES))
    another = any(verdict.of == "y" and verdict.status == "wrong" for verdict in said)
    yield from said
    yield from _said((_of_no_family(trial) if another else None) or trial, OWN_FORWARD)


def _said(trial: Trial, laws: Collection[str]) -> Iterator[Verdict]:
    for witness in WITNESSES:
        if witness.law in laws:
            yield from verdicts(witness, trial)


def _of_no_family(trial: Trial) -> Trial | None:
    """The subject on the numbers of a case, as one that claims nothing; None where nobody can ask it so."""
    case, config = trial.case, trial.case.config
    subject = replace(trial.subject, forward=lambda arrays, _: trial.subject.forward(arrays, config))
    with suppress(SubjectError, UsageError):
        family = Unclaimed(subject, case.inputs)
        return Trial(subject, family, family.case_of({}, {}, case.dtype, "given", case.seed).holding("dy", case.dy))
    return None
