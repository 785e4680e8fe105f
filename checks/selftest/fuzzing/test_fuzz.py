"""What a fuzzing run finds is on disk at once, whatever ends the run; the same again is counted, not kept twice."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from checks.commands.fuzz import named
from checks.corpus.store import Corpus
from checks.families import family
from checks.fuzzed import Fuzzed, Keeper
from checks.fuzzing import SCHEMA, Layer, Plan, fuzz
from checks.isolation import Apart, Isolation
from checks.resume import load
from checks.scope import spend
from checks.selftest.fuzzing.layers import with_layers
from checks.selftest.main_job.shell import command, gradproof, hearing_ctrl_c
from checks.target import Named


@pytest.fixture(scope="module")
def one_round(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Fuzzed]:
    """A folder in which the wrong layer was fuzzed for a round, and what is known of it then."""
    folder = tmp_path_factory.mktemp("one_round")
    with pytest.MonkeyPatch.context() as patch:
        return folder, after_rounds(with_layers(folder, patch), "bad", Fuzzed(), 1)


@pytest.fixture
def known(folder: Path, one_round: tuple[Path, Fuzzed]) -> Fuzzed:
    """What is known after that round, whose corpus lies in this test's folder."""
    copytree(one_round[0] / "corpus", folder / "corpus")
    return deepcopy(one_round[1])


def after_rounds(folder: Path, name: str, known: Fuzzed, count: int) -> Fuzzed:
    """Fuzz a layer for so many rounds of few cases."""
    return _fuzzed(folder, Layer(Named(f"fuzzed_layers:{name}"), "relu"), known, count)


def _fuzzed(folder: Path, layer: Layer, known: Fuzzed, count: int) -> Fuzzed:
    plan = Plan(Corpus(folder / "corpus"), time.monotonic() + 300, cases=4)
    until = known.rounds + count
    for news in fuzz([layer], {layer.name: known}, plan, [Apart(Isolation())]):
        if news.fresh is None and news.known.rounds >= until:
            break
    return known


@pytest.mark.long
def test_a_counterexample_is_kept_once_and_later_only_counted(folder: Path, known: Fuzzed) -> None:
    """Of a law, a result and configuration cells; a second run goes on with other seeds."""
    files = sorted(path.name for path in (folder / "corpus").iterdir())
    assert known.kept
    assert set(known.kept) == set(files)
    assert any(name.startswith("relu-reference-") for name in files)
    before = known.rounds
    after_rounds(folder, "bad", known, 1)
    assert known.rounds > before  # a lane may be a round ahead of who listens
    assert sum(known.again.values()) > 0
    assert len(set(known.kept)) == len(known.kept)


def test_what_depends_on_earlier_calls_is_kept_with_that_word(folder: Path) -> None:
    """A counterexample is judged once more in a new process, as that of an examination."""
    known = after_rounds(folder, "tiring", Fuzzed(), 1)
    entries = [json.loads((folder / "corpus" / name).read_text(encoding="utf-8")) for name in known.kept]
    told = [sentence for entry in entries for sentence in entry["diagnosis"]]
    assert any("in a new process this case is right as a first call" in sentence for sentence in told), entries


@pytest.mark.long
def test_a_layer_that_ends_its_process_is_a_counterexample(folder: Path) -> None:
    """Of the law ``runs``; the run goes on."""
    known = after_rounds(folder, "leaving", Fuzzed(), 1)
    assert any(name.startswith("relu-runs-") for name in known.kept)
    assert known.cases > 1


def test_a_right_layer_yields_nothing(folder: Path) -> None:
    """And its cases are counted."""
    known = after_rounds(folder, "good", Fuzzed(), 1)
    assert (known.kept, known.again) == ([], {})
    assert known.compared > 0


def test_a_time_that_is_over_at_once_is_time_for_the_cases_that_are_usual(folder: Path) -> None:
    """As in an examination; a run that asked less has shown nothing. An earlier run's cases are not this one's."""
    plan, known = Plan(Corpus(folder / "corpus"), time.monotonic(), cases=4), Fuzzed(cases=50)
    layer = Layer(Named("fuzzed_layers:good"), "relu")
    assert [news.known.rounds for news in fuzz([layer], {layer.name: known}, plan, [Apart(Isolation())])]
    assert known.cases == 50 + family("relu").fewest
    assert (known.compared > 0, known.hurried) == (True, 0)


def test_a_layer_too_slow_for_the_usual_cases_is_not_shown_right(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A case or two say nothing: the summary tells how few there were, and the exit code is not that of a pass."""
    monkeypatch.setattr(spend, "GRACE", 1.0)  # a busy machine has not made the first case in a tenth of it
    words = ("fuzzed_layers:slow", "--like", "relu", "--time", "1ms", "--corpus", "found")
    said = gradproof("fuzz", *words, cwd=folder)
    known = load(folder / "gradproof-fuzz.json", SCHEMA, Fuzzed)["fuzzed_layers:slow"]
    assert 0 < known.hurried < family("relu").fewest
    assert (said.code, known.kept) == (1, [])
    summary = next(line for line in said.out.splitlines() if line.startswith("NOT SHOWN RIGHT: fuzzed_layers:slow: "))
    assert f"{known.hurried} case" in summary
    assert summary.endswith(" in this run, for want of time: more --time")


def test_a_layer_of_which_no_number_was_compared_is_not_shown_right(folder: Path) -> None:
    """And the command does not end as if it were."""
    said = gradproof(
        "fuzz", "fuzzed_layers:refusing", "--like", "relu", "--time", "1ms", "--corpus", "found", cwd=folder
    )
    assert said.code == 1
    assert "NOT SHOWN RIGHT: fuzzed_layers:refusing: " in said.out


def test_a_run_that_is_killed_keeps_what_it_found(folder: Path) -> None:
    """With -9, in the middle: the files are whole, and another run goes on from the state."""
    words = ("fuzz", "fuzzed_layers:bad", "--like", "relu", "--cases", "4", "--corpus", "gradproof-corpus")
    with subprocess.Popen(command(*words), stdout=subprocess.PIPE, text=True, cwd=folder, env=_with_path()) as run:
        try:
            assert run.stdout is not None
            shown = next(line for line in run.stdout if line.startswith("  kept "))
        finally:
            run.send_signal(signal.SIGKILL)
    kept = folder / "gradproof-corpus" / shown.split()[1]
    assert json.loads(kept.read_text(encoding="utf-8"))["law"]
    assert load(folder / "gradproof-fuzz.json", SCHEMA, Fuzzed).keys() <= {"fuzzed_layers:bad"}


ENDS = {
    "ctrl-c": lambda pid: os.killpg(pid, signal.SIGINT),
    "kill": lambda pid: os.kill(pid, signal.SIGTERM),
    "closed terminal": lambda pid: os.kill(pid, signal.SIGHUP),
}


@pytest.mark.long
@pytest.mark.sweep("ends of a fuzzing run", 3)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_ctrl_c_and_kill_say_what_was_kept_and_blame_no_layer(folder: Path, end: Callable[[int], None]) -> None:
    """Ctrl-C goes to the whole group, as a terminal sends it: the process that ends is not a counterexample."""
    words = ("fuzz", "fuzzed_layers:bad", "--like", "relu", "--corpus", "gradproof-corpus", "--jobs", "1")
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    env = {**_with_path(), "PYTHONUNBUFFERED": "1"}
    with hearing_ctrl_c():
        started = subprocess.Popen(command(*words), cwd=folder, env=env, start_new_session=True, **pipes)
    with started as run:
        assert run.stdout is not None
        first = next(line for line in run.stdout if line.startswith("  kept ")).split()[1]
        end(run.pid)
        out, err = run.communicate()
    assert (run.returncode, err) == (130, "")
    last = out.splitlines()[-1]
    assert last.startswith("interrupted; kept in this run: ")
    assert first in last
    assert "ended their process" not in out
    known = load(folder / "gradproof-fuzz.json", SCHEMA, Fuzzed)["fuzzed_layers:bad"]
    assert (last.partition("run: ")[2].split(", "), known.stopped) == (known.kept, "")
    assert not any("-runs-" in name for name in known.kept)


@pytest.mark.usefixtures("known")
def test_the_last_line_counts_what_lies_in_the_corpus(folder: Path) -> None:
    """Also what a run kept that was killed before it could write down its state; the layer is wrong all the same."""
    before = len(list((folder / "corpus").glob("*.json")))
    words = (
        "fuzzed_layers:bad",
        "--like",
        "relu",
        "--cases",
        "4",
        "--corpus",
        "corpus",
        "--time",
        "1ms",
        "--jobs",
        "1",
    )
    said = gradproof("fuzz", *words, cwd=folder)
    lying = len(list((folder / "corpus").glob("*.json")))
    last = said.out.splitlines()[-1]
    assert last.startswith(f"{lying} counterexamples, {before} of them from before, in corpus; ")
    assert said.code == 1


def _with_path() -> dict[str, Any]:
    return {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}


@pytest.mark.long
@pytest.mark.sweep("examples that are fuzzed", 2)
@pytest.mark.parametrize("inputs", ["one", "drawn"])
def test_a_layer_like_no_family_is_fuzzed_on_its_examples(folder: Path, inputs: str) -> None:
    """An example with one dy after another, or what a strategy draws; what is kept is wrong again where it is heard."""
    layer, there = "fuzzed_layers:dense", f"fuzzed_layers:{inputs}"
    (asked,) = named([layer], "", (), there)
    _fuzzed(folder, asked, Fuzzed(), 1)
    kept = Corpus(folder / "corpus").contents().counterexamples
    assert {(stored.entry.subject, stored.entry.of) for stored in kept} == {(layer, "dw")}
    said = gradproof("replay", str(kept[0].entry.case), "--subject", layer, "--inputs", there, cwd=folder)
    assert said.code == 1


@pytest.mark.usefixtures("known")
def test_what_is_known_of_a_layer_is_read_from_the_corpus(folder: Path) -> None:
    """So that another run, or another machine, keeps no second file for the same kind of case."""
    keeper = Keeper(Corpus(folder / "corpus"), "fuzzed_layers:bad", family("relu"), Fuzzed())
    assert keeper.held > 0
