"""One statement in a test file, one pytest item for each law."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, partial
from typing import Any, TypeVar

import pytest

from checks.adapters.identity import identity
from checks.adapters.tensor_pair import shown_by
from checks.anywhere import Anywhere
from checks.asked import conclude, replay
from checks.asking import by_known_names
from checks.diagnosis.explain import explain
from checks.drawn import examine_law
from checks.errors import GradproofError, UnreachableError, UsageError
from checks.examination import WITNESSES, Examination
from checks.isolation import Apart, Isolation
from checks.opening import demand_known, quiet
from checks.opening_of_examples import SECOND_SOURCES
from checks.oracles.golden import GoldenDigests
from checks.pristine import Question
from checks.pytest_summary import PROPERTY
from checks.report.corpus import unseen
from checks.report.figures import figures
from checks.report.story import story
from checks.scope.applies import without_time
from checks.scope.limits import Limits
from checks.scope.spend import seconds
from checks.told_once import ToldOnce
from checks.witness import Witness

T = TypeVar("T")


@by_known_names
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
    __tracebackhide__ = True
    _demand_known(like, supports, inputs, isolate)
    held = cache(lambda device: Question(subject, like, supports, inputs, device).opened())
    refused = dict[str, str]()  # what was not understood, and the law whose item says so
    once = ToldOnce()

    def asked(config: pytest.Config, budget: float) -> tuple[Examination, Limits]:
        device = config.getoption("gradproof_device", "cpu")
        if not isolate:
            return held(device)
        question = Question(subject, like, supports, inputs, device)
        return question.opened_apart(_apart(config, test_layer, isolate, budget))

    @pytest.mark.parametrize("law", laws(bool(like)))
    def test_layer(law: str, request: pytest.FixtureRequest) -> None:
        option = request.config.getoption
        budget = seconds(option("gradproof_budget", None) or "2s")
        test = request.node.nodeid.removesuffix(f"[{law}]")
        if examination := once.unasked():
            settle(request.node, examination, test, partial(once.told, law))
        with plainly():
            with _once(refused, law):
                whole, limits = _here(lambda: asked(request.config, budget), supports or {})
            witness = next(witness for witness in whole.witnesses if witness.law == law)
            examination = _of_one_law(whole, witness)
            with quiet():
                replay(examination, limits, option("gradproof_corpus", None) or None, identity(subject))
                examine_law(examination, limits, budget, option("gradproof_seed", None))
                conclude(examination, limits, supports or {})
        settle(request.node, examination, test, partial(once.told, law))

    return Anywhere(test_layer)


def _demand_known(*asked: Any) -> None:
    """Look at a question; the line of the test file that asks it says more than the places in here."""
    __tracebackhide__ = True
    try:
        demand_known(*asked)
    except UsageError as error:
        raise error.with_traceback(None) from None


def _of_one_law(whole: Examination, witness: Witness) -> Examination:
    """An examination of one law, which knows what opening the layer brought."""
    return Examination(
        whole.subject,
        whole.family,
        (witness,),
        notes=[*whole.notes],
        promises=[*whole.promises],
        hearing=whole.hearing,
        anew=whole.anew,
    )


def moved(subject: Any, device: str, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked of a layer, on the device of the command line where it is PyTorch's and nothing else is said."""
    if device == "cpu" or shown_by(subject) != "torch":
        return dict(asked)
    return {**asked, "supports": {"device": device, **(asked.get("supports") or {})}}


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


def _told(found: Examination) -> str:
    """What fails the test of a whole examination: that it is wrong, was not shown right, or did not read its corpus."""
    return story(explain(found)) if found.wrong or without_time(found) else unseen(found.replayed)


def settle(
    item: pytest.Item,
    examination: Examination,
    test: str,
    told: Callable[[Examination], str] = _told,
) -> None:
    """Leave the figures with the item; fail with what is told of it, or skip where the law had nothing to say.

    ``test`` is what the summary calls it.

    Raises pytest's own outcomes.
    """
    said = told(examination)  # explained first, for the figures
    item.user_properties.append((PROPERTY, json.dumps({"test": test, **figures(examination)})))
    if said:
        pytest.fail(said, pytrace=False)
    if not examination.compared:
        reasons = sorted({reason for tally in examination.tallies.values() for reason in tally.reasons})
        pytest.skip("; ".join(reasons[:3]) or _silence(examination))


def _silence(examination: Examination) -> str:
    if all(isinstance(witness, GoldenDigests) for witness in examination.witnesses):
        return "no golden digests are recorded that this layer takes: gradproof record stores some"
    return "this law has nothing to say about this family"
