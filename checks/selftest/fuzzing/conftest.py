"""Where layers are fuzzed."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.selftest.fuzzing.layers import with_layers


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with somebody's layers."""
    return with_layers(tmp_path, monkeypatch)
