"""A corpus and one subject: what was found before is asked first, and what is found now is kept at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from checks.case import Case
from checks.claim import Verdict
from checks.corpus import selection
from checks.corpus.entry import Counterexample, Golden, now
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus, Stored
from checks.data import KINDS
from checks.errors import CaseError, SubjectError
from checks.examination import WITNESSES, Examination, severe
from checks.invariants.kinks import BESIDE, CONVENTION
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS, SHAPE
from checks.oracles.golden import GoldenDigests
from checks.scope.as_today import answered, as_today
from checks.scope.limits import Limits
from checks.tally import Finding

#: Said of what was found between calls where it is not seen now.
ALONE = (
    "holds on this case by itself, as it did when it was found: it broke after other calls, which no replay makes; "
    "delete the file once the layer is mended"
)

#: Said of cases of a layer whose arguments were others.
FORMER = "no case of the layer as it is: delete the file, unless such a layer comes back"

#: All laws that can break: those of witnesses, and those that these find broken on their way.
LAWS = frozenset({*(witness.law for witness in WITNESSES), Surroundings.law, RUNS, HANGS, SHAPE, BESIDE, CONVENTION})

#: Said of what neither holds nor is broken.
UNSETTLED = {
    "unasked": "had nothing to say in this run",
    "hazard": "is a hazard here, which this run does not deny",
}

UNKNOWN = "is no law that this gradproof knows: its case was heard by all others"


@dataclass
class Replays:
    """Keeps what is found on a subject, and says what became of what was found before.

    ``owner`` names the subject in the files. Without a corpus nothing is kept.
    """

    corpus: Corpus | None
    owner: str
    entries: Sequence[Stored[Counterexample]] = ()
    done: Replayed = field(default_factory=Replayed)

    @cached_property
    def _by_case(self) -> dict[str, list[Stored[Counterexample]]]:
        found: dict[str, list[Stored[Counterexample]]] = {}
        for stored in self.entries:
            found.setdefault(str(stored.entry.case), []).append(stored)
        return found

    @property
    def cases(self) -> list[Case]:
        """The case of each entry, once, oldest first."""
        return [shared[0].entry.case for shared in self._by_case.values()]

    def keep(self, finding: Finding) -> None:
        """Write a broken law's plainest case down, now; a finding that was kept is completed.

        What breaks on an entry's own case is that entry, however it is shrunk today.
        """
        known = self._by_case.get(str(finding.case), ())
        again = any(stored.entry.law == finding.law and stored.entry.subject == self.owner for stored in known)
        if self.corpus is None or again:
            return
        kept = self.corpus.keep(counterexample(finding, self.owner))
        if kept.fault:
            self.done.say("faults", kept.fault)
        elif kept.earlier is None:
            self.done.say("kept", kept.name)
        elif isinstance(kept.earlier, Counterexample) and kept.earlier.fixed:
            self._regressed(kept.name, kept.earlier)

    def judge(self, case: Case, examination: Examination) -> None:
        """Have a case judged, and say what that means for its entries; the files of their owner are brought up to date.

        A hazard that is denied breaks its law. A case that the layer does not answer any more as it did is not judged.
        """
        shared = self._by_case.get(str(case), ())
        try:
            asked = _as_today(case, {stored.entry.law for stored in shared}, examination)
        except (CaseError, SubjectError) as error:
            for stored in shared:
                self.done.say("former", f"{stored.name}: {error}; {FORMER}")
            return
        verdicts = [severe(examination.deny, verdict) for verdict in examination.judge(asked)]
        for stored in shared:
            self._settle(stored, verdicts)

    def _settle(self, stored: Stored[Counterexample], verdicts: Sequence[Verdict]) -> None:
        entry, own = stored.entry, stored.entry.subject == self.owner
        status = standing(entry.law, verdicts)
        self.done.counterexamples += 1
        if status in UNSETTLED:
            why = UNSETTLED[status] if entry.law in LAWS else UNKNOWN
            self.done.say("unasked", f"{stored.name}: {entry.law} {why}")
        elif status == "broken" and not own:
            self.done.say("foreign", f"{stored.name}: {entry.law} breaks here too; found on {entry.subject}")
        elif status == "broken" and entry.fixed:
            self._regressed(stored.name, entry)
            self._write(stored, None)
        elif status == "broken":
            self.done.say("broken", f"{stored.name}: {entry.law}, found on {_day(entry.found)}")
        elif own and not entry.fixed and entry.alone:
            self.done.say("unasked", f"{stored.name}: {entry.law} {ALONE}")
        elif own and not entry.fixed:
            self.done.say("fixed", f"{stored.name}: {entry.law} holds again; found on {_day(entry.found)}")
            self._write(stored, now())

    def _regressed(self, name: str, entry: Counterexample) -> None:
        self.done.fixed = [said for said in self.done.fixed if not said.startswith(f"{name}: ")]  # earlier in this run
        self.done.say("regressions", f"{name}: {entry.law} was fixed on {_day(entry.fixed or '')}, broke again")

    def _write(self, stored: Stored[Counterexample], fixed: str | None) -> None:
        if self.corpus and (fault := self.corpus.change(replace(stored, entry=replace(stored.entry, fixed=fixed)))):
            self.done.say("faults", fault)


def _as_today(case: Case, laws: AbstractSet[str], examination: Examination) -> Case:
    """The case as it is to be judged; where the forward raised, or never answered, it is heard whether it still does.

    Raises CaseError or SubjectError where today's layer has another y for its arguments, or none.
    """
    if HANGS in laws:
        return case
    return (answered if RUNS in laws else as_today)(case, examination)


def replay_first(examination: Examination, limits: Limits, corpus: Corpus, owner: str) -> None:
    """Judge what a corpus holds for the subject's family, oldest first, and keep what is found from now on."""
    contents, done, name = corpus.contents(), examination.replayed, limits.family.name
    done.skipped += selection.skipped(contents)
    found = selection.counterexamples(contents, name, owner, done)
    replays = Replays(corpus, owner, list(_taken(found, limits, done)), done)
    examination.found, done.folder = replays.keep, str(corpus.folder)
    golden = list(selection.golden(contents, name, done))
    # Ahead of all cases: what broke a digest before is asked for that digest.
    examination.witnesses = selection.informed(examination.witnesses, [stored.entry.recorded for stored in golden])
    for case in replays.cases:
        replays.judge(case, examination)
    _judge_golden(examination, limits, golden)


def _judge_golden(examination: Examination, limits: Limits, found: Sequence[Stored[Golden]]) -> None:
    """Golden digests are for their own witness, in every format that the subject takes."""
    asked = tuple(witness for witness in examination.witnesses if isinstance(witness, GoldenDigests))
    examination.replayed.recorded += len(found) if asked else 0
    for stored in found if asked else ():
        cases = list(filter(limits.takes, selection.variants(stored.entry.recorded)))
        if not cases:
            examination.replayed.say("outside", _outside(stored.name, stored.entry.recorded.case, limits))
        usual, refused = [case for case in cases if case.dtype in selection.FORMATS] or cases[:1], examination.refused
        for case in usual:
            examination.judge(case, asked)
            examination.replayed.golden += 1
        examination.replayed.fitting += examination.refused - refused < len(usual)


def _taken(found: Iterable[Stored[Counterexample]], limits: Limits, done: Replayed) -> Iterator[Stored[Counterexample]]:
    """The entries whose case the subject takes; ``done`` names the others."""
    for stored in found:
        if why := limits.family.former(stored.entry.case):
            done.say("former", f"{stored.name}: the case {why}; {FORMER}")
        elif limits.takes(stored.entry.case):
            yield stored
        else:
            done.say("outside", _outside(stored.name, stored.entry.case, limits))


def _outside(name: str, case: Case, limits: Limits) -> str:
    why = ["lack of a bias" if each == "bias" and each not in case.shapes else each for each in limits.outside(case)]
    return f"{name}: the subject does not take its {', '.join(why)}"


def standing(law: str, verdicts: Iterable[Verdict]) -> str:
    """Whether a law is ``broken`` by verdicts on a case, a ``hazard``, ``holds``, or is ``unasked``: little was said.

    No verdict says that a layer ran, or that shapes were right: any comparison shows it.
    """
    heard = list(verdicts)
    own = {verdict.status for verdict in heard if verdict.law == law}
    if own & {"wrong", "hazard"}:
        return "broken" if "wrong" in own else "hazard"
    telling = heard if law in {RUNS, SHAPE} else [verdict for verdict in heard if verdict.law == law]
    return "holds" if any(verdict.status == "right" and verdict.compared for verdict in telling) else "unasked"


def counterexample(finding: Finding, owner: str) -> Counterexample:
    """What is kept of a finding: its plainest case and what was seen there."""
    case, verdict, worst = finding.shrunk, finding.shrunk_verdict, finding.shrunk_verdict.worst
    seen: dict[str, Any] = {"why": verdict.why, "diagnosis": (*finding.diagnosis, *filter(None, [finding.alone]))}
    if worst is not None:
        seen["where"] = f"{verdict.of}[{','.join(map(str, worst.index))}]"
        seen |= {"got": worst.got, "want": worst.want, "bound": worst.bound}
    return Counterexample(case.family, owner, finding.law, verdict.of, _whole(case), alone=finding.alone, **seen)


def _whole(case: Case) -> Case:
    """A case that stands for itself: arrays that were given, not drawn, are written out."""
    if case.data in KINDS:
        return case.but()
    plain = Case(case.family, case.shapes, case.config, case.dtype, "normal", case.span, case.unit, case.seed)
    for name in (*case.arguments, "dy"):
        plain = plain.holding(name, case.array(name))
    return plain


def _day(moment: str) -> str:
    return moment.partition("T")[0]
