"""What is known of a layer that is fuzzed, and the keeper of what is new."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace

from checks.case import Case
from checks.corpus.entry import Counterexample
from checks.corpus.replay import counterexample
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus, Kept
from checks.family import Family
from checks.tally import Finding

#: What runs of one layer, side by side, count together.
COUNTED = ("rounds", "cases", "compared")


@dataclass
class Fuzzed:
    """What is known of a layer: rounds, cases, numbers compared, files that were new, what was seen again, by law.

    ``lost`` names the files that this run could not write, and did not write later either. ``broken`` names the files
    of the corpus, found on this layer, on which it still breaks; ``hurried`` counts the cases of this run where more
    are usual, and is 0 where there were enough; ``stopped`` says why no more cases of it are heard, or how many rounds
    ended early.
    """

    rounds: int = 0
    cases: int = 0
    compared: int = 0
    kept: list[str] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    stopped: str = ""
    hurried: int = 0
    lost: list[str] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything was found, by this run or an earlier one, and not fixed since."""
        return bool(self.kept or self.again or self.broken or self.lost)

    def hear(self, replayed: Replayed) -> None:
        """Take note of which files hold again, or are no longer of the layer, and which do not hold."""
        fixed = [*replayed.files("fixed"), *replayed.files("former")]
        self.broken = [*replayed.files("regressions"), *replayed.files("broken")]
        self.kept = [file for file in [*self.kept, *replayed.kept] if file not in fixed]
        self.again = self.again if self.broken or self.kept else {}
        self.lost, self.hurried = [], 0

    def since(self, before: Fuzzed, there: Fuzzed) -> Fuzzed:
        """What the file holds, with the rounds, cases, numbers and files that this run has added to what it knew."""
        counts = {name: getattr(there, name) + getattr(self, name) - getattr(before, name) for name in COUNTED}
        again = Counter(there.again)
        again.update(self.again)
        again.subtract(before.again)
        kept = [file for file in there.kept if file in self.kept or file not in before.kept]
        kept += [file for file in self.kept if file not in {*kept, *before.kept}]
        return replace(self, **counts, kept=kept, again=dict(+again))


@dataclass(frozen=True)
class Fresh:
    """What was found just now, and the file in which it is kept; ``fault`` says why it is in none."""

    finding: Finding
    file: str
    fault: str = ""


class Keeper:
    """Keeps what is new: a law that broke for another result, or in other configuration cells, than what is known.

    What was fixed is known no more: where it breaks again, that is new.
    """

    def __init__(self, corpus: Corpus, owner: str, family: Family, known: Fuzzed) -> None:
        """Of one layer, whose counterexamples in the corpus are known already."""
        self._corpus, self._owner, self._family, self._known = corpus, owner, family, known
        self._fresh: list[Fresh] = []
        own = [stored.entry for stored in corpus.contents().counterexamples if stored.entry.subject == owner]
        there = [entry for entry in own if entry.family == family.name and not entry.fixed]
        same = [entry for entry in there if not family.former(entry.case)]  # the others are never asked again
        self._held = {self._kind(entry.law, entry.of, entry.case): str(entry.case) for entry in same}
        self._old = frozenset(self._held)
        self._seen: Counter[str] = Counter(known.again)

    @property
    def held(self) -> int:
        """Kinds of counterexample that are known."""
        return len(self._held)

    def keep(self, finding: Finding) -> None:
        """Write a finding down where it is new, and count it where it is not; one that was kept is completed."""
        kind, text = self._kind(finding.law, finding.verdict.of, finding.shrunk), str(finding.shrunk)
        if self._held.setdefault(kind, text) != text or kind in self._old:
            self._seen[finding.law] += not finding.script
            self._known.again = dict(self._seen)
            return
        kept = self._corpus.keep(counterexample(finding, self._owner))
        if self._noted(kept):
            self._fresh.append(Fresh(finding, kept.name, kept.fault))

    def fresh(self) -> list[Fresh]:
        """What is new since this was asked last."""
        found, self._fresh = self._fresh, []
        return found

    def _noted(self, kept: Kept) -> bool:
        """Take note of what became of a file; gives whether that is news."""
        lost, earlier = self._known.lost, kept.earlier
        if earlier is not None and not (isinstance(earlier, Counterexample) and earlier.fixed):
            return False
        if kept.fault:
            told = kept.name in lost
            lost += [] if told else [kept.name]
            return not told
        self._known.kept.append(kept.name)
        self._known.lost = [name for name in lost if name != kept.name]
        return True

    def _kind(self, law: str, of: str, case: Case) -> tuple[str, str, frozenset[str]]:
        return law, of, frozenset(self._family.cells(case))
