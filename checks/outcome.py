"""What is known about a subject so far: verdicts, tallied, and what can be read from them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

from checks.anew import Anew
from checks.case import Case
from checks.corpus.replayed import Replayed
from checks.counted import count
from checks.diagnosis.split import Split
from checks.diagnosis.ties import ONLY
from checks.errors import ZeroComparisonsError
from checks.exclusion import Exclusion
from checks.family import Family
from checks.hearing import Hearing, Here
from checks.invariants.kinks import CONVENTION, Kinks
from checks.subject import Subject
from checks.tally import Finding, Tally, unkept
from checks.types import gradient_of
from checks.witness import Witness
from checks.witnesses import WITNESSES

#: Laws that speak of kinks alone.
AT_KINKS = frozenset({Kinks.law, CONVENTION})


@dataclass(repr=False)
class Outcome:
    """What was found out about one subject, and what that comes to.

    ``findings`` holds the laws that broke, ``hazards`` what is dangerous without being wrong: it fails no examination.
    ``outside`` counts cases of the family that the subject does not take, by what it does not take of them.
    ``refused`` counts cases that it turned down itself, ``answered`` those with entries in all arrays that it did not,
    ``alone`` those on which a second source alone was heard.
    ``found`` is told of each law that broke as soon as its plainest case is known, and again with its diagnosis;
    ``replayed`` says what a corpus brought.
    """

    subject: Subject
    family: Family
    witnesses: tuple[Witness, ...] = WITNESSES
    judged: list[Case] = field(default_factory=list)
    tallies: dict[str, Tally] = field(default_factory=dict)
    findings: dict[str, Finding] = field(default_factory=dict)
    hazards: dict[str, Finding] = field(default_factory=dict)
    exclusion: Exclusion = field(default_factory=Exclusion)
    #: Of y and each gradient, on which cases it is wrong and on which right.
    splits: dict[str, Split] = field(default_factory=dict)
    #: The results that a source, or the subject's own forward, called wrong, or a hazard, each on its smallest case.
    broken: dict[str, dict[str, Finding]] = field(default_factory=dict)
    #: Those of them that are wrong and of which no law's finding tells more than that.
    others: list[Finding] = field(default_factory=list)
    outside: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    #: Seconds that went into finding out what the subject takes: a part of its budget.
    opening: float = 0.0
    refused: int = 0
    #: A small case that it did not turn down: one that it turns down later is no refusal.
    taken: Case | None = None
    turned_down: list[Case] = field(default_factory=list)
    alone: int = 0
    answered: int = 0
    #: Laws whose hazards are called wrong here; ``all`` stands for every law.
    deny: frozenset[str] = frozenset()
    found: Callable[[Finding], None] = unkept
    replayed: Replayed = field(default_factory=Replayed)
    #: Laws for which there was no time on the last case, and on any case so far; laws that were asked on any.
    waiting: tuple[str, ...] = ()
    postponed: set[str] = field(default_factory=set)
    asked: set[str] = field(default_factory=set)
    #: Cases that all laws had time for where there were to be more; 0 where there were enough.
    hurried: int = 0
    #: What the subject takes by its signature or by supports, and turned down every time.
    promises: list[str] = field(default_factory=list)
    #: What else its question said of the layer, as source of further keywords.
    said: str = ""
    #: What else a reader should know.
    notes: list[str] = field(default_factory=list)
    #: Whether Ctrl-C ended it: what it says holds so far.
    interrupted: bool = False
    #: Where and how the witnesses are heard: in this very process unless it is said.
    hearing: Hearing = field(default_factory=Here)
    #: The layer as it was before its first call; None where nobody can open it again.
    anew: Anew | None = None

    def __repr__(self) -> str:
        outcome = f"wrong by {', '.join(self.findings)}" if self.wrong else "nothing wrong"
        who = f"{self.subject.name} as {self.family.name}"
        return f"<Examination of {who}: {outcome}, {count(self.cases, 'case')}; story(...) tells the rest>"

    @property
    def wrong(self) -> bool:
        """Whether any law broke."""
        return bool(self.findings)

    @property
    def unexamined(self) -> tuple[str, ...]:
        """What a pass says nothing of: parameters of which no gradient was found, and gradients that are not given.

        And settings on which the backward turns down what the forward takes.
        """
        met = dict.fromkeys(gradient_of(name) for case in self.judged for name in case.arguments)
        behind = (name for said in self.subject.remarks for name in getattr(said, "behind", ()))
        return (*self.family.unexamined, *(of for of in met if of in self.subject.ungiven), *behind)

    @property
    def cases(self) -> int:
        """Number of cases that were judged."""
        return len(self.judged)

    @property
    def only_at_kinks(self) -> bool:
        """Whether something is wrong, and only where several gradients are valid; of few cases nobody knows."""
        return self.wrong and not self.hurried and all(map(self._at_kink, self.findings.values()))

    @property
    def only_elsewhere(self) -> list[str]:
        """Where something is wrong, in words, if it is nowhere wrong on the example that was given; else nothing."""
        places = [self.family.elsewhere(found.case) for found in self.findings.values()]
        return sorted(set(places)) if all(places) else []

    def _at_kink(self, found: Finding) -> bool:
        """Whether a law broke where several gradients are valid: half precision makes ties in large planes."""
        tally = self.tallies.get(found.law)  # none of a layer that hangs
        told = any(each.startswith(ONLY) for each in found.diagnosis) or (tally and not tally.beside_kinks)
        return bool(told) or found.law in AT_KINKS or bool(self.family.undecided(found.shrunk).any())

    @property
    def compared(self) -> int:
        """Elements that were compared, by all laws together."""
        return sum(tally.compared for tally in self.tallies.values())

    @property
    def unasked(self) -> tuple[str, ...]:
        """Laws that were to be asked, and of which no case had time for any."""
        return tuple(law for law in (witness.law for witness in self.witnesses) if law in self.postponed - self.asked)

    def finish(self) -> Self:
        """The examination itself.

        Raises ZeroComparisonsError where not one number was compared, or nothing but empty arrays was not turned down:
        nothing was shown, so nothing passed.
        """
        if not (self.compared and self.answered) and not self.wrong:
            raise ZeroComparisonsError(self._unshown())
        return self

    def _unshown(self) -> str:
        """Why nothing was shown, in the words of the subject where it turned everything down."""
        reasons = [reason for tally in self.tallies.values() for reason in sorted(tally.reasons)]
        if self.cases and self.refused == self.cases:
            told = "".join(f"; {said}" for said in [*self.promises, *self.subject.remarks])
            return (
                f"{self.subject.name} has not been shown right: it turned down all of {count(self.cases, 'case')}: "
                f"{reasons[0]}{told}; expected a layer that takes some, which supports= can name"
                f"{self._called_otherwise()}"
            )
        return (
            f"{self.subject.name}: {count(self.cases, 'case')} and not one number compared; expected at least one case "
            f"with entries and a witness that can speak about it; {reasons[0] if reasons else 'no law spoke'}"
        )

    def _called_otherwise(self) -> str:
        """How it was called, where its parameters have names of their own, and what to write if that is not meant."""
        subject = self.subject
        said = f"; it was called as {subject.called_as}; where that is not meant, write\n{subject.adapter}"
        return said if subject.called_as else ""
