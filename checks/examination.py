"""An examination: every witness on every case of one subject, tallied as it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from math import inf
from time import monotonic, perf_counter

from checks.case import Case
from checks.claim import Verdict
from checks.compare import compare
from checks.diagnosis.alone import SOURCES
from checks.diagnosis.beside import KNOWING
from checks.diagnosis.beside import beside as of_others
from checks.diagnosis.split import Split
from checks.errors import SubjectError
from checks.family import Family
from checks.invariants.independence import Channels, Samples
from checks.invariants.repetition import FirstCalls, Repetition
from checks.invariants.surroundings import Computing, put_back, unchanged
from checks.judge import RUNS, at_most, severe, verdicts, worn_out
from checks.outcome import AT_KINKS, Outcome
from checks.subject import Pull
from checks.tally import Finding, Tally
from checks.witness import Trial, Witness
from checks.witnesses import AT_SIZE, WITNESSES, chosen, denied

__all__ = ["AT_KINKS", "AT_SIZE", "WITNESSES", "Examination", "chosen", "denied", "severe"]

#: Seconds that it may take to see whether first calls are repeated.
REMEMBERING = 0.5

#: Laws that take a case in two parts.
PARTED = (Samples, Channels)

#: Cases that hold more numbers are not looked at whole.
MOST_TELLING = 4_000


@dataclass(repr=False)
class Examination(Outcome):
    """All that is known about one subject: ``judge`` adds a case, everything else reads."""

    def judge(self, case: Case, witnesses: tuple[Witness, ...] | None = None) -> list[Verdict]:
        """Run every witness, or these alone, on one case; gives what they said."""
        start = perf_counter()
        heard: list[Verdict] = []
        every = self.witnesses if witnesses is None else witnesses
        asked = tuple(witness for witness in every if self.family.asks(witness.law, case))
        late = list(asked)
        self.subject.changes.clear()
        for said in self.hearing.hear(Trial(self.subject, self.family, case), asked):
            if said.arithmetic != self.subject.arithmetic:
                self.subject = replace(self.subject, arithmetic=said.arithmetic)
            heard += said.verdicts
            late = [witness for witness in late if witness.law != said.witness.law]
            for verdict in said.verdicts:
                self._record(case, said.witness, verdict, said.verdicts)
        if self.hearing.stopped and not heard:
            return heard
        heard += self._left(case)
        heard += self._worn_out(heard)
        self._count(case, heard)
        self._postpone(asked, late)
        self.exclusion.hear(case, heard)
        for of in {verdict.of for verdict in heard}:
            self.splits.setdefault(of, Split()).hear(case, [verdict for verdict in heard if verdict.of == of])
        self.seconds += perf_counter() - start
        self._judge_parts(case, heard)
        return heard

    def _judge_parts(self, case: Case, heard: Iterable[Verdict]) -> None:
        """Where a case in two parts differs from the whole, which is right: the parts by what is right.

        The finding of a part that is wrong leads: the whole only shows it.
        """
        known = frozenset(SOURCES)
        wrong = {verdict.law for verdict in heard if verdict.status == "wrong"}
        sources = tuple(witness for witness in self.witnesses if witness.law in known)
        for parted in PARTED:
            if parted.law in wrong and sources and known.isdisjoint(self.findings):
                count = case.shapes["x"][parted.axis]
                for entries in sorted({count // 2, count - count // 2}):
                    self.judge(_of_entries(self.family, case, parted.axis, entries), sources)
                if parted.law in self.findings and not known.isdisjoint(self.findings):
                    self.findings[parted.law] = self.findings.pop(parted.law)

    def _left(self, case: Case) -> list[Verdict]:
        """What is said of changes that calls on a case would have left, and that were put back."""
        law, changed = Computing(), put_back(self.subject)
        found = [at_most(compare(unchanged(changed)), Trial(self.subject, self.family, case))] if changed else []
        for verdict in found:
            self._record(case, law, verdict)
        return found

    def _worn_out(self, heard: Iterable[Verdict]) -> list[Verdict]:
        """What is said of a refusal, where a case that was taken before is turned down now too."""
        if self.taken is None or RUNS in self.findings or not _turned_down(heard):
            return []
        trial = Trial(self.subject, self.family, self.taken)
        with suppress(SubjectError):
            if why := self.hearing.ask(trial, worn_out):
                found = Verdict(RUNS, "y", "wrong", why, wrong=1, share=inf)
                self._record(self.taken, Repetition(), found)
                return [found]
        return []

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
        if _turned_down(heard):
            self.refused += 1
            self.turned_down.append(case.but())
            return
        self.exclusion.visit(self.family, case)
        self.answered += case.filled
        if self.taken is None and case.filled and case.sizes() <= MOST_TELLING:
            self.taken = case

    def _postpone(self, asked: Sequence[Witness], late: Sequence[Witness]) -> None:
        """Remember for which of those that were to be asked of a case there was no time."""
        self.waiting = tuple(witness.law for witness in late) if monotonic() > self.hearing.until else ()
        self.asked |= {witness.law for witness in asked if witness not in late}
        self.postponed |= set(self.waiting)

    def report(self, finding: Finding) -> None:
        """Add a law that broke, and tell whoever keeps it."""
        self.findings[finding.law] = finding
        self.found(finding)

    def _record(self, case: Case, witness: Witness, heard: Verdict, beside: Iterable[Verdict] = ()) -> None:
        verdict = self._severe(heard)
        self.tallies.setdefault(verdict.law, Tally()).add(verdict)
        shelf = {"wrong": self.findings, "hazard": self.hazards}.get(verdict.status)
        if shelf is not None and verdict.law in KNOWING:
            self._break(Finding(verdict.law, case, verdict, case, verdict, by=witness.law))
        if shelf is None or (verdict.law in self.findings and self.family.beyond(case)):
            return
        if shelf is self.findings:
            self._say_once(verdict.law)
        if verdict.law not in shelf or self._comes_before(case, verdict, shelf[verdict.law]):
            found = Finding(verdict.law, case, verdict, case, verdict, by=witness.law)
            shelf[verdict.law] = found  # it stays where Ctrl-C comes now
            if self.anew is not None and shelf is self.findings:
                self.anew.expected()
            shelf[verdict.law] = self._shrunk(
                replace(found, beside=of_others(verdict, map(self._severe, beside))), witness
            )
            if shelf is self.findings:
                self.found(shelf[verdict.law])
        if shelf[verdict.law].verdict.of == verdict.of:
            shelf[verdict.law] = _with_telling(shelf[verdict.law], case)

    def _comes_before(self, case: Case, new: Verdict, known: Finding) -> bool:
        """Whether what broke a law is told in the place of what is known.

        So is y, of which what is known to be wrong was computed, and what is wrong on the example that was given.
        """
        nearer = bool(self.family.elsewhere(known.case)) and not self.family.elsewhere(case)
        return new.status == known.verdict.status == "wrong" and (nearer or _is_behind(new, known.verdict))

    def _say_once(self, law: str) -> None:
        """Forget a hazard of a law that is broken, where nobody said that the layer must be right there."""
        if law in self.hazards and self.family.beyond(self.hazards[law].case):
            del self.hazards[law]

    def _break(self, found: Finding) -> None:
        """Remember a result that is wrong, or a hazard, on the smallest case so far."""
        known = self.broken.setdefault(found.verdict.status, {})
        of = found.verdict.of
        if of not in known or found.case.sizes() < known[of].case.sizes():
            known[of] = found

    @property
    def _severe(self) -> Callable[[Verdict], Verdict]:
        return partial(severe, self.deny)

    def _shrunk(self, found: Finding, witness: Witness) -> Finding:
        """The finding with the plainest case that breaks its law."""
        trial = Trial(self.subject, self.family, found.case)
        case, verdict, beside = self.hearing.plainest(trial, witness, found.verdict, self._severe)
        known = found.beside if case == found.case else {}
        return replace(found, shrunk=case, shrunk_verdict=verdict, beside=beside or known)


def _of_entries(family: Family, case: Case, axis: int, entries: int) -> Case:
    """A case of so many samples or channels, and else as this one is."""
    shapes = {name: shape for name, shape in case.shapes.items() if name != "dy"}
    shapes["x"] = (*shapes["x"][:axis], entries, *shapes["x"][axis + 1 :])
    return family.case_of(shapes, case.config, case.dtype, case.data, case.seed)


def _is_behind(new: Verdict, known: Verdict) -> bool:
    """Whether a result is y, of which the one that is known was computed."""
    return new.of == "y" and new.worst is not None and known.of != "y"


def _turned_down(heard: Iterable[Verdict]) -> bool:
    return any(verdict.law == RUNS and verdict.status == "blind" for verdict in heard)


def _with_telling(found: Finding, case: Case) -> Finding:
    """The finding, with this case where it tells more than the one so far."""
    size = found.telling.sizes() if found.telling else -1
    return replace(found, telling=case) if size < case.sizes() <= MOST_TELLING else found
