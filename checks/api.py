"""Anyone's layer in one line: ``examine`` reports, ``verify`` raises."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

from checks.adapters import adapt
from checks.adapters.given import named_inputs
from checks.adapters.identity import identity
from checks.adapters.recognise import framework_of
from checks.case import Case
from checks.corpus.replay import replay_first
from checks.corpus.store import Corpus
from checks.diagnosis.explain import explain
from checks.errors import GradientError, UsageError
from checks.examination import WITNESSES, Examination, chosen, denied
from checks.families.drawn import Drawn, first_of
from checks.families.unclaimed import Unclaimed
from checks.mistakes.plants import plants
from checks.oracles.golden import GoldenDigests
from checks.planting import Heard, Power, planted, smallest_first
from checks.report.story import story
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.probe import probed
from checks.scope.spend import seconds, spend

#: Cases of a family that are examined whatever the budget.
FEWEST = 20

#: Laws that compare with a second source of the same family, or with what one gave.
SECOND_SOURCES = frozenset({"reference", "textbook", "torch", GoldenDigests.law})


def examine(
    subject: Any,
    like: str = "",
    *,
    budget: str | float = "10s",
    seed: int = 0,
    cases: Iterable[Case | str] | None = None,
    supports: Mapping[str, Any] | None = None,
    inputs: Any = None,
    deny: Iterable[str] = (),
    laws: Iterable[str] = (),
    corpus: Corpus | Path | str | None = None,
) -> Examination:
    """Everything that can be known about a layer's backward pass in the given time; a wrong layer is no exception.

    ``subject`` is whatever ``adapt`` takes. ``like`` names the family that it claims to be (``conv2d``, ``max_pool``,
    ``relu``); without it ``inputs`` holds example arrays, by position or by name, or a Hypothesis strategy that draws
    such examples. ``budget`` is a time such as "10s" or
    "2m": configurations that cover every pair of settings come first, then random ones. ``cases`` are examined instead
    (replayed) where they are given, as cases or their texts. ``supports`` says what the subject takes, such as
    ``{"stride": 1, "padding": (0, 1), "square": True, "dtype": ["float32"]}`` (see ``checks.scope.limits``). ``deny``
    names laws whose hazards are to be called wrong, such as ``["saved copies"]`` or ``["all"]``. ``laws`` names the
    only laws to ask, such as ``["adjoint"]``, which settles a case of any size for the price of a few forwards.
    ``corpus`` is a folder of counterexamples and golden digests: those of the family that the subject takes are judged
    first, and what is found is written there at once. None reads and writes nothing.

    Raises UsageError where the question is not understood, ZeroComparisonsError where nothing could be compared.
    """
    with quiet():
        examination, limits = opened(subject, like, supports, inputs)
        examination.deny = denied(deny)
        examination.witnesses = chosen(examination.witnesses, laws)
        replay(examination, limits, corpus, subject)
        if cases is not None:
            for case in cases:
                examination.judge(examination.family.read(case) if isinstance(case, str) else case)
            return explain(examination.finish())
        if any(not isinstance(witness, GoldenDigests) for witness in examination.witnesses):
            spend(examination, limits, seconds(budget), seed, examination.cases + (FEWEST if like else 1))
        elif not examination.cases:
            raise UsageError(_no_golden(limits.family.name, corpus))
    if not examination.cases:
        nearest = map(limits.inside, limits.family.sweep(seed, 0))
        reasons = ", ".join(sorted({reason for case in nearest for reason in limits.outside(case)}))
        raise UsageError(f"{examination.subject.name} takes no case of {limits.family.name}: {reasons}; allow more")
    with quiet():
        return explain(examination.finish())


def verify(
    subject: Any,
    like: str = "",
    *,
    budget: str | float = "10s",
    seed: int = 0,
    cases: Iterable[Case | str] | None = None,
    supports: Mapping[str, Any] | None = None,
    inputs: Any = None,
    deny: Iterable[str] = (),
    laws: Iterable[str] = (),
    corpus: Corpus | Path | str | None = None,
) -> Examination:
    """Examine a layer and raise where it is wrong; the arguments are those of ``examine``.

    Raises GradientError whose message is the whole story, and what ``examine`` raises.
    """
    asked: dict[str, Any] = {"cases": cases, "supports": supports, "inputs": inputs, "deny": deny, "laws": laws}
    found = examine(subject, like, budget=budget, seed=seed, corpus=corpus, **asked)
    if found.wrong:
        raise GradientError(story(found))
    return found


def power(
    subject: Any,
    like: str,
    *,
    budget: str | float = "10s",
    seed: int = 0,
    supports: Mapping[str, Any] | None = None,
) -> Power:
    """Plant every known mistake in a right layer: which of them would the very run of ``examine`` have caught?

    The arguments are those of ``examine``; planting takes several times as long as the run. Raises GradientError where
    the layer is wrong as it is: then there is nothing to measure.
    """
    found = verify(subject, like, budget=budget, seed=seed, supports=supports)
    heard = smallest_first([Heard(case, found.witnesses) for case in found.judged])
    with quiet():
        outcomes = [planted(plant, found.subject, found.family, heard) for plant in plants(found.family)]
    return Power(found.family.name, outcomes)


def replay(examination: Examination, limits: Limits, corpus: Corpus | Path | str | None, subject: Any) -> None:
    """Judge what a corpus holds before anything else, and keep there what is found; nothing where it is None."""
    if corpus is None:
        return
    held = corpus if isinstance(corpus, Corpus) else Corpus(Path(corpus))
    replay_first(examination, limits, held, held.owner or identity(subject))


def _no_golden(name: str, corpus: Corpus | Path | str | None) -> str:
    where = corpus.folder if isinstance(corpus, Corpus) else corpus
    if where is None:
        return f"laws has 'golden digests' alone and no corpus; expected its folder, such as corpus='{Corpus().folder}'"
    return f"{where} holds no golden digests of {name} that the subject takes; record some: gradproof record"


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of a layer are not its errors, even where a test run makes them so, and none is shown a thousandfold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def opened(
    subject: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any, device: str = "cpu"
) -> tuple[Examination, Limits]:
    """An examination that has not seen a case yet, and the limits of its cases.

    ``device`` moves PyTorch's subjects, unless ``supports`` names theirs. Raises UsageError where the question is not
    understood, UnreachableError where the device is not there.
    """
    limits = dict(supports or {})
    place = limits.pop("device", None) or (device if framework_of(subject) == "torch" else "cpu")
    if not like:
        return _unclaimed(subject, inputs, place)
    if inputs is not None:
        raise UsageError("inputs= is for a subject of no known family; with like= the family draws its own")
    sheet, axes = resolve(like)
    adapted = adapt(subject, sheet.arguments, device=place)
    known = {name: limit for name, limit in adapted.limits.items() if name != "bias" or "bias" in sheet.arguments}
    given = {**known, **axes, **limits}
    whole = Limits(sheet, {**probed(adapted, sheet, given), **given})
    return Examination(adapted, limited(whole)), whole


def _unclaimed(subject: Any, inputs: Any, device: str) -> tuple[Examination, Limits]:
    if inputs is None:
        raise UsageError(
            "neither like= nor inputs=: say what the subject is like (like='conv2d'), or give examples of its "
            "arguments (inputs=(x, w)), or a Hypothesis strategy of such examples"
        )
    sheet = _drawn(subject, inputs, device) if isinstance(inputs, SearchStrategy) else _given(subject, inputs, device)
    without = tuple(witness for witness in WITNESSES if witness.law not in SECOND_SOURCES)
    return Examination(sheet.subject, sheet, without), Limits(sheet, {})


def _given(subject: Any, inputs: Any, device: str) -> Unclaimed:
    arrays = named_inputs(subject, inputs)
    return Unclaimed(adapt(subject, tuple(arrays), device=device), arrays)


def _drawn(subject: Any, inputs: SearchStrategy[Any], device: str) -> Drawn:
    examples = inputs.map(partial(named_inputs, subject))
    return Drawn(adapt(subject, tuple(first_of(examples)), device=device), examples)
