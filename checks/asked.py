"""What is asked about a subject, and the examination that answers it, in whatever process the subject is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from checks.case import Case
from checks.corpus.replay import replay_first
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.diagnosis.explain import explain
from checks.errors import CaseError, UsageError
from checks.examination import Examination, chosen
from checks.opening import quiet
from checks.oracles.golden import GoldenDigests
from checks.scope.as_today import answered
from checks.scope.contradicted import contradicted, never_taken
from checks.scope.cut_short import kept
from checks.scope.limits import Limits
from checks.scope.named_cases import named_cases
from checks.scope.spend import spend
from checks.scope.unreached import unreached
from checks.witness import Witness


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


def examined(examination: Examination, limits: Limits, asked: Asked) -> Examination:
    """An opened examination after everything that is asked was judged, and what was found is explained.

    Raises UsageError where the subject takes no case, or a case is none of its family.
    """
    examination.deny, examination.said = asked.deny, asked.said
    examination.witnesses = chosen(examination.witnesses, asked.laws, asked.beside)
    cases = named_cases(examination.family, asked.cases or (), limits)
    with quiet(), kept(examination):
        replay(examination, limits, asked.corpus, asked.owner)
        if asked.cases is None:
            _spend(examination, limits, asked)
        for case in cases:
            if not examination.hearing.stopped:
                examination.judge(_answered(case, examination))
        conclude(examination, limits, asked.supports)
        return explain(examination.finish())


def _answered(case: Case, examination: Examination) -> Case:
    """A case as the subject answers it today.

    Raises UsageError where it is none of the subject's.
    """
    try:
        return answered(case, examination)
    except CaseError as error:
        raise UsageError(f"{error}; expected dy of that shape: {str(case)!r:.200}") from error


def conclude(examination: Examination, limits: Limits, supports: Mapping[str, Any]) -> None:
    """Leave with an examination what was said of the subject, and what it was said to take and never took."""
    examination.notes += [said for said in examination.subject.remarks if said not in examination.notes]
    deeds = examination.judged, examination.turned_down
    examination.promises += [*contradicted(supports, *deeds), *never_taken(limits, supports, *deeds)]


def _spend(examination: Examination, limits: Limits, asked: Asked) -> None:
    """Cases for the time that is asked for.

    Raises UsageError where the subject takes none, or golden digests are asked for by name and there are none.
    """
    if GoldenDigests.law in asked.laws and not examination.replayed.golden:
        raise UsageError(_no_golden(limits.family.name, asked.corpus, examination.replayed))
    if any(not isinstance(witness, GoldenDigests) for witness in examination.witnesses):
        spend(examination, limits, asked.budget, asked.seed, examination.cases + examination.family.fewest)
        examination.notes += unreached(examination)
    if not examination.cases and not examination.hearing.stopped:
        told = "; ".join([limits.unmet(asked.seed), "allow more", *examination.subject.remarks])
        raise UsageError(f"{examination.subject.name} takes no case of {limits.family.name}: {told}")


def replay(examination: Examination, limits: Limits, corpus: Corpus | Path | str | None, owner: str) -> None:
    """Judge what a corpus holds before anything else, and keep there what is found; nothing where it is None."""
    if held := held_in(corpus):
        replay_first(examination, limits, held, held.owner or owner)


def held_in(corpus: Corpus | Path | str | None) -> Corpus | None:
    """The corpus that is meant.

    Raises UsageError where no folder lies in its place.
    """
    held = Corpus(Path(corpus)) if isinstance(corpus, (Path, str)) else corpus
    return held.demand_folder() if held else None


def _no_golden(name: str, corpus: Corpus | None, replayed: Replayed) -> str:
    if corpus is None:
        return f"laws has 'golden digests' and no corpus; expected its folder, such as corpus='{Corpus().folder}'"
    unread = f"; NOT READ: {'; '.join(replayed.skipped)}" if replayed.skipped else ""
    told = f"{corpus.folder} holds no golden digests of {name} that the subject takes"
    return f"{told}; record some: gradproof record{unread}"
