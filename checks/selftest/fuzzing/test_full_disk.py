"""A disk that is full costs no finding: what cannot be written is told, and the run goes on, to no good exit code."""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from io import BytesIO
from itertools import count
from pathlib import Path

import pytest

from checks.fuzzed import Fuzzed
from checks.fuzzing import SCHEMA
from checks.resume import load
from checks.selftest.main_job.shell import Said, gradproof

LAYERS = """
def forward(x):
    return x.clip(0), x

good = (forward, lambda dy, x: dy * (x > 0))
bad = (forward, lambda dy, x: dy)
"""

FULL = os.strerror(errno.ENOSPC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a right layer and a wrong one."""
    (tmp_path / "some_layers.py").write_text(LAYERS, encoding="utf-8")
    return tmp_path


def _full(patch: pytest.MonkeyPatch, when: Callable[[int], bool]) -> None:
    """The disk is full for those writes, counted from 0, of which a function says so."""
    written = count()

    def fsync(_: int) -> None:
        if when(next(written)):
            raise OSError(errno.ENOSPC, FULL)

    patch.setattr(os, "fsync", fsync)


def _fuzz(folder: Path, layer: str) -> Said:
    words = (f"some_layers:{layer}", "--like", "relu", "--cases", "4", "--corpus", "kept", "--jobs", "1")
    return gradproof("fuzz", *words, "--time", "1ms", cwd=folder)


def test_what_a_fuzzing_run_cannot_keep_is_told_and_is_wrong(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counterexample once, with its story; the run goes on to its end."""
    _full(monkeypatch, lambda _: True)
    said = _fuzz(folder, "bad")
    assert (said.code, said.err) == (1, "")
    lines = said.out.splitlines()
    lost = [line for line in lines if line.startswith("  NOT KEPT ") and "/kept/relu-" in line]
    assert lost
    assert len(set(lost)) == len(lost)
    assert all(f"cannot be written ({FULL})" in line for line in lost)
    assert any(line.startswith("WRONG ") for line in lines)
    summary = next(line for line in lines if line.startswith("WRONG: some_layers:bad: "))
    assert f"{len(lost)} NOT KEPT: free some room, or name another --corpus" in summary
    assert f"NOT KEPT: gradproof-fuzz.json cannot be written ({FULL})" in lines[-1]


@pytest.mark.long
def test_a_disk_that_has_room_again_keeps_what_is_found_then(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was lost once and could be written later is lost no more."""
    _full(monkeypatch, lambda number: number < 2)
    said = _fuzz(folder, "bad")
    known = load(folder / "gradproof-fuzz.json", SCHEMA, Fuzzed)["some_layers:bad"]
    assert said.code == 1
    assert set(known.kept) == {path.name for path in (folder / "kept").iterdir()}
    assert not set(known.kept) & set(known.lost)
    assert "NOT KEPT: " not in said.out.splitlines()[-1]


def test_a_state_that_cannot_be_written_ends_in_no_good_code(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a layer in which nothing is wrong: the next run would not go on from here."""
    _full(monkeypatch, lambda _: True)
    said = _fuzz(folder, "good")
    told = [line for line in said.out.splitlines() if line.startswith("NOT KEPT: ")]
    assert (said.code, said.err, len(told)) == (1, "", 1)
    assert "gradproof-fuzz.json cannot be written" in told[0]
    assert "free some room, or name another --state" in told[0]


WORDS = [("some_layers:good", "--like", "relu", "--budget", "1ms"), ("--family", "relu", "--cases", "1")]


@pytest.mark.parametrize("words", WORDS)
def test_a_document_that_cannot_be_written_is_an_error_after_the_story(
    folder: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """The story is told whole, and the exit code is not that of a good end."""
    _full(monkeypatch, lambda _: True)
    said = gradproof("check", *words, "--json", "run.json", "--corpus", "none", cwd=folder)
    assert said.code == 1
    assert "right" in said.out.lower()
    assert said.err.startswith(f"Error: --json run.json cannot be written ({FULL})")


def test_a_document_that_could_be_written_in_the_end_is_no_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is written anew after each layer."""
    _full(monkeypatch, lambda number: number == 0)
    options = ("--like", "relu", "--budget", "1ms", "--json", "run.json", "--corpus", "none")
    said = gradproof("check", "some_layers:good", "some_layers:good", *options, cwd=folder)
    assert (said.code, "Error" in said.err) == (0, False)
    assert len(json.loads((folder / "run.json").read_text(encoding="utf-8"))["rows"]) == 2


class _Full(BytesIO):
    """A file that could be made, and takes no byte."""

    def write(self, _: object) -> int:
        raise OSError(errno.ENOSPC, FULL)


def test_a_disk_without_room_is_refused_before_the_work(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file can still be made there, but nothing be written to it."""
    monkeypatch.setattr("checks.json_file.NamedTemporaryFile", lambda **_: _Full())
    corpus = gradproof("fuzz", "some_layers:good", "--like", "relu", "--corpus", "kept", cwd=folder)
    assert (corpus.code, corpus.out) == (2, "")
    assert f"corpus kept cannot be written ({FULL})" in corpus.err
    document = gradproof("check", "some_layers:good", "--like", "relu", "--json", "run.json", cwd=folder)
    assert (document.code, document.out) == (2, "")
    assert f"--json run.json cannot be written ({FULL})" in document.err
