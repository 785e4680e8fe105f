"""Ctrl-C prints what was found so far, writes the file, and ends with 130, without a traceback from any process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

from checks.selftest.house import ROOT
from checks.selftest.main_job.planted import HERE
from checks.selftest.main_job.shell import command
from checks.sweep import jobs

#: One process, so that the second row is still running when the first is done.
RUN = ("check", "--family", "relu", "--cases", "1", "--jobs", "1", "--subject", f"{HERE}:slow")


def test_ctrl_c_prints_what_was_found_and_ends_with_130(tmp_path: Path) -> None:
    """The signal goes to the whole group, as a terminal sends it, once the first row is done."""
    path = tmp_path / "run.json"
    with subprocess.Popen(
        command(*RUN, "--json", str(path)),
        cwd=ROOT,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as run:
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
