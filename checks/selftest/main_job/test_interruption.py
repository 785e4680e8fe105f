"""Ctrl-C prints what was found so far, writes the file, and ends with 130, without a traceback from any process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from checks.selftest.house import ROOT
from checks.selftest.main_job.planted import HERE, NOTES
from checks.selftest.main_job.shell import command, hearing_ctrl_c
from checks.sweep import jobs

#: One process, so that the second row is still running when the first is done.
RUN = ("check", "--family", "relu", "--cases", "1", "--jobs", "1", "--subject", f"{HERE}:slow")

#: Calls of a backward after which some cases are judged, and many are left.
MANY = 1_500


@pytest.mark.long
def test_ctrl_c_prints_what_was_found_and_ends_with_130(tmp_path: Path) -> None:
    """The signal goes to the whole group, as a terminal sends it, once the first row is done."""
    path = tmp_path / "run.json"
    with started(*RUN, "--json", str(path)) as run:
        assert run.stdout is not None
        first = run.stdout.readline()
        os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate()
    rows = sum(job.family == "relu" for job in jobs(0, 1))
    assert first.startswith(f"[1/{rows}]")
    assert (run.returncode, err) == (130, "")
    assert f"interrupted after 1 of {rows} layers, nothing wrong so far" in out.splitlines()[-1]
    content = json.loads(path.read_text(encoding="utf-8"))
    assert (content["status"], content["interrupted"], content["finished"]) == ("interrupted", True, 1)


@pytest.mark.long
@pytest.mark.sweep("interrupted layers", 2)
@pytest.mark.parametrize(("layer", "status"), [("noting", "interrupted"), ("noting_wrong", "wrong")])
def test_ctrl_c_on_a_layer_of_ones_own_tells_its_story_so_far(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, layer: str, status: str
) -> None:
    """With the number of cases; the file holds the same."""
    path, noted = tmp_path / "found.json", tmp_path / "calls"
    monkeypatch.setenv(NOTES, str(noted))
    with started("check", f"{HERE}:{layer}", "--like", "relu", "--budget", "200s", "--json", str(path)) as run:
        wait_until(lambda: noted.exists() and len(noted.read_bytes()) > MANY)
        os.killpg(run.pid, signal.SIGINT)
        out, err = run.communicate()
    (row,) = json.loads(path.read_text(encoding="utf-8"))["rows"]
    found = "WRONG" if status == "wrong" else "nothing wrong"
    assert (run.returncode, err, row["status"]) == (130, "", status)
    assert row["cases"] > 0
    assert out.splitlines()[-1].endswith(f"{layer}: interrupted after {row['cases']} cases, {found} so far")
    assert bool(row["findings"]) == ("\nWRONG  dx of relu" in out) == (status == "wrong")


def started(*arguments: str) -> subprocess.Popen[str]:
    """The command in a group of its own, from the top level of the repository."""
    with hearing_ctrl_c():
        return subprocess.Popen(
            command(*arguments),
            cwd=ROOT,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )


def wait_until(done: Callable[[], bool]) -> None:
    """As long as it takes, within the patience of any test."""
    while not done():
        time.sleep(0.05)
