"""Anyone's layer in one line: ``examine`` reports, ``verify`` raises."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from checks.adapters import adapt
from checks.adapters.given import named_inputs
from checks.adapters.recognise import framework_of
from checks.adapters.signature import name_of
from checks.case import Case, parse
from checks.diagnosis.explain import explain
from checks.errors import GradientError, UsageError
from checks.examination import WITNESSES, Examination, chosen, denied
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.isolation import Apart, Isolation, told
from checks.mistakes.plants import plants
from checks.planting import Heard, Power, planted, smallest_first
from checks.report.story import story
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.probe import probed, unprobed
from checks.scope.spend import seconds, spend
from checks.subject import Subject
from checks.target import Named

#: Cases of a family that are examined whatever the budget.
FEWEST = 20

#: Laws that compare with a second source of the same family.
SECOND_SOURCES = frozenset({"reference", "textbook", "torch"})


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
    isolate: bool | Isolation = False,
) -> Examination:
    """Everything that can be known about a layer's backward pass in the given time; a wrong layer is no exception.

    ``subject`` is whatever ``adapt`` takes. ``like`` names the family that it claims to be (``conv2d``, ``max_pool``,
    ``relu``); without it ``inputs`` holds example arrays, by position or by name. ``budget`` is a time such as "10s" or
    "2m": configurations that cover every pair of settings come first, then random ones. ``cases`` are examined instead
    (replayed) where they are given, as cases or their texts. ``supports`` says what the subject takes, such as
    ``{"stride": 1, "padding": (0, 1), "square": True, "dtype": ["float32"]}`` (see ``checks.scope.limits``). ``deny``
    names laws whose hazards are to be called wrong, such as ``["saved copies"]`` or ``["all"]``. ``laws`` names the
    only laws to ask, such as ``["adjoint"]``, which settles a case of any size for the price of a few forwards.

    ``isolate=True`` examines the subject in a process of its own: one that crashes, hangs, leaves, fills its memory or
    prints without end is a finding of the laws ``runs`` or ``hangs`` on that case, and the run goes on. A call may take
    as long as the budget, but at least 10 and at most 30 seconds, and half of the machine's memory:
    ``isolate=Isolation(seconds=60, memory=8 << 30)`` says otherwise.

    Raises UsageError where the question is not understood, or the subject cannot be sent to another process,
    ZeroComparisonsError where nothing could be compared.
    """
    asked = Asked(seconds(budget), seed, cases, denied(deny), laws)
    if not isolate:
        with quiet():
            return _examined(*opened(subject, like, supports, inputs), asked)
    with Apart(isolate if isinstance(isolate, Isolation) else Isolation.within(asked.budget)) as apart:
        return _examined(*_opened_apart(apart, subject, like, supports, inputs), asked)


@dataclass(frozen=True)
class Asked:
    """What is asked about a subject, whatever process it is in."""

    budget: float
    seed: int
    cases: Iterable[Case | str] | None
    deny: frozenset[str]
    laws: Iterable[str]


def _examined(examination: Examination, limits: Limits, asked: Asked) -> Examination:
    examination.deny = asked.deny
    examination.witnesses = chosen(examination.witnesses, asked.laws)
    with quiet():
        if asked.cases is None:
            fewest = 1 if isinstance(examination.family, Unclaimed) else FEWEST
            spend(examination, limits, asked.budget, asked.seed, fewest)
        for case in asked.cases or ():
            if not examination.hearing.stopped:
                examination.judge(parse(case) if isinstance(case, str) else case)
    if asked.cases is None and not examination.cases:
        nearest = map(limits.inside, limits.family.sweep(asked.seed, 0))
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
    isolate: bool | Isolation = False,
) -> Examination:
    """Examine a layer and raise where it is wrong; the arguments are those of ``examine``.

    Raises GradientError whose message is the whole story, and what ``examine`` raises.
    """
    asked: dict[str, Any] = {"cases": cases, "supports": supports, "inputs": inputs, "deny": deny, "laws": laws}
    found = examine(subject, like, budget=budget, seed=seed, isolate=isolate, **asked)
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
        outcomes = [planted(plant, found.subject, found.family, heard) for plant in plants(found.family.name)]
    return Power(found.family.name, outcomes)


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings of a layer are not its errors, even where a test run makes them so, and none is shown a thousandfold."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def opened(
    subject: Any,
    like: str,
    supports: Mapping[str, Any] | None,
    inputs: Any,
    device: str = "cpu",
    watched: Callable[[Subject], Subject] = lambda subject: subject,
    probe: Callable[[Subject, Family, Mapping[str, Any]], Mapping[str, Any]] = probed,
) -> tuple[Examination, Limits]:
    """An examination that has not seen a case yet, and the limits of its cases; ``device`` moves PyTorch's subjects.

    ``watched`` is put around the subject before its first call, ``probe`` finds out what it takes. Raises UsageError
    where the question is not understood.
    """
    subject = subject.find() if isinstance(subject, Named) else subject
    place = device if framework_of(subject) == "torch" else "cpu"
    if not like:
        return _unclaimed(subject, inputs, place, watched)
    if inputs is not None:
        raise UsageError("inputs= is for a subject of no known family; with like= the family draws its own")
    sheet, axes = resolve(like)
    adapted = watched(adapt(subject, sheet.arguments, device=place))
    known = {name: limit for name, limit in adapted.limits.items() if name != "bias" or "bias" in sheet.arguments}
    given = {**known, **axes, **(supports or {})}
    limits = Limits(sheet, {**probe(adapted, sheet, given), **given})
    return Examination(adapted, limited(limits)), limits


def _unclaimed(
    subject: Any, inputs: Any, device: str, watched: Callable[[Subject], Subject]
) -> tuple[Examination, Limits]:
    if inputs is None:
        raise UsageError(
            "neither like= nor inputs=: say what the subject is like (like='conv2d'), or give examples of its "
            "arguments (inputs=(x, w))"
        )
    arrays = named_inputs(subject, inputs)
    adapted = watched(adapt(subject, tuple(arrays), device=device))
    sheet = Unclaimed(adapted, arrays)
    without = tuple(witness for witness in WITNESSES if witness.law not in SECOND_SOURCES)
    return Examination(adapted, sheet, without), Limits(sheet, {})


def _opened_apart(
    apart: Apart, subject: Any, like: str, supports: Mapping[str, Any] | None, inputs: Any
) -> tuple[Examination, Limits]:
    """The same in a process of the subject's own; what it takes is not probed where that would end the process."""
    name = (
        subject.text if isinstance(subject, Named) else name_of(subject[0] if isinstance(subject, tuple) else subject)
    )
    ways = (partial(_there, subject, like, supports, inputs, probe) for probe in (probed, unprobed))
    examination, limits = apart.enter(name, *ways)
    family = limited(limits) if like else limits.family
    return replace(examination, family=family, hearing=apart), limits


def _there(
    subject: Any,
    like: str,
    supports: Mapping[str, Any] | None,
    inputs: Any,
    probe: Callable[[Subject, Family, Mapping[str, Any]], Mapping[str, Any]],
    watched: Callable[[Subject], Subject],
) -> tuple[Subject, Family, tuple[Examination, Limits]]:
    """Open a subject in its own process; what goes back holds nothing that can be called."""
    with quiet():
        examination, limits = opened(subject, like, supports, inputs, watched=watched, probe=probe)
    known = told(examination.subject)
    plain = limits.family.of(known) if isinstance(limits.family, Unclaimed) else limits.family
    whole = replace(examination, subject=known, family=plain), replace(limits, family=plain)
    return examination.subject, examination.family, whole
