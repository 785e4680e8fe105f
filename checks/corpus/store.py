"""The folder of the corpus: read whole, written a file at a time, by as many processes as like."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from time import time
from typing import Generic, TypeVar

from checks.corpus.entry import Counterexample, Entry, Golden
from checks.corpus.reading import read
from checks.errors import CorpusError, UsageError
from checks.json_file import UNFINISHED, demand_room, unwritten

#: Where it lies unless somebody says otherwise, from the folder in which a command runs; meant to be committed.
FOLDER = "gradproof-corpus"

#: A file with more bytes is none of ours.
MOST_BYTES = 5_000_000

#: Said of what could not be written.
ALONE = "it stands in this report alone"

E = TypeVar("E", Counterexample, Golden)

#: Seconds after which a file that nobody finished has been left by a process that was killed.
LEFT = 60.0


@dataclass(frozen=True)
class Stored(Generic[E]):
    """An entry and the name of its file."""

    name: str
    entry: E


@dataclass(frozen=True)
class Contents:
    """Everything that a corpus holds, oldest first; ``skipped`` names every other file, with the reason."""

    counterexamples: tuple[Stored[Counterexample], ...] = ()
    golden: tuple[Stored[Golden], ...] = ()
    skipped: tuple[str, ...] = ()


@dataclass(frozen=True)
class Kept:
    """Where an entry is now; ``earlier`` is what the file said before, ``fault`` why nothing could be written."""

    name: str
    earlier: Entry | None = None
    fault: str = ""


@dataclass(frozen=True)
class Corpus:
    """A folder of counterexamples and golden digests; it need not exist before something is found.

    ``owner`` is the name under which a subject's counterexamples are kept, where its object does not tell it. ``at`` is
    where the folder lies, whatever folder a layer goes to later; ``folder`` is what reports call it.
    """

    folder: Path = field(default=Path(FOLDER))
    owner: str = ""
    at: Path = field(default=Path(), compare=False)

    def __post_init__(self) -> None:
        if not self.at.is_absolute():
            object.__setattr__(self, "at", self.folder.absolute())

    def demand_folder(self) -> Corpus:
        """The corpus itself.

        Raises UsageError where something else than a folder lies in its place, or a link to nowhere.
        """
        if self.at.is_symlink() and not self.at.exists():
            raise UsageError(
                f"corpus {self.folder} is a link to {self.at.readlink()}, which is not there; expected a folder, or "
                "a name where none is yet"
            )
        if self.at.exists() and not self.at.is_dir():
            raise UsageError(f"corpus {self.folder} is a file; expected a folder, or a name where none is yet")
        return self

    def demand_writable(self) -> Corpus:
        """The corpus itself.

        Raises UsageError where nothing could be kept in it.
        """
        there = next(each for each in (self.demand_folder().at, *self.at.parents) if each.exists())
        try:
            demand_room(there)
        except OSError as error:
            raise UsageError(
                f"corpus {self.folder} cannot be written ({error.strerror}), and what is found would be lost; expected "
                "a folder of yours with room in it"
            ) from error
        return self

    def contents(self) -> Contents:
        """Read every .json file; whatever of them cannot be read is skipped by name and left as it is."""
        counterexamples, golden, skipped = list[Stored[Counterexample]](), list[Stored[Golden]](), list[str]()
        for path in self._files(skipped):
            try:
                entry = read_file(path)
            except CorpusError as error:
                skipped.append(f"{path.name}: {error}")
                continue
            if isinstance(entry, Golden):
                golden.append(Stored(path.name, entry))
            else:
                counterexamples.append(Stored(path.name, entry))
        return Contents(tuple(sorted(counterexamples, key=_age)), tuple(sorted(golden, key=_age)), tuple(skipped))

    def keep(self, new: Counterexample) -> Kept:
        """Write a counterexample, once; one that was fixed is so no longer, and its first day stays."""
        path, earlier = self._place(new)
        if isinstance(earlier, Counterexample):
            new = new.again(earlier)
            if earlier.fixed is None and new.diagnosis == earlier.diagnosis:
                return Kept(path.name, earlier)
        return Kept(path.name, earlier, self._write(path, new))

    def record(self, new: Golden) -> Kept:
        """Write golden digests; a file that says the same is left as it is."""
        path, earlier = self._place(new)
        if isinstance(earlier, Golden) and earlier.recorded == new.recorded:
            return Kept(path.name, earlier)
        return Kept(path.name, earlier, self._write(path, new))

    def change(self, stored: Stored[Counterexample]) -> str:
        """Write an entry back to its own file; gives why it cannot be written, or nothing."""
        return self._write(self.at / stored.name, stored.entry)

    def _place(self, new: Entry) -> tuple[Path, Entry | None]:
        """The file of an entry, and what it says already: a file that cannot be read is never written over."""
        for number in count(1):
            path = self.at / f"{new.stem}{f'-{number}' if number > 1 else ''}.json"
            if not path.exists():
                return path, None
            with suppress(CorpusError):
                earlier = read_file(path)
                if new.same(earlier):
                    return path, earlier
        raise AssertionError  # count has no end

    def _write(self, path: Path, entry: Entry) -> str:
        try:
            self.at.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            return f"{path} cannot be written ({error.strerror or error}): {ALONE}"
        fault = unwritten(path, entry.content())
        return fault and f"{fault}: {ALONE}"

    def _files(self, skipped: list[str]) -> Iterator[Path]:
        """Every file with the ending of ours, in the order of names; what may hold ours is skipped by name."""
        try:
            found = sorted(self.at.iterdir()) if self.at.exists() else []
        except OSError as error:
            skipped.append(f"{self.folder}: {error.strerror or error}; expected a folder")
            return
        for path in found:
            if path.name.startswith("."):
                skipped += [f"{path.name}: left by a process that was killed; delete it"] if _abandoned(path) else []
            elif path.suffix == ".json":
                yield path
            elif ".json" in path.name or path.is_dir():  # a copy of ours, or a folder of them; notes are somebody's own
                skipped.append(f"{path.name}: not a .json file")


def read_file(path: Path) -> Entry:
    """The entry that a file holds.

    Raises CorpusError that says why it cannot be read.
    """
    try:
        kind = path.stat()
        if not (stat.S_ISREG(kind.st_mode) or stat.S_ISDIR(kind.st_mode)):  # a pipe is read without end
            raise CorpusError("neither a file nor a link to one")
        if kind.st_size > MOST_BYTES:
            raise CorpusError(f"{kind.st_size:,} bytes; expected at most {MOST_BYTES:,}")
        return read(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CorpusError(f"{type(error).__name__}: {error}") from error


def _abandoned(path: Path) -> bool:
    try:
        return path.name.endswith(UNFINISHED) and time() - path.stat().st_mtime > LEFT
    except OSError:
        return False


def _age(stored: Stored[E]) -> tuple[datetime, str]:
    found = datetime.fromisoformat(stored.entry.found)
    return found if found.tzinfo else found.replace(tzinfo=UTC), stored.name
