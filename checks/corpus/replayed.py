"""What a corpus brought to a run, in figures and sentences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields


@dataclass
class Replayed:
    """What became of the files of a corpus.

    ``counterexamples`` and ``golden`` count the cases that were judged first; ``fitting`` those of ``recorded`` golden
    cases of the family that the subject takes, in whatever formats. The rest are sentences that begin with
    the name of a file: ``regressions`` were fixed and broke again, ``fixed`` hold from now on, ``broken`` are broken as
    before, ``foreign`` are another subject's and broken here too, ``unasked`` had none of this run's laws to say
    whether they hold, ``former`` are cases of a subject that has other arguments since, ``outside`` are cases that the
    subject does not take, ``skipped`` are files that cannot be read.
    ``kept`` names files that are new, ``faults`` what could not be written.
    """

    folder: str = ""
    counterexamples: int = 0
    golden: int = 0
    recorded: int = 0
    fitting: int = 0
    regressions: list[str] = field(default_factory=list)
    fixed: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    foreign: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)
    former: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def join(self, other: Replayed) -> None:
        """Add what another part of the same run brought."""
        self.folder = self.folder or other.folder
        self.counterexamples += other.counterexamples
        self.golden += other.golden
        self.recorded += other.recorded
        self.fitting += other.fitting
        for name in SENTENCES:
            mine = getattr(self, name)
            mine += [sentence for sentence in getattr(other, name) if sentence not in mine]

    def say(self, what: str, sentence: str) -> None:
        """Add a sentence once."""
        if sentence not in (said := getattr(self, what)):
            said.append(sentence)

    def files(self, what: str) -> list[str]:
        """Names of the files of which its sentences of one kind speak."""
        return [sentence.partition(":")[0] for sentence in getattr(self, what)]

    @property
    def fit(self) -> str:
        """How many of the golden cases could be asked about; empty where there are none."""
        return f"{self.fitting} of {self.recorded} recorded cases" if self.recorded else ""

    def sentences(self) -> Iterator[tuple[str, str]]:
        """Every sentence with what it is about, in the order of the fields."""
        for name in SENTENCES:
            yield from ((name, sentence) for sentence in getattr(self, name))


#: Fields of sentences, the most urgent first.
SENTENCES = tuple(each.name for each in fields(Replayed) if each.type == "list[str]")
