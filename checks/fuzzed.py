"""What is known of a layer that is fuzzed, and the keeper of what is new."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from checks.case import Case
from checks.corpus.replay import Replays
from checks.corpus.replayed import Replayed
from checks.corpus.store import Corpus
from checks.family import Family
from checks.tally import Finding


@dataclass
class Fuzzed:
    """What is known of a layer: rounds, cases, numbers compared, files that were new, what was seen again, by law.

    ``broken`` names the files of the corpus, found on this layer, on which it still breaks; ``stopped`` says why no
    more cases of it are heard.
    """

    rounds: int = 0
    cases: int = 0
    compared: int = 0
    kept: list[str] = field(default_factory=list)
    again: dict[str, int] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    stopped: str = ""

    @property
    def wrong(self) -> bool:
        """Whether anything was found, by this run or an earlier one, and not fixed since."""
        return bool(self.kept or self.again or self.broken)

    def hear(self, replayed: Replayed) -> None:
        """Take note of which files hold again, and which do not."""
        fixed = replayed.files("fixed")
        self.broken = [*replayed.files("regressions"), *replayed.files("broken")]
        self.kept = [file for file in [*self.kept, *replayed.kept] if file not in fixed]
        self.again = self.again if self.broken or self.kept else {}


class Keeper:
    """Keeps what is new: a law that broke for another result, or in other configuration cells, than what is known.

    What was fixed is known no more: where it breaks again, that is new.
    """

    def __init__(self, corpus: Corpus, owner: str, family: Family, known: Fuzzed) -> None:
        """Of one layer, whose counterexamples in the corpus are known already."""
        self._replays, self._family, self._known = Replays(corpus, owner), family, known
        self._fresh: list[tuple[Finding, str]] = []
        own = [stored.entry for stored in corpus.contents().counterexamples if stored.entry.subject == owner]
        same = [entry for entry in own if entry.family == family.name and not entry.fixed]
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
        before = len(self._replays.done.kept)
        self._replays.keep(finding)
        for file in self._replays.done.kept[before:]:
            self._known.kept.append(file)
            self._fresh.append((finding, file))

    def fresh(self) -> list[tuple[Finding, str]]:
        """What is new since this was asked last."""
        found, self._fresh = self._fresh, []
        return found

    def _kind(self, law: str, of: str, case: Case) -> tuple[str, str, frozenset[str]]:
        return law, of, frozenset(self._family.cells(case))
