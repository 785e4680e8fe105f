"""A folder of small files that nothing corrupts, nothing stops and nobody executes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from checks.corpus.entry import SCHEMA
from checks.corpus.reading import read
from checks.corpus.store import LEFT, Corpus
from checks.errors import CorpusError
from checks.json_file import UNFINISHED, write
from checks.selftest.corpus.entries import CASE, entry
from checks.selftest.house import ROOT

WRITER = """
import sys
from dataclasses import replace
from pathlib import Path
from checks.corpus.store import Corpus
from checks.selftest.corpus.entries import CASE, entry
for turn in range(int(sys.argv[2])):
    kept = Corpus(Path(sys.argv[1])).keep(entry(case=CASE.but(seed=turn), diagnosis=(sys.argv[3] * 1000,)))
    print(kept.name, kept.fault, flush=True)
"""


def test_a_counterexample_is_a_small_readable_file(tmp_path: Path) -> None:
    """Schema, kind, configuration, seed, law, what was found, when, when fixed, versions; and it reads back."""
    kept = Corpus(tmp_path).keep(entry())
    content = json.loads((tmp_path / kept.name).read_text(encoding="utf-8"))
    assert kept.name.startswith("relu-reference-")
    assert (content["schema"], content["kind"], content["case"]) == (SCHEMA, "counterexample", str(CASE))
    assert (content["law"], content["where"], content["got"], content["want"]) == ("reference", "dx[0,0,1]", 2.0, 1.0)
    assert (content["fixed"], set(content["versions"])) == (None, {"gradproof", "numpy", "torch"})
    ((stored,), skipped) = (Corpus(tmp_path).contents().counterexamples, Corpus(tmp_path).contents().skipped)
    assert (stored.name, stored.entry.content(), skipped) == (kept.name, content | {"diagnosis": ()}, ())


def test_the_same_counterexample_found_again_changes_nothing(tmp_path: Path) -> None:
    """Another seed of the same numbers is the same one; another law or subject is another."""
    whole = CASE.holding("x", CASE.array("x")).holding("dy", CASE.dy)
    first = Corpus(tmp_path).keep(entry(case=whole))
    before = (tmp_path / first.name).read_bytes()
    assert Corpus(tmp_path).keep(entry(case=whole.but(seed=7))).name == first.name
    assert (tmp_path / first.name).read_bytes() == before
    others = {Corpus(tmp_path).keep(entry(case=whole, **{name: "adjoint"})).name for name in ("law", "subject")}
    assert len(others | {first.name}) == 3


def test_a_diagnosis_is_added_to_what_was_found_first(tmp_path: Path) -> None:
    """The day on which it was found stays."""
    corpus, first = Corpus(tmp_path), entry(found="2024-05-06T07:08:09+00:00")
    corpus.keep(first)
    corpus.keep(entry(diagnosis=("twice",)))
    (stored,) = corpus.contents().counterexamples
    assert (stored.entry.found, stored.entry.diagnosis) == (first.found, ("twice",))


def test_oldest_first(tmp_path: Path) -> None:
    """By the moment in which each was found, whatever its zone, not by name."""
    moments = ["2025-01-01T12:00:00+00:00", "2025-01-01T12:30:00+02:00", "2024-12-31T23:59:59"]
    for number, moment in enumerate(moments):
        Corpus(tmp_path).keep(entry(case=CASE.but(seed=number), found=moment))
    found = [stored.entry.found for stored in Corpus(tmp_path).contents().counterexamples]
    assert found == [moments[2], moments[1], moments[0]]


def _text(**changes: object) -> str:
    return json.dumps({**json.loads(json.dumps(entry().content())), **changes})


SKIPPED = {
    "empty.json": ("", "no JSON"),
    "merge.json": ("<<<<<<< HEAD\n{}", "no JSON"),
    "deep.json": ("[" * 100_000, "no JSON"),
    "list.json": ("[1, 2]", "not a file of gradproof"),
    "package.json": ('{"name": "left-pad"}', "not a file of gradproof"),
    "newer.json": (_text(schema=SCHEMA + 1), f"schema {SCHEMA + 1} is newer than this gradproof reads"),
    "odd.json": (_text(schema="one"), "schema 'one' is no version"),
    "kind.json": (_text(kind=["golden"]), "is unknown; expected counterexample or golden"),
    "short.json": ('{"schema": 1, "kind": "counterexample"}', "family is missing; expected str"),
    "golden.json": ('{"schema": 1, "kind": "golden"}', "case is missing; expected str"),
    "case.json": (_text(case="relu("), "'relu(' is not a case"),
    "other.json": (_text(family="conv"), "family is 'conv', but its case is of 'relu'"),
    "found.json": (_text(found="yesterday"), "found is 'yesterday'; expected a moment"),
    "binary.json": ("\udcff", "UnicodeDecodeError"),
    "ours.json.orig": ("{}", "not a .json file"),
}


def test_what_cannot_be_read_is_skipped_by_name_and_left_as_it_is(tmp_path: Path) -> None:
    """Corrupt, foreign and newer files: named with the reason, they stop no others; of notes nothing is said."""
    for name, (text, _) in SKIPPED.items():
        (tmp_path / name).write_text(text, encoding="utf-8", errors="surrogateescape")
    (tmp_path / "folder.json").mkdir()
    (tmp_path / "README.md").write_text("what is kept here, and why", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe.json")  # whoever reads it waits for ever
    before = {name: (tmp_path / name).read_bytes() for name in SKIPPED}
    kept = Corpus(tmp_path).keep(entry())
    contents = Corpus(tmp_path).contents()
    assert [stored.name for stored in contents.counterexamples] == [kept.name]
    told = dict(sentence.split(": ", 1) for sentence in contents.skipped)
    assert set(told) == {*SKIPPED, "folder.json", "pipe.json"}
    for name, (_, reason) in SKIPPED.items():
        assert reason in told[name], name
    assert {name: (tmp_path / name).read_bytes() for name in SKIPPED} == before


def test_a_damaged_file_is_never_written_over(tmp_path: Path) -> None:
    """What would have its name gets another one, and is found there again."""
    damaged = tmp_path / Corpus(tmp_path).keep(entry()).name
    damaged.write_text("damaged", encoding="utf-8")
    names = {Corpus(tmp_path).keep(entry()).name for _ in range(2)}
    assert names == {f"{damaged.stem}-2.json"}
    assert damaged.read_text(encoding="utf-8") == "damaged"


@pytest.mark.parametrize("place", ["at_zero={}", "at_zero=0.0; dtype={}"])
def test_no_code_is_executed_on_load(tmp_path: Path, place: str) -> None:
    """A call in a case is no literal: it is refused with the text."""
    trap = tmp_path / "executed"
    call = f"__import__('pathlib').Path({str(trap)!r}).touch()"
    text = f"relu(x=(1,1,2), dy=(1,1,2); {place.format(call)})"
    with pytest.raises(CorpusError, match="__import__"):
        read(_text(case=text if "dtype" in place else text.replace(")", '; dtype="float64")')))
    assert not trap.exists()


def test_a_folder_that_cannot_be_written_is_said_and_the_run_goes_on(tmp_path: Path) -> None:
    """A file stands where the folder should be."""
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    kept = Corpus(tmp_path / "file" / "corpus").keep(entry())
    assert "cannot be written (Not a directory)" in kept.fault
    assert Corpus(tmp_path / "file").contents().skipped == (f"{tmp_path / 'file'}: Not a directory; expected a folder",)


def _writer(folder: Path, turns: int, word: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(turns), word]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.long
def test_several_processes_write_at_once(tmp_path: Path) -> None:
    """The same counterexamples from three of them: each is there once, whole."""
    with _writer(tmp_path, 20, "a") as first, _writer(tmp_path, 20, "b") as second, _writer(tmp_path, 20, "c") as third:
        said = [process.communicate()[0].splitlines() for process in (first, second, third)]
    assert all(line.endswith(".json ") for lines in said for line in lines)
    contents = Corpus(tmp_path).contents()
    assert (len(contents.counterexamples), contents.skipped) == (20, ())
    assert len(list(tmp_path.iterdir())) == 20


def test_kill_9_in_the_middle_loses_nothing_that_was_found(tmp_path: Path) -> None:
    """Everything whose name was printed is there, whole; nothing half-written has the name of an entry."""
    with _writer(tmp_path, 100_000, "a") as process:
        assert process.stdout is not None
        said = [process.stdout.readline().split()[0] for _ in range(20)]
        process.send_signal(signal.SIGKILL)
    contents = Corpus(tmp_path).contents()
    assert set(said) <= {stored.name for stored in contents.counterexamples}
    assert contents.skipped == ()


def test_what_a_killed_process_left_is_named(tmp_path: Path) -> None:
    """A file that nobody finished for a minute is of a process that is gone; a fresh one is being written."""
    for name in ("old", "new"):
        (tmp_path / f".{name}{UNFINISHED}").write_text("{", encoding="utf-8")
    (tmp_path / ".gitattributes").write_text("", encoding="utf-8")
    gone = (tmp_path / f".old{UNFINISHED}").stat().st_mtime - LEFT - 1
    os.utime(tmp_path / f".old{UNFINISHED}", (gone, gone))
    (skipped,) = Corpus(tmp_path).contents().skipped
    assert skipped == f".old{UNFINISHED}: left by a process that was killed; delete it"


def test_a_file_that_cannot_be_finished_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full when it is flushed."""

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(tmp_path / "entry.json", {})
    assert list(tmp_path.iterdir()) == []


def test_numbers_that_json_lacks_are_texts(tmp_path: Path) -> None:
    """Strict JSON, whatever was found."""
    kept = Corpus(tmp_path).keep(replace(entry(), got=float("nan"), want=1j, bound=float("inf")))
    content = json.loads((tmp_path / kept.name).read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert (content["got"], content["want"], content["bound"]) == ("nan", "1j", "inf")
