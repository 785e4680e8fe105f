"""The corpus from the command line, and in the main job's processes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch  # noqa: F401 - a run within this process forgets what it loads, and PyTorch cannot be loaded twice
from click.testing import CliRunner, Result

from checks import examine, verify
from checks.cli import main
from checks.corpus.replayed import Replayed
from checks.corpus.rows import rows
from checks.corpus.store import Corpus
from checks.errors import CorpusError
from checks.isolation import Apart, Isolation
from checks.judge import RUNS
from checks.report.as_json import document
from checks.row import Task
from checks.runner import Run, examined
from checks.selftest.corpus.entries import CASE, entry
from checks.selftest.main_job.planted import HERE
from checks.selftest.spoil import case_of
from checks.sweep import Job
from reference_impl import relu_backward, relu_forward

LAYERS = """
def forward(x):
    return x.clip(0), x

good = (forward, lambda dy, x: dy * (x > 0))
bad = (forward, lambda dy, x: dy)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with somebody's layers, in which commands run with their own defaults."""
    (tmp_path / "corpus_layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delenv("GRADPROOF_CORPUS")
    return tmp_path


def gradproof(*arguments: str) -> Result:
    """One command, in this process."""
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.mark.long
def test_check_keeps_what_it_finds_and_replay_takes_the_file(folder: Path) -> None:
    """In a visible folder, under the name by which the layer was called; the reference is right there."""
    said = gradproof("check", "corpus_layers:bad", "--like", "relu", "--budget", "1ms")
    assert said.exit_code == 1
    assert "kept: relu-reference-" in said.output
    (path,) = (folder / "gradproof-corpus").glob("relu-reference-*.json")
    assert json.loads(path.read_text(encoding="utf-8"))["subject"] == "corpus_layers:bad"
    again = gradproof("replay", str(path))
    assert (again.exit_code, again.output.partition(",")[0]) == (0, "reference broke on corpus_layers:bad")
    assert "now on the reference, which says nothing of that layer" in " ".join(again.output.split())
    assert "RIGHT:" in again.output
    other = gradproof("check", "corpus_layers:good", "--like", "relu", "--budget", "1ms")
    assert (other.exit_code, "replayed first, from gradproof-corpus: " in other.output) == (0, True)


@pytest.mark.long
def test_a_damaged_file_stands_in_the_headline_and_on_the_last_line(folder: Path) -> None:
    """The run goes on, and nobody shall think that what it holds was replayed; a file of others is none of ours."""
    Corpus(folder / "gradproof-corpus").keep(entry())
    (folder / "gradproof-corpus" / "bad.json").write_text("{", encoding="utf-8")
    (folder / "gradproof-corpus" / "notes.txt").write_text("mine", encoding="utf-8")
    checked = gradproof("check", "corpus_layers:good", "--like", "relu", "--budget", "1ms")
    said = checked.output.splitlines()
    assert "but NOT READ, of gradproof-corpus: bad.json" in said[0]
    assert said[-1] == "NOT READ, and so not replayed: bad.json"
    whole = gradproof("check", "--family", "relu", "--layer", "relu sweep", "--cases", "1")
    assert whole.output.splitlines()[-1].endswith("but NOT READ, of gradproof-corpus: bad.json")
    fuzzed = gradproof("fuzz", "corpus_layers:good", "--like", "relu", "--time", "1ms")
    assert "NOT READ, and so not replayed: bad.json" in fuzzed.output.splitlines()
    assert [each.exit_code for each in (checked, whole, fuzzed)] == [1, 1, 1]


def test_what_could_not_be_read_is_no_pass_in_python(tmp_path: Path) -> None:
    """``examine`` reports; ``verify`` says nothing where all is right, and so it raises."""
    (tmp_path / "relu-golden.json").write_text("<<<<<<< ours", encoding="utf-8")
    asked: dict[str, Any] = {"like": "relu", "budget": "1ms", "corpus": tmp_path, "laws": ["reference"]}
    assert not examine((relu_forward, relu_backward), **asked).wrong
    with pytest.raises(CorpusError, match=r"not replayed: relu-golden.json: no JSON: .*mend or delete them$"):
        verify((relu_forward, relu_backward), **asked)


def test_replay_of_a_file_that_is_none_is_misuse(folder: Path) -> None:
    """With the reason."""
    (folder / "bad.json").write_text("{}", encoding="utf-8")
    for name, reason in (("bad.json", "not a file of gradproof"), ("none.json", "No such file")):
        said = gradproof("replay", name)
        assert (said.exit_code, reason in said.output) == (2, True)


HUGE = CASE.but(shapes={"x": (1, 10**10), "dy": (1, 10**10)})


@pytest.mark.parametrize("words", [("replay", str(HUGE)), ("replay", "huge.json"), ("record", str(HUGE))])
def test_a_case_that_would_fill_the_memory_is_misuse_and_no_layer_is_blamed(folder: Path, words: list[str]) -> None:
    """As text and in a file: its numbers would be drawn before a layer is called."""
    (folder / Corpus(folder).keep(entry(case=HUGE)).name).rename(folder / "huge.json")
    said = gradproof(*words)
    assert (said.exit_code, "WRONG" in said.output) == (2, False)
    assert "20,000,000,000 numbers; expected at most 50,000,000" in said.output
    assert ("NOT READ, huge.json: " in said.output) == ("huge.json" in words)


@pytest.mark.long
def test_record_stores_what_check_then_asks(folder: Path) -> None:
    """Of a case as text, of a layer of one's own; a wrong layer records nothing."""
    said = gradproof("record", str(CASE))
    assert (said.exit_code, said.output.splitlines()[-1]) == (0, "1 golden case in gradproof-corpus")
    (path,) = (folder / "gradproof-corpus").iterdir()
    assert "golden digests of reference relu" in gradproof("replay", str(path)).output
    known = gradproof("record", "corpus_layers:good", "--like", "relu", "--budget", "1ms", str(CASE))
    assert (known.exit_code, known.output.splitlines()[1].partition(" ")[0]) == (0, "known")
    refused = gradproof("record", "corpus_layers:bad", "--like", "relu", "--budget", "1ms", str(CASE))
    assert (refused.exit_code, refused.output.splitlines()[1].partition(" ")[0]) == (1, "REFUSED")
    found = gradproof("check", "corpus_layers:bad", "--like", "relu", "--budget", "1ms").output
    assert "WRONG by golden digests" in found


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--corpus", "none"], "expected a folder to write to"),
        (["--corpus", ""], "--corpus '' names no folder; expected a name, or 'none' for no such folder"),
        (["--like", "relu"], "--like and --supports are for MODULE:LAYER"),
        (["relu(x=(1,1,2), dy=(1,1,3); ; dtype='float64')"], "does not fit"),
        (["--family", "rellu"], "did you mean relu"),
        (["corpus_layers:good"], "(--like conv2d); golden digests are of a family's cases: a layer like none has none"),
    ],
)
def test_record_says_what_it_does_not_understand(folder: Path, arguments: list[str], message: str) -> None:
    """Before any work."""
    said = gradproof("record", *arguments)
    assert (said.exit_code, message in said.output) == (2, True)


@pytest.mark.parametrize(
    ("command", "place", "message"),
    [
        (["check", "corpus_layers:good", "--like", "relu"], "file", "is a file; expected a folder"),
        (["fuzz", "corpus_layers:bad", "--like", "relu", "--time", "1s"], "file", "is a file; expected a folder"),
        (["check", "corpus_layers:good", "--like", "relu"], "link", "is a link to nowhere, which is not there"),
        (["check", "corpus_layers:good", "--like", "relu"], "loop", "is a link to loop, which is not there"),
        (["fuzz", "corpus_layers:bad", "--like", "relu", "--time", "1s"], "file/in", "what is found would be lost"),
        (["record", "--family", "relu"], "file/in", "what is found would be lost"),
    ],
)
def test_a_corpus_in_which_nothing_can_be_kept_is_misuse(
    folder: Path, command: list[str], place: str, message: str
) -> None:
    """Before any work: a fuzzing run would lose all that it finds."""
    (folder / "file").touch()
    for name, to in {"link": "nowhere", "loop": "loop"}.items():
        (folder / name).symlink_to(to)
    said = gradproof(*command, "--corpus", place)
    assert (said.exit_code, message in said.output) == (2, True), said.output


def test_rows_of_a_corpus_come_first_and_deadly_cases_stand_apart(tmp_path: Path) -> None:
    """A row of counterexamples for each family, one more for each case on which a process may end."""
    corpus, done = Corpus(tmp_path), Replayed()
    corpus.keep(entry())
    deadly = corpus.keep(entry(law=RUNS)).name
    corpus.keep(entry(family="sigmoid", case=CASE.but(family="sigmoid")))
    found = list(rows(corpus, ["relu", "relu", "conv"], done))
    assert [job.title for job in found] == ["relu corpus", f"relu corpus, {deadly}"]
    assert all(job.first for job in found)
    assert not Job("relu sweep", "relu", (CASE,)).first
    assert "family 'sigmoid' is unknown" in done.skipped[0]
    assert list(rows(None, ["relu"], done)) == []


def test_a_row_settles_its_entries_and_the_file_of_the_run_says_so(tmp_path: Path) -> None:
    """As soon as a case is judged; what was found stands in the outcome."""
    corpus = Corpus(tmp_path)
    corpus.keep(entry(subject="reference relu"))
    (job,) = rows(corpus, ["relu"], Replayed())
    with Apart(Isolation()) as apart:
        *_, last = examined(apart, Task(job, corpus=corpus))
    run = Run([job], corpus=corpus, outcomes={0: last})
    assert [said.partition(": ")[2][:28] for said in run.replays.fixed] == ["reference holds again; found"]
    (stored,) = corpus.contents().counterexamples
    assert stored.entry.fixed is not None
    assert document(run, 0)["corpus"]["counterexamples"] == 1


@pytest.mark.long
def test_what_ends_a_process_is_kept_by_the_one_that_started_it(tmp_path: Path) -> None:
    """The law ``runs``, on the plainest case that ends it; the next run replays it first."""
    corpus, deadly = Corpus(tmp_path), case_of("conv")
    run = Run([Job("conv", "conv", (deadly,))], f"{HERE}:killed", corpus=corpus)
    list(run.go(1))
    (stored,) = corpus.contents().counterexamples
    assert (stored.entry.law, stored.entry.subject) == (RUNS, f"{HERE}:killed")
    assert stored.entry.case.sizes() < deadly.sizes()
    assert run.replays.kept == [stored.name]
