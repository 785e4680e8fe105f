"""Folders with layers of somebody's, in which the command runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.selftest.main_job.targets import DENSE, LAYERS


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with layers of somebody's, in which the command runs."""
    (tmp_path / "somebodys_layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def dense(folder: Path) -> Path:
    """A folder with a layer like no family, and examples."""
    (folder / "dense.py").write_text(DENSE, encoding="utf-8")
    return folder
