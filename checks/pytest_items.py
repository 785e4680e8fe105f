"""One statement in a test file, one pytest item for each law."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from time import perf_counter
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, seed, settings

from checks.adapters.identity import identity
from checks.anywhere import Anywhere
from checks.api import replay
from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.explain import explain
from checks.errors import GradproofError, UnreachableError, UsageError
from checks.examination import WITNESSES, Examination
from checks.hearing import Here
from checks.isolation import Apart, Isolation
from checks.judge import fair_verdicts
from checks.opening import SECOND_SOURCES, demand_known, opened, opened_apart, quiet
from checks.oracles.golden import GoldenDigests
from checks.report.figures import figures
from checks.report.story import story
from checks.scope.limits import Limits
from checks.scope.spend import first_round, seconds
from checks.tally import Finding, Tally
from checks.witness import Trial, Witness

#: Name under which an item keeps what it found, for the summary and for JUnit XML.
PROPERTY = "gradproof"

T = TypeVar("T")


class _BrokenError(Exception):
    """A law broke on a case that Hypothesis drew."""

    def __init__(self, case: Case, verdict: Verdict) -> None:
        super().__init__(str(verdict))
        self.case, self.verdict = case, verdict


def layer_tests(
    subject: Any,
    like: str = "",
    *,
    supports: Mapping[str, Any] | None = None,
    inputs: Any = None,
    isolate: bool | Isolation = False,
) -> Callable[..., None]:
    """A test function with one item for each law.

    ``test_my_conv = layer_tests(MyConv, like="conv2d")`` is all that a test file needs; the arguments are those of
    ``examine``. Each item examines its own law: on the cases that cover every pair of settings, then on cases that
    Hypothesis draws, and shrinks what it finds. A failure shows the whole story and no traceback. Without ``like``
    there are no items for laws that need a second source. With ``isolate`` the items share a process of the layer's
    own, in which it may crash or hang; each opens the layer afresh. It may stand in a class of tests too.

    Raises UsageError where the question is not understood.
    """
    demand_known(like, supports, inputs, isolate)
    held = cache(lambda device: opened(subject, like, supports, inputs, device))
    refused = dict[str, str]()  # what was not understood, and the law whose item says so

    def asked(config: pytest.Config, budget: float) -> tuple[Examination, Limits]:
        device = config.getoption("gradproof_device", "cpu")
        if not isolate:
            return held(device)
        return opened_apart(_apart(config, test_layer, isolate, budget), subject, like, supports, inputs, device)

    @pytest.mark.parametrize("law", laws(bool(like)))
    def test_layer(law: str, request: pytest.FixtureRequest) -> None:
        option = request.config.getoption
        budget = seconds(option("gradproof_budget", None) or "2s")
        with plainly():
            with _once(refused, law):
                whole, limits = _here(lambda: asked(request.config, budget), supports or {})
            witness = next(witness for witness in whole.witnesses if witness.law == law)
            examination = Examination(whole.subject, whole.family, (witness,), hearing=whole.hearing)
            with quiet():
                replay(examination, limits, option("gradproof_corpus", None) or None, identity(subject))
                examine_law(examination, limits, budget, option("gradproof_seed", None))
        settle(request, examination)

    return Anywhere(test_layer)


@contextmanager
def plainly() -> Iterator[None]:
    """What gradproof itself raises fails the test by its message: no traceback says more.

    Raises pytest's own outcome.
    """
    try:
        yield
    except GradproofError as error:
        # From None: pytest would print the error that is handled, too.
        raise pytest.fail.Exception(f"{type(error).__name__}: {error}", pytrace=False) from None


@contextmanager
def _once(refused: dict[str, str], law: str) -> Iterator[None]:
    """A question that is not understood fails the item of one law; ``refused`` knows which, and skips the others."""
    try:
        yield
    except UnreachableError:
        raise
    except UsageError as error:
        if (told := refused.setdefault(str(error), law)) != law:
            raise pytest.skip.Exception(f"the question is not understood: see the item of {told}") from None
        raise


#: Processes of layers' own, by the tests that share them, for as long as pytest runs.
_APART = pytest.StashKey[dict[Callable[..., None], Apart]]()


def _apart(config: pytest.Config, test: Callable[..., None], isolate: bool | Isolation, budget: float) -> Apart:  # noqa: FBT001 - as ``examine`` takes it
    """The process of a test's layer, which ends with pytest."""
    kept = config.stash.setdefault(_APART, {})
    if test not in kept:
        kept[test] = Apart(isolate if isinstance(isolate, Isolation) else Isolation.within(budget))
        config.add_cleanup(kept[test].close)
    return kept[test]


def _here(open_it: Callable[[], T], supports: Mapping[str, Any]) -> T:
    """What is opened, or a skip in sight where the layer itself needs a device that is not here."""
    try:
        return open_it()
    except UnreachableError as error:
        if "device" in supports:
            pytest.skip(str(error))
        raise


def laws(claimed: bool) -> list[str]:  # noqa: FBT001 - whether there is a family
    """Names of the laws, in the order of the report."""
    return [witness.law for witness in WITNESSES if claimed or witness.law not in SECOND_SOURCES]


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


def settle(request: pytest.FixtureRequest, examination: Examination) -> None:
    """Leave the figures with the item; fail with the story, or skip where the law had nothing to say.

    Raises pytest's own outcomes.
    """
    request.node.user_properties.append((PROPERTY, json.dumps(figures(examination))))
    if examination.wrong:
        pytest.fail(story(explain(examination)), pytrace=False)
    if not examination.compared:
        reasons = sorted({reason for tally in examination.tallies.values() for reason in tally.reasons})
        pytest.skip("; ".join(reasons[:3]) or _silence(examination))


def _silence(examination: Examination) -> str:
    if all(isinstance(witness, GoldenDigests) for witness in examination.witnesses):
        return "no golden digests are recorded that this layer takes: gradproof record stores some"
    return "this law has nothing to say about this family"


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
