"""What each finding of an examination looks like, on the case that tells most."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from time import monotonic

from checks.anew import Anew
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis import CHANGED, diagnose, own_faults
from checks.diagnosis.alone import OWN_FORWARD, SOURCES
from checks.diagnosis.before_training import before_training
from checks.diagnosis.beside import everywhere, untold
from checks.diagnosis.causes import example_looks
from checks.diagnosis.conditions import Apart, common
from checks.diagnosis.history import judge_alone
from checks.diagnosis.numbers import SLIGHTLY
from checks.diagnosis.script import BETWEEN_CALLS
from checks.diagnosis.scripted import Ask, scripted
from checks.diagnosis.split import Split
from checks.diagnosis.tolerated import tolerated
from checks.diagnosis.wavering import tell_wavering
from checks.errors import SubjectError, UsageError
from checks.examination import MOST_TELLING, WITNESSES, Examination
from checks.families.unclaimed import Unclaimed
from checks.invariants.sums_of_calls import ADDED, is_sum_of_calls
from checks.judge import verdicts
from checks.tally import Finding, Tally
from checks.witness import Trial

#: What can be diagnosed: other verdicts speak of arguments and draws.
RESULTS = frozenset({"y", "dx", "dweight", "dbias"})

#: Seconds for derivatives that show what a result of a layer without a family looks like; how many times as long all
#: results together take at the most: of a layer of many arguments the others are wrong beside the first.
LOOKING, TOGETHER = 3.0, 2

#: What is said of a result of which nothing was found in its time.
NOTHING_IN_TIME = f"like nothing tried in the time that it has: {LOOKING:g} s, {TOGETHER * LOOKING:g} s for all results"

#: Cases on which a result is wrong, and on which it is right, that a known mistake is held against.
MOST_WRONG, MOST_RIGHT = 12, 40


def explain(examination: Examination) -> Examination:
    """Say of each finding what it looks like, once for each result that is wrong; gives the examination itself.

    And how to see it without gradproof: of hazards too.
    """
    judge_alone(examination)
    tell_wavering(examination)
    ask, dependent = _asking(examination)
    known = _looked(examination, examination.findings.values(), ask, dependent=dependent)
    for found in [each for each in examination.findings.values() if not each.alone]:
        looked = placed(found, *known[found.verdict.of]) if found.verdict.of in known else ()
        tally = examination.tallies.get(found.law, Tally())
        looked = looked or before_training(found.verdict, [*tally.reasons, found.shrunk_verdict.why])
        looking = replace(found, diagnosis=found.diagnosis or looked)
        looking = replace(looking, beside={}) if dependent else _everywhere(examination, looking)
        examination.report(_scripted(examination, looking, ask))
    examination.others = [] if dependent else _others(examination, ask)
    _add_tolerated(examination)
    for law, found in examination.hazards.items():
        examination.hazards[law] = scripted(examination, _everywhere(examination, found), examination.hearing.ask)
    return examination


def _others(examination: Examination, ask: Ask) -> list[Finding]:
    """Results that are wrong on other cases than those of the findings, and what they look like there."""
    found = untold(examination.findings.values(), examination.broken.get("wrong", {}))
    known = _looked(examination, found, ask, dependent=False)
    return [replace(each, diagnosis=placed(each, *known.get(each.verdict.of, ((), each.shrunk)))) for each in found]


def _add_tolerated(examination: Examination) -> None:
    """Say of the first finding that a tolerance would allow all of them, where one would."""
    first = next((found for found in examination.findings.values() if not found.alone), None)
    if first and (said := tolerated(examination)):
        examination.report(replace(first, diagnosis=(*first.diagnosis, said)))


def _everywhere(examination: Examination, found: Finding) -> Finding:
    """The finding with what is known of other results on other cases than its plainest."""
    wrong = examination.broken.get(found.verdict.status, {}).keys()
    return replace(found, beside=everywhere(found.verdict, found.beside, wrong))


def _scripted(examination: Examination, found: Finding, ask: Ask) -> Finding:
    """The finding with its script; of calls that spoil one another, which are spoiled here by now, where nobody called.

    There the calls show what they showed at first.
    """
    told = scripted(examination, found, ask)
    if told.script or examination.anew is None or found.law not in BETWEEN_CALLS:
        return told
    return scripted(examination, found, _anew(examination.anew))


def _asking(examination: Examination) -> tuple[Ask, bool]:
    """How questions about cases are asked: of a layer that nobody has called, where its earlier calls matter."""
    anew = examination.anew
    if anew is None or not any(found.alone for found in examination.findings.values()):
        return examination.hearing.ask, False
    return _anew(anew), True


def _anew(anew: Anew) -> Ask:
    return lambda trial, question: anew.ask(trial.case, trial.subject.arithmetic, question, trial.until)


def _looked(
    examination: Examination, findings: Iterable[Finding], ask: Ask, *, dependent: bool
) -> dict[str, tuple[tuple[str, ...], Case]]:
    """What each wrong result looks like, and the case on which it was looked at.

    What is ``dependent`` on earlier calls is looked at on the plainest case alone: others were judged after them.
    """
    known: dict[str, tuple[tuple[str, ...], Case]] = {}
    end = monotonic() + TOGETHER * LOOKING
    for found in sorted(findings, key=_looks_elsewhere):
        of, undescribed = found.verdict.of, not (found.diagnosis or found.alone) and found.verdict.worst is not None
        split = Split() if dependent else examination.splits.get(of, Split())
        if undescribed and not any(known.get(of, ())[:1]) and (question := _question(examination, found, split)):
            case = found.shrunk if dependent else found.telling or found.shrunk
            with suppress(SubjectError, UsageError):  # a family may lack a reference
                asked = partial(own_faults.carefully, question)
                until = min(monotonic() + LOOKING, end)
                trial = Trial(examination.subject, examination.family, case, until=until)
                known[of] = ask(trial, asked) or _out_of_time(until), case
    return known


def _out_of_time(until: float) -> tuple[str, ...]:
    """What is said of a result of which nothing was found when its time was over; nothing before that."""
    return (NOTHING_IN_TIME,) if monotonic() >= until else ()


def placed(found: Finding, sentences: tuple[str, ...], case: Case) -> tuple[str, ...]:
    """What was seen on a case: which one is said with its wrong elements, unless it is the plainest, which is printed.

    Its shapes say so; and what holds for that case alone is said to be so there.
    """
    of = found.verdict.of
    if str(case) == str(found.shrunk):
        return sentences
    shapes = ", ".join(f"{name}={shape}".replace(" ", "") for name, shape in case.shapes.items())
    where = f" of {shapes}" if case.shapes != found.shrunk.shapes else " of another case of these shapes"
    counted = (f"{of}: ", f"{of}{CHANGED}")
    there = (f"there {each}" if each.startswith(SLIGHTLY) else each for each in sentences)
    return tuple(f"{of}{where}{each.removeprefix(of)}" if each.startswith(counted) else each for each in there)


def _question(examination: Examination, found: Finding, split: Split) -> Callable[[Trial], tuple[str, ...]] | None:
    """What is asked about a result that is wrong; None where the verdict is about something else."""
    of = found.verdict.of
    if examination.family.smooth:
        return partial(example_looks, of=of) if found.law in OWN_FORWARD else None
    if of not in RESULTS or not examination.family.all_cells:
        return None
    others = (found.case, found.shrunk) if found.law in SOURCES else ()
    wrong, right = (*others, *_looked_at(split.wrong, MOST_WRONG)), _looked_at(split.right, MOST_RIGHT)
    shared = common(examination.family, [*split.wrong, *others] if split.wrong else ())
    counted = split.apart(examination.family, others)
    broken = tuple(each.case for each in examination.findings.values() if each.verdict.of == of)
    apart = Apart(counted, shared, found.shrunk, tuple(split.right), broken)
    once = tuple(each.shrunk for each in examination.findings.values() if _right_at_first(each, of))
    return partial(looks, of=of, others=wrong, right=(*right, *once), apart=apart)


def _right_at_first(found: Finding, of: str) -> bool:
    """Whether a finding says that a result was right in one call and wrong in a later one, on the same case."""
    return found.law in BETWEEN_CALLS and found.verdict.of == of


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
    if is_sum_of_calls(trial, of):
        return (ADDED.format(of=of),)
    told, further = (apart.told(trial, of), apart.right) if apart else ("", ())
    return tuple(filter(None, str(diagnose(trial, of, _heard(trial), others, right, told, further)).splitlines()))


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
    case, subject = trial.case, trial.subject.with_keywords(trial.case.config)
    with suppress(SubjectError, UsageError):
        family = Unclaimed(subject, case.inputs)
        return Trial(subject, family, family.case_of({}, {}, case.dtype, "given", case.seed).holding("dy", case.dy))
    return None
