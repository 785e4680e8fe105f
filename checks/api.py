"""Anyone's layer in one line: ``examine`` reports, ``verify`` raises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from checks.adapters.identity import identity
from checks.asked import Asked, examined, held_in
from checks.asking import by_known_names, demand, some_laws
from checks.begun import interruptible
from checks.case import Case
from checks.corpus.store import Corpus
from checks.errors import CorpusError, GradientError, UsageError
from checks.examination import WITNESSES, Examination, chosen, denied
from checks.invariants.surroundings import Surroundings
from checks.isolation import Apart, Isolation
from checks.mistakes.plants import plants
from checks.opening import quiet
from checks.planting import Heard, Power, planted_within, smallest_first
from checks.pristine import Question
from checks.report.corpus import unseen
from checks.report.story import story
from checks.scope.applies import without_time
from checks.scope.limits import Limits
from checks.scope.spend import seconds
from checks.waiting import told_of_waiting


@by_known_names
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
    laws: Iterable[str] | None = None,
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
    laws = () if laws is None else some_laws(laws)
    beside = (Surroundings(),) if isolate else ()
    chosen(WITNESSES, laws, beside)  # for its error, before the layer is looked at
    asked = Asked(
        seconds(budget),
        int(seed),
        cases,
        denied(deny),
        laws,
        held_in(corpus),
        identity(subject),
        supports or {},
        beside,
    )
    question = Question(subject, like, supports, inputs)
    with _opened(question, isolate, asked.budget) as (examination, limits):
        return examined(examination, limits, asked)


@contextmanager
def _opened(
    question: Question,
    isolate: bool | Isolation,  # noqa: FBT001 - as ``examine`` takes it
    budget: float,
) -> Iterator[tuple[Examination, Limits]]:
    """A question in this process, or in one that lasts as long as it is asked.

    Raises CutShortError where Ctrl-C ends it, whatever of it is done by then.
    """
    with interruptible(question.layer, question.like) as begun:
        if not isolate:
            with told_of_waiting():
                with quiet():
                    found = question.opened()
                begun.examination = found[0]
                yield found
            return
        with Apart(isolate if isinstance(isolate, Isolation) else Isolation.within(budget)) as apart:
            found = question.opened_apart(apart)
            begun.examination = found[0]
            yield found


@by_known_names
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
    laws: Iterable[str] | None = None,
    corpus: Corpus | Path | str | None = None,
    isolate: bool | Isolation = False,
) -> Examination:
    """Examine a layer and raise where it is wrong; the arguments are those of ``examine``.

    Raises GradientError whose message is the whole story, also of a layer so slow that most laws had no time, which has
    not been shown right; CorpusError where a file of the corpus cannot be read and nothing else is wrong, and what
    ``examine`` raises.
    """
    __tracebackhide__ = True  # pytest shows the caller's line alone
    asked: dict[str, Any] = {"cases": cases, "supports": supports, "inputs": inputs, "deny": deny, "laws": laws}
    with interruptible(subject, like) as begun:
        found = begun.examination = examine(
            subject, like, budget=budget, seed=seed, corpus=corpus, isolate=isolate, **asked
        )
        if found.wrong or without_time(found):
            raise GradientError(story(found))
    if unread := unseen(found.replayed):
        raise CorpusError(unread)
    return found


@by_known_names
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

    The arguments are those of ``examine``. Planting may take ten times the budget, and a minute in any case; mistakes
    for which that was too little are ``untried``. Raises GradientError where the layer is wrong as it is: then there
    is nothing to measure.
    """
    __tracebackhide__ = True
    demand(like=like, seed=seed, supports=supports, isolate=isolate)
    asked = Asked(seconds(budget), int(seed), None, frozenset(), (), None, identity(subject), supports or {})
    question = Question(subject, like, supports, None)
    with _opened(question, isolate, asked.budget) as (examination, limits), quiet():
        found = examined(examination, limits, asked)
        if found.wrong:
            raise GradientError(story(found))
        heard = smallest_first([Heard(case, found.witnesses) for case in found.judged])
        outcomes = planted_within(found, list(plants(limits.family)), heard, asked.budget)
    return Power(found.family.name, outcomes)
