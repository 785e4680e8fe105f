"""Anyone's layer in one line: ``examine`` reports, ``verify`` raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.adapters.identity import identity
from checks.asking import demand
from checks.case import Case
from checks.corpus.replay import replay_first
from checks.corpus.store import Corpus
from checks.diagnosis.explain import explain
from checks.errors import GradientError, UsageError
from checks.examination import WITNESSES, Examination, chosen, denied
from checks.invariants.surroundings import Surroundings
from checks.isolation import Apart, Isolation
from checks.mistakes.plants import plants
from checks.opening import quiet
from checks.oracles.golden import GoldenDigests
from checks.planting import Heard, Power, planted_where_heard, smallest_first
from checks.pristine import Question
from checks.report.story import story
from checks.scope.contradicted import contradicted, never_taken
from checks.scope.cut_short import kept
from checks.scope.limits import Limits
from checks.scope.named_cases import named_cases
from checks.scope.spend import seconds, spend
from checks.witness import Witness


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
    isolate: bool | Isolation = False,
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

    ``isolate=True`` examines the subject in a process of its own: one that crashes, hangs, leaves, fills its memory or
    prints without end is a finding of the laws ``runs`` or ``hangs`` on that case, and the run goes on. A call may take
    as long as the budget, but at least 10 and at most 30 seconds, and half of the machine's memory:
    ``isolate=Isolation(seconds=60, memory=8 << 30)`` says otherwise.

    Raises UsageError where the question is not understood, or the subject cannot be sent to another process,
    ZeroComparisonsError where nothing could be compared. Ctrl-C raises CutShortError, a KeyboardInterrupt that holds
    the examination so far.
    """
    demand(like=like, seed=seed, cases=cases, supports=supports, deny=deny, laws=laws, corpus=corpus, isolate=isolate)
    if not isolate and Surroundings.law in deny:
        raise UsageError(
            f"deny has {Surroundings.law!r}, which is looked at in a process of the layer's own alone; expected "
            "isolate=True beside it"
        )
    laws = tuple([laws] if isinstance(laws, str) else laws)
    beside = (Surroundings(),) if isolate else ()
    chosen(WITNESSES, laws, beside)  # for its error, before the layer is looked at
    asked = Asked(
        seconds(budget), int(seed), cases, denied(deny), laws, _held(corpus), identity(subject), supports or {}, beside
    )
    question = Question(subject, like, supports, inputs)
    with _opened(question, isolate, asked.budget) as (examination, limits):
        return _examined(examination, limits, asked)


@contextmanager
def _opened(
    question: Question,
    isolate: bool | Isolation,  # noqa: FBT001 - as ``examine`` takes it
    budget: float,
) -> Iterator[tuple[Examination, Limits]]:
    """A question in this process, or in one that lasts as long as it is asked."""
    if not isolate:
        with quiet():
            found = question.opened()
        yield found
        return
    with Apart(isolate if isinstance(isolate, Isolation) else Isolation.within(budget)) as apart:
        yield question.opened_apart(apart)


@dataclass(frozen=True)
class Asked:
    """What is asked about a subject, whatever process it is in; ``owner`` is its name in a corpus."""

    budget: float
    seed: int
    cases: Iterable[Case | str] | None
    deny: frozenset[str]
    laws: Iterable[str]
    corpus: Corpus | None
    owner: str
    supports: Mapping[str, Any]
    #: Witnesses that are heard only where their laws are named.
    beside: tuple[Witness, ...] = ()

    @property
    def said(self) -> str:
        """What makes a case what it is beside the layer and its family, as source of keywords."""
        deny = f", deny={sorted(self.deny)!r}" if self.deny else ""
        return (", supports=supports" if self.supports else "") + deny


def _examined(examination: Examination, limits: Limits, asked: Asked) -> Examination:
    examination.deny, examination.said = asked.deny, asked.said
    examination.witnesses = chosen(examination.witnesses, asked.laws, asked.beside)
    cases = named_cases(examination.family, asked.cases or ())
    with quiet(), kept(examination):
        replay(examination, limits, asked.corpus, asked.owner)
        if asked.cases is None:
            _spend(examination, limits, asked)
        for case in cases:
            if not examination.hearing.stopped:
                examination.judge(case)
        examination.notes += [said for said in examination.subject.remarks if said not in examination.notes]
        deeds = examination.judged, examination.turned_down
        examination.promises += [*contradicted(asked.supports, *deeds), *never_taken(limits, asked.supports, *deeds)]
        return explain(examination.finish())


def _spend(examination: Examination, limits: Limits, asked: Asked) -> None:
    """Cases for the time that is asked for.

    Raises UsageError where the subject takes none.
    """
    if any(not isinstance(witness, GoldenDigests) for witness in examination.witnesses):
        spend(examination, limits, asked.budget, asked.seed, examination.cases + examination.family.fewest)
    elif not examination.cases:
        raise UsageError(_no_golden(limits.family.name, asked.corpus))
    if not examination.cases and not examination.hearing.stopped:
        nearest = map(limits.inside, limits.family.sweep(asked.seed, 0))
        reasons = ", ".join(sorted({limits.said(reason) for case in nearest for reason in limits.outside(case)}))
        told = "; ".join(["allow more", *examination.subject.remarks])
        raise UsageError(f"{examination.subject.name} takes no case of {limits.family.name}: {reasons}; {told}")


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
    isolate: bool | Isolation = False,
) -> Examination:
    """Examine a layer and raise where it is wrong; the arguments are those of ``examine``.

    Raises GradientError whose message is the whole story, and what ``examine`` raises.
    """
    __tracebackhide__ = True  # pytest shows the caller's line alone
    asked: dict[str, Any] = {"cases": cases, "supports": supports, "inputs": inputs, "deny": deny, "laws": laws}
    found = examine(subject, like, budget=budget, seed=seed, corpus=corpus, isolate=isolate, **asked)
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
    isolate: bool | Isolation = False,
) -> Power:
    """Plant every known mistake in a right layer: which of them would the very run of ``examine`` have caught?

    The arguments are those of ``examine``; planting takes several times as long as the run. Raises GradientError where
    the layer is wrong as it is: then there is nothing to measure.
    """
    __tracebackhide__ = True
    demand(like=like, seed=seed, supports=supports, isolate=isolate)
    asked = Asked(seconds(budget), int(seed), None, frozenset(), (), None, identity(subject), supports or {})
    question = Question(subject, like, supports, None)
    with _opened(question, isolate, asked.budget) as (examination, limits), quiet():
        found = _examined(examination, limits, asked)
        if found.wrong:
            raise GradientError(story(found))
        heard = smallest_first([Heard(case, found.witnesses) for case in found.judged])
        outcomes = [planted_where_heard(found, plant, heard) for plant in plants(limits.family)]
    return Power(found.family.name, outcomes)


def replay(examination: Examination, limits: Limits, corpus: Corpus | Path | str | None, owner: str) -> None:
    """Judge what a corpus holds before anything else, and keep there what is found; nothing where it is None."""
    if held := _held(corpus):
        replay_first(examination, limits, held, held.owner or owner)


def _held(corpus: Corpus | Path | str | None) -> Corpus | None:
    """The corpus that is meant.

    Raises UsageError where no folder lies in its place.
    """
    held = Corpus(Path(corpus)) if isinstance(corpus, (Path, str)) else corpus
    return held.demand_folder() if held else None


def _no_golden(name: str, corpus: Corpus | None) -> str:
    if corpus is None:
        return f"laws has 'golden digests' alone and no corpus; expected its folder, such as corpus='{Corpus().folder}'"
    return f"{corpus.folder} holds no golden digests of {name} that the subject takes; record some: gradproof record"
