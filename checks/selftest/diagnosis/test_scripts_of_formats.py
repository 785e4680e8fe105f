"""Scripts of what an object keeps for good in the format of its first call: that call comes first of all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis import by_itself

SOURCE = """import numpy as np

class Tanh:
    def __init__(self):
        self.kept = {}

    def forward(self, x):
        y = self.kept.setdefault(x.shape, np.empty_like(x))
        np.tanh(x, out=y, casting="same_kind")
        return y.astype(x.dtype)

    def backward(self, dy):
        return dy * (1 - self.kept[dy.shape].astype(dy.dtype) ** 2)
"""
X = np.random.default_rng(0).normal(size=(3, 4))


@pytest.mark.parametrize("built", [False, True], ids=["class", "object"])
def test_a_script_begins_with_the_format_that_is_kept(
    built: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run by itself, it prints the number that is wrong beside the right one."""
    kind = by_itself.written(SOURCE, tmp_path, monkeypatch).Tanh
    found = examine(kind() if built else kind, inputs=(X,), budget="1ms", laws=["saved state"]).findings["saved state"]
    assert "first forward was in float32" in found.shrunk_verdict.why
    by_itself.demand_the_worst_printed(found, tmp_path)
