"""Layers on random cases for as long as it takes: every new counterexample is on disk before the next case is drawn.

Each round begins with a covering array and goes on at random, from a seed of its own. A subject lives in a process of
its own: what it does to that process is a counterexample like any other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic
from typing import Any

from checks.adapters.identity import identity
from checks.corpus.replay import replay_first
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.counted import count
from checks.diagnosis.explain import explain
from checks.examination import Examination
from checks.fuzzed import Fresh, Fuzzed, Keeper
from checks.isolation import Apart
from checks.isolation.apart import INTERRUPTED
from checks.lanes import side_by_side
from checks.opening import quiet
from checks.pristine import Question
from checks.scope import spend
from checks.target import Named

#: Grows by one whenever a reader of the former state would misunderstand the new one.
SCHEMA = 1

#: Cases of one round.
ROUND = 200


@dataclass(frozen=True)
class Layer:
    """What is fuzzed: a layer or its name, what it is like, or examples of its arguments, and what it takes.

    ``target`` is its name where the layer itself is given.
    """

    subject: Any
    like: str
    supports: Mapping[str, Any] = field(default_factory=dict)
    inputs: Any = None
    target: str = ""

    @property
    def name(self) -> str:
        """Under which it stands in the corpus and in the state."""
        return self.target or (self.subject.text if isinstance(self.subject, Named) else identity(self.subject))

    @property
    def question(self) -> Question:
        """What is asked of it."""
        return Question(self.subject, self.like, self.supports, self.inputs)


@dataclass(frozen=True)
class News:
    """A round that has ended; or (with ``fresh``) a counterexample that was just found.

    Or (with ``replayed``) what became of what the corpus holds.
    """

    layer: Layer
    known: Fuzzed
    fresh: Fresh | None = None
    replayed: Replayed | None = None


@dataclass(frozen=True)
class Plan:
    """What all rounds share: where counterexamples are kept, when to end, the first seed, cases of a round."""

    corpus: Corpus
    end: float
    seed: int = 0
    cases: int = ROUND


@dataclass
class Share:
    """What a layer has of a run: cases until its time is over, ``judged`` so far, of which ``fewest`` are usual.

    ``cut`` of its ``rounds`` ended early: too many of their cases ended their process, or never answered.
    """

    layer: Layer
    known: Fuzzed
    end: float
    begun: float = 0.0
    judged: int = 0
    fewest: int = 0
    rounds: int = 0
    cut: int = 0
    #: Whether the last round ended early and none of its cases was answered: another would tell no more.
    mute: bool = False

    def begin(self, fewest: int) -> None:
        """From now on time runs: in up to ``GRACE`` seconds more the fewest cases are judged, as in an examination."""
        self.begun, self.fewest = self.begun or monotonic(), fewest

    def over(self, judged: int) -> bool:
        """Whether to stop now that so many cases were judged in this run."""
        now = monotonic()
        return now >= (self.end if judged >= self.fewest else max(self.end, self.begun) + spend.GRACE)

    def count(self, examination: Examination, apart: Apart) -> None:
        """Take note of a round that has ended; ``hurried`` is how many cases there were where more are usual."""
        self.judged += examination.cases
        stopped = apart.stopped if apart.stopped != INTERRUPTED else ""  # another run goes on
        self.cut, self.rounds = self.cut + bool(stopped), self.rounds + 1
        self.mute = bool(stopped) and examination.cases <= apart.deaths
        self.known.hurried = self.judged if self.judged < self.fewest and not apart.stopped else 0
        self.known.rounds += 1
        self.known.stopped = stopped if self.mute else self._cut(stopped or self.known.stopped)
        _count(self.known, examination)

    def _cut(self, why: str) -> str:
        """How many rounds ended early, and why the last of them did; empty where none did."""
        if not self.cut:
            return ""
        last = why.rpartition(": ")[2]
        return f"{self.cut} of {count(self.rounds, 'round')} of this run ended early, the last one: {last}"


def fuzz(layers: Sequence[Layer], known: Mapping[str, Fuzzed], plan: Plan, lanes: Sequence[Apart]) -> Iterator[News]:
    """Round after round of every layer until the time is over, as many layers side by side as there are lanes."""
    each = [Share(layer, known.get(layer.name, Fuzzed()), plan.end) for layer in layers]
    shares = [each[place :: len(lanes)] for place in range(len(lanes))]
    for _, news in side_by_side(partial(_rounds, plan), shares, lanes):
        yield news


def _rounds(plan: Plan, apart: Apart, shares: list[Share]) -> Iterator[News]:
    """One lane: what the corpus holds of each of its layers, then the layers in turns."""
    for share in shares:
        yield _replayed(plan, apart, share.layer, share.known)
    while shares:
        for share in shares:
            yield from _round(plan, apart, share)
        shares = [share for share in shares if not share.mute and not share.over(share.judged)]


def _replayed(plan: Plan, apart: Apart, layer: Layer, known: Fuzzed) -> News:
    examination, limits = layer.question.opened_apart(apart)
    with quiet():
        replay_first(examination, limits, replace(plan.corpus, owner=layer.name), layer.name)
    known.hear(examination.replayed)
    known.stopped = ""
    _count(known, examination)
    return News(layer, known, replayed=examination.replayed)


def _round(plan: Plan, apart: Apart, share: Share) -> Iterator[News]:
    layer, known = share.layer, share.known
    examination, limits = layer.question.opened_apart(apart)
    share.begin(examination.family.fewest)
    keeper = Keeper(plan.corpus, layer.name, examination.family, known)
    before = len(known.kept)
    with quiet():
        examination.found = keeper.keep
        for case in limits.sweep(plan.seed + known.rounds, plan.cases):
            if share.over(share.judged + examination.cases) or apart.stopped:
                break
            examination.judge(case)
            yield from (News(layer, known, fresh) for fresh in keeper.fresh())
        if len(known.kept) == before:  # what is known was asked then
            examination.anew = None
        examination = examination if apart.stopped == INTERRUPTED else explain(examination)
    yield from (News(layer, known, fresh) for fresh in keeper.fresh())
    share.count(examination, apart)
    yield News(layer, known)


def _count(known: Fuzzed, examination: Examination) -> None:
    known.cases += examination.cases
    known.compared += examination.compared
