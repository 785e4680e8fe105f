"""Runs of one layer, side by side: what they kept and counted adds up, and no dead run holds up another."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from checks import one_writer
from checks.fuzzed import Fuzzed
from checks.fuzzing import SCHEMA
from checks.resume import State, load
from checks.selftest.house import ROOT

#: Adds a round, its cases and a file, so many times, as a run does.
RUN = """
import sys
from pathlib import Path
from checks.fuzzed import Fuzzed
from checks.fuzzing import SCHEMA
from checks.resume import State

path, name, turns = sys.argv[1:]
state = State(Path(path), SCHEMA, Fuzzed)
known = state.rows.setdefault("layer", Fuzzed())
for turn in range(int(turns)):
    known.rounds, known.cases, known.compared = known.rounds + 1, known.cases + 4, known.compared + 10
    known.kept.append(f"{name}-{turn}.json")
    known.again = {"adjoint": known.again.get("adjoint", 0) + 1}
    fault = state.save(["layer"])
    assert not fault, fault
"""

#: Holds the folder, and says so.
HOLDER = """
import sys, time
from pathlib import Path
from checks.one_writer import one_writer

with one_writer(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(300)
"""


def _started(code: str, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@contextmanager
def _holder(folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds the folder."""
    with _started(HOLDER, str(folder)) as run:
        try:
            assert run.stdout is not None
            assert run.stdout.readline() == "held\n"
            yield run
        finally:
            run.kill()


@pytest.mark.long
def test_what_runs_of_one_layer_kept_and_counted_adds_up(tmp_path: Path) -> None:
    """Each has written between two writes of the other, many times."""
    path, turns = tmp_path / "state.json", 40
    runs = [_started(RUN, str(path), name, str(turns)) for name in ("a", "b")]
    assert [(run.communicate()[0], run.returncode) for run in runs] == [("", 0), ("", 0)]
    known = load(path, SCHEMA, Fuzzed)["layer"]
    assert (known.rounds, known.cases, known.compared) == (2 * turns, 8 * turns, 20 * turns)
    assert sorted(known.kept) == sorted(f"{name}-{turn}.json" for name in ("a", "b") for turn in range(turns))
    assert known.again == {"adjoint": 2 * turns}
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_one_run_saw_fixed_is_not_brought_back_by_the_other(tmp_path: Path) -> None:
    """Nor is what the other kept meanwhile lost."""
    path = tmp_path / "state.json"
    before = State(path, SCHEMA, Fuzzed)
    before.rows["layer"] = Fuzzed(1, 4, 10, ["old.json"], {"adjoint": 3})
    assert before.save(["layer"]) == ""
    one, other = (State(path, SCHEMA, Fuzzed) for _ in range(2))
    one.rows["layer"].kept, one.rows["layer"].again = ["new.json"], {}
    other.rows["layer"].kept.append("another.json")
    assert [run.save(["layer"]) for run in (one, other, one)] == ["", "", ""]
    known = load(path, SCHEMA, Fuzzed)["layer"]
    assert (known.cases, sorted(known.kept), known.again) == (4, ["another.json", "new.json"], {})


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What is waited between two looks, on a clock that only waiting moves."""
    found = list[float]()
    monkeypatch.setattr(one_writer, "sleep", found.append)
    monkeypatch.setattr(one_writer, "monotonic", lambda: sum(found))
    return found


def test_a_run_that_was_killed_while_it_wrote_holds_up_nobody(tmp_path: Path, waits: list[float]) -> None:
    """With -9: the system gives its lock back."""
    with _holder(tmp_path) as run:
        run.kill()
        run.wait()
        with one_writer.one_writer(tmp_path):
            assert waits == []


def test_a_run_that_was_stopped_while_it_wrote_is_waited_for_a_while(tmp_path: Path, waits: list[float]) -> None:
    """It is there still (Ctrl-Z), and nobody knows for how long: what must be written is written."""
    with _holder(tmp_path) as run:
        os.kill(run.pid, signal.SIGSTOP)
        with one_writer.one_writer(tmp_path):
            assert sum(waits) == pytest.approx(one_writer.LONGEST, abs=one_writer.BETWEEN)
