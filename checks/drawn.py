"""One law on the cases that cover every pair of settings, and on others that Hypothesis draws and shrinks."""

from __future__ import annotations

import re
from collections.abc import Callable
from time import perf_counter

from hypothesis import HealthCheck, given, seed, settings

from checks.case import Case
from checks.claim import Verdict
from checks.examination import Examination
from checks.hearing import Here
from checks.judge import fair_verdicts
from checks.oracles.golden import GoldenDigests
from checks.scope.limits import Limits
from checks.scope.spend import first_round
from checks.tally import Finding, Tally
from checks.witness import Trial, Witness


class _BrokenError(Exception):
    """A law broke on a case that Hypothesis drew."""

    def __init__(self, case: Case, verdict: Verdict) -> None:
        super().__init__(str(verdict))
        self.case, self.verdict = case, verdict


def examine_law(examination: Examination, limits: Limits, budget: float, number: int | None) -> None:
    """The covering cases for half of the budget, then drawn ones; a broken law ends it."""
    start, (witness,) = perf_counter(), examination.witnesses
    if isinstance(witness, GoldenDigests):  # replayed already; there are digests of no other case
        return
    if not examination.wrong:
        first_round(examination, limits, budget / 2, number or 0, examination.cases + examination.family.fewest)
    if not examination.wrong:
        _draw(examination, witness, start + budget, number)


def _draw(examination: Examination, witness: Witness, end: float, number: int | None) -> None:
    """Judge cases that Hypothesis draws, and shrinks, until ``end``; the examination goes on to what it cannot draw."""
    unhurried = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
    law_holds = _law_holds(examination, witness, end)
    law_holds.__name__ = law_holds.__qualname__ = re.sub(r"\W", "_", f"{examination.subject.name}_{witness.law}")
    drawn = settings(deadline=None, report_multiple_bugs=False, suppress_health_check=unhurried)(
        given(examination.family.cases())(law_holds)
    )
    try:
        (seed(number)(drawn) if number is not None else drawn)()
    except _BrokenError as broken:
        examination.judge(broken.case)
        if broken.verdict.law not in examination.findings:
            why = f"the same case gave another verdict the second time; at first {broken.verdict}"
            verdict = Verdict("repeatable", "y", "wrong", why, wrong=1)
            examination.report(Finding("repeatable", broken.case, verdict, broken.case, verdict))


def _law_holds(examination: Examination, witness: Witness, end: float) -> Callable[[Case], None]:
    """What Hypothesis is given: silent after ``end``, but for cases on which the law broke before.

    Hypothesis asks again, and takes another answer, or the same from another line, for a mistake of its own.
    """
    judge = _tally if isinstance(examination.hearing, Here) else _shrunk_there
    broken = dict[Case, Verdict]()

    def law_holds(case: Case) -> None:
        ended = perf_counter() > end or examination.wrong or examination.hearing.stopped
        verdict = broken.get(case) if case in broken or ended else judge(examination, witness, case)
        if verdict:
            broken[case] = verdict
            raise _BrokenError(case, verdict)

    return law_holds


def _shrunk_there(examination: Examination, _: Witness, case: Case) -> None:
    """Judge one drawn case and walk to a plainer one at once: each step of Hypothesis might start a process."""
    examination.judge(case)


def _tally(examination: Examination, witness: Witness, case: Case) -> Verdict | None:
    """Tally one drawn case; gives the verdict that is wrong, so that Hypothesis shrinks the case."""
    found, _ = fair_verdicts(witness, Trial(examination.subject, examination.family, case))
    examination.judged.append(case.but())
    for verdict in found:
        examination.tallies.setdefault(verdict.law, Tally()).add(verdict)
    return next((verdict for verdict in found if verdict.status == "wrong"), None)
