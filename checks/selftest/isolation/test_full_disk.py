"""Where a disk takes no temporary file no process can be started: that is said, with what to do, and no more."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import NoReturn

import pytest

from checks import examine
from checks.errors import UsageError
from checks.selftest.main_job.shell import gradproof

LAYERS = """
def forward(x):
    return x.clip(0), x

layer = (forward, lambda dy, x: dy * (x > 0))
"""

FULL = os.strerror(errno.ENOSPC)
SAID = f"no process can be started to examine a layer in ({FULL}: /somewhere); expected room for a few temporary files"


def _full(*_: object) -> NoReturn:
    raise OSError(errno.ENOSPC, FULL, "/somewhere")


@pytest.mark.parametrize("place", ["checks.isolation.desk.RawArray", "checks.spawning._Careful.start"])
def test_a_layer_whose_process_cannot_start_is_an_error_that_says_what_to_do(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the command line with exit code 2, in Python a UsageError."""
    (tmp_path / "some_layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.setattr(place, _full)
    words = ("some_layers:layer", "--like", "relu", "--budget", "1ms", "--corpus", "none")
    said = gradproof("check", *words, cwd=tmp_path)
    assert said.code == 2
    assert said.err.startswith(f"Error: {SAID}")
    assert "TMPDIR=" in said.err
    with pytest.raises(UsageError, match="no process can be started"):
        examine((lambda x: (x.clip(0), x), max), like="relu", budget="1ms", isolate=True)


def test_a_list_of_work_whose_processes_cannot_start_is_not_right(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each row says why: others may have been examined before the disk was full."""
    monkeypatch.setattr("checks.spawning._Careful.start", _full)
    said = gradproof("check", "--family", "relu", "--cases", "1", "--corpus", "none")
    assert said.code == 1
    assert f": {SAID}" in said.out
    assert "RIGHT" not in said.out
