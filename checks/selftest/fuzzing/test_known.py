"""What the corpus holds of a layer is heard first in every fuzzing run, and text and exit code agree about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from checks.selftest.main_job.shell import Said, gradproof

LAYERS = """
from pathlib import Path

def forward(x):
    return x.clip(0), x

layer = (forward, lambda dy, x: dy * (x > 0) if Path("mended").exists() else dy)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a layer that is wrong until it is mended."""
    (tmp_path / "some_layers.py").write_text(LAYERS, encoding="utf-8")
    return tmp_path


def _fuzz(folder: Path, state: str) -> Said:
    """In hardly any time there are the fewest cases; what is known is heard before them."""
    words = ("some_layers:layer", "--like", "relu", "--cases", "4", "--corpus", "kept", "--jobs", "1")
    return gradproof("fuzz", *words, "--time", "1ms", "--state", state, cwd=folder)


@pytest.mark.long
def test_what_breaks_still_holds_again_and_breaks_again_is_said(folder: Path) -> None:
    """Whatever the state knows: REGRESSION as check says it, and WRONG where the exit code is 1."""
    assert _fuzz(folder, "first.json").code == 1
    still = _fuzz(folder, "second.json")
    assert still.code == 1
    assert "still broken: relu-adjoint-" in still.out
    assert "\nWRONG: some_layers:layer: " in still.out
    assert " known break still" in still.out
    (folder / "mended").touch()
    fixed = _fuzz(folder, "second.json")
    assert fixed.code == 0
    assert "fixed: relu-adjoint-" in fixed.out
    assert "WRONG" not in fixed.out
    (folder / "mended").unlink()
    again = _fuzz(folder, "second.json")
    assert again.code == 1
    assert "REGRESSION: relu-adjoint-" in again.out
    files = [json.loads(path.read_text(encoding="utf-8")) for path in (folder / "kept").glob("relu-adjoint-*.json")]
    assert not any(file.get("fixed") for file in files)
    (row,) = json.loads((folder / "second.json").read_text(encoding="utf-8"))["rows"].values()
    assert row["broken"]


@pytest.mark.parametrize("command", ["fuzz", "soak"])
def test_the_state_of_a_long_run_is_explained(folder: Path, command: str) -> None:
    """In the help of both commands."""
    said = gradproof(command, "--help", cwd=folder).out
    assert "read by the next run" in " ".join(said.split())
