"""An examination: every witness on every case of one subject, tallied as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from time import monotonic, perf_counter

from checks.anew import Anew
from checks.case import Case
from checks.claim import Verdict
from checks.corpus.replayed import Replayed
from checks.counted import count
from checks.diagnosis.split import Split
from checks.errors import UsageError, ZeroComparisonsError
from checks.exclusion import Exclusion
from checks.family import Family
from checks.hearing import Hearing, Here
from checks.invariants import INVARIANTS
from checks.invariants.kinks import CONVENTION, Kinks
from checks.invariants.repetition import FirstCalls
from checks.invariants.surroundings import Surroundings
from checks.judge import RUNS, verdicts
from checks.nearest import near
from checks.oracles import ORACLES
from checks.oracles.adjoint import Adjoint
from checks.oracles.torch_autograd import TorchAutograd
from checks.subject import Pull, Subject
from checks.tally import Finding, Tally, unkept
from checks.types import gradient_of
from checks.witness import Trial, Witness

#: Every witness there is, in the order of the report.
WITNESSES: tuple[Witness, ...] = ORACLES + INVARIANTS

#: Those that settle a layer at the size it runs at for the price of a few forwards.
AT_SIZE: tuple[Witness, ...] = (Adjoint(), TorchAutograd())

#: Laws that speak of kinks alone.
AT_KINKS = frozenset({Kinks.law, CONVENTION})

#: Seconds that it may take to see whether first calls are repeated.
REMEMBERING = 0.5

#: Cases that hold more numbers are not looked at whole.
MOST_TELLING = 4_000


@dataclass(repr=False)
class Examination:
    """All that is known about one subject: ``judge`` adds a case, everything else reads.

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
    outside: dict[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    #: Seconds that went into finding out what the subject takes: a part of its budget.
    opening: float = 0.0
    refused: int = 0
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
        """What a pass says nothing of: parameters of which no gradient was found, and gradients that are not given."""
        met = dict.fromkeys(gradient_of(name) for case in self.judged for name in case.arguments)
        return (*self.family.unexamined, *(of for of in met if of in self.subject.ungiven))

    @property
    def cases(self) -> int:
        """Number of cases that were judged."""
        return len(self.judged)

    @property
    def only_at_kinks(self) -> bool:
        """Whether something is wrong, and only where several gradients are valid."""
        return self.wrong and self.findings.keys() <= AT_KINKS

    @property
    def compared(self) -> int:
        """Elements that were compared, by all laws together."""
        return sum(tally.compared for tally in self.tallies.values())

    def judge(self, case: Case, witnesses: tuple[Witness, ...] | None = None) -> list[Verdict]:
        """Run every witness, or these alone, on one case; gives what they said."""
        start = perf_counter()
        heard: list[Verdict] = []
        asked = self.witnesses if witnesses is None else witnesses
        late = list(asked)
        for said in self.hearing.hear(Trial(self.subject, self.family, case), asked):
            if said.arithmetic != self.subject.arithmetic:
                self.subject = replace(self.subject, arithmetic=said.arithmetic)
            heard += said.verdicts
            late = [witness for witness in late if witness.law != said.witness.law]
            for verdict in said.verdicts:
                self._record(case, said.witness, verdict)
        if self.hearing.stopped and not heard:
            return heard
        self._count(case, heard)
        self._postpone(asked, late)
        self.exclusion.hear(case, heard)
        for of in {verdict.of for verdict in heard}:
            self.splits.setdefault(of, Split()).hear(case, [verdict for verdict in heard if verdict.of == of])
        self.seconds += perf_counter() - start
        return heard

    def remember(self, answers: Iterable[tuple[Case, Pull]]) -> None:
        """Ask whether the subject gives once more what it gave at its first calls; only what is wrong is kept.

        Of a slow one not after more than ``REMEMBERING`` seconds.
        """
        law, end = FirstCalls(), monotonic() + REMEMBERING
        for case, got in answers:
            if monotonic() > end:
                break
            trial = Trial(self.subject, self.family, case)
            vars(trial)["got"] = got  # what is computed there otherwise
            for verdict in verdicts(law, trial):
                if verdict.status == "wrong":
                    self._record(case, law, verdict)

    def _count(self, case: Case, heard: Iterable[Verdict]) -> None:
        self.judged.append(case.but())
        if any(verdict.law == RUNS and verdict.status == "blind" for verdict in heard):
            self.refused += 1
            self.turned_down.append(case.but())
            return
        self.exclusion.visit(self.family, case)
        self.answered += case.filled

    def _postpone(self, asked: Sequence[Witness], late: Sequence[Witness]) -> None:
        """Remember for which of those that were to be asked of a case there was no time."""
        self.waiting = tuple(witness.law for witness in late) if monotonic() > self.hearing.until else ()
        self.asked |= {witness.law for witness in asked if witness not in late}
        self.postponed |= set(self.waiting)

    @property
    def unasked(self) -> tuple[str, ...]:
        """Laws that were to be asked, and of which no case had time for any."""
        return tuple(law for law in (witness.law for witness in self.witnesses) if law in self.postponed - self.asked)

    def report(self, finding: Finding) -> None:
        """Add a law that broke, and tell whoever keeps it."""
        self.findings[finding.law] = finding
        self.found(finding)

    def finish(self) -> Examination:
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
            promised = "".join(f"; {promise}" for promise in self.promises)
            return (
                f"{self.subject.name} has not been shown right: it turned down all of {count(self.cases, 'case')}"
                f"{promised}; {reasons[0]}; expected a layer that takes some, which supports= can name"
            )
        return (
            f"{self.subject.name}: {count(self.cases, 'case')} and not one number compared; expected at least one case "
            f"with entries and a witness that can speak about it; {reasons[0] if reasons else 'no law spoke'}"
        )

    def _record(self, case: Case, witness: Witness, heard: Verdict) -> None:
        verdict = self._severe(heard)
        self.tallies.setdefault(verdict.law, Tally()).add(verdict)
        shelf = {"wrong": self.findings, "hazard": self.hazards}.get(verdict.status)
        if shelf is None or (verdict.law in self.findings and self.family.beyond(case)):
            return
        if verdict.law not in shelf:
            found = Finding(verdict.law, case, verdict, case, verdict, by=witness.law)
            shelf[verdict.law] = found  # it stays where Ctrl-C comes now
            shelf[verdict.law] = self._shrunk(found, witness)
            if shelf is self.findings:
                self.found(shelf[verdict.law])
        shelf[verdict.law] = _with_telling(shelf[verdict.law], case)

    @property
    def _severe(self) -> Callable[[Verdict], Verdict]:
        return partial(severe, self.deny)

    def _shrunk(self, found: Finding, witness: Witness) -> Finding:
        """The finding with the plainest case that breaks its law."""
        trial = Trial(self.subject, self.family, found.case)
        case, verdict = self.hearing.plainest(trial, witness, found.verdict, self._severe)
        return replace(found, shrunk=case, shrunk_verdict=verdict)


def severe(deny: frozenset[str], verdict: Verdict) -> Verdict:
    """A hazard is wrong where it is denied."""
    denied = verdict.status == "hazard" and deny & {verdict.law, "all"}
    return replace(verdict, status="wrong") if denied else verdict


def _with_telling(found: Finding, case: Case) -> Finding:
    """The finding, with this case where it tells more than the one so far."""
    size = found.telling.sizes() if found.telling else -1
    return replace(found, telling=case) if size < case.sizes() <= MOST_TELLING else found


def denied(laws: Iterable[str]) -> frozenset[str]:
    """Names of laws whose hazards are to be called wrong.

    Raises UsageError where a name is no law.
    """
    known = ["all", *(witness.law for witness in WITNESSES), Surroundings.law]
    found = frozenset([laws] if isinstance(laws, str) else laws)
    if unknown := sorted(found - set(known)):
        raise UsageError(f"deny={unknown[0]!r} is no law{near(unknown[0], known)}; expected one of {', '.join(known)}")
    return found


def chosen(witnesses: tuple[Witness, ...], laws: Iterable[str]) -> tuple[Witness, ...]:
    """The witnesses of these laws; all of them where none is named.

    Raises UsageError where a name is none of theirs.
    """
    known = [witness.law for witness in witnesses]
    wanted = set([laws] if isinstance(laws, str) else laws)
    if Surroundings.law in wanted:
        raise UsageError(
            f"laws has {Surroundings.law!r}, which is looked at beside all that is asked where isolate=True; expected "
            "it left out, or in deny= to make it an error"
        )
    if unknown := sorted(wanted - set(known)):
        raise UsageError(
            f"laws has {unknown[0]!r}, which cannot be asked here{near(unknown[0], known)}; expected some of "
            f"{', '.join(known)}"
        )
    return tuple(witness for witness in witnesses if not wanted or witness.law in wanted)
