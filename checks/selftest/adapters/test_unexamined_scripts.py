"""Scripts of layers that hold arrays which nobody examines: the numbers they print are of these very arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis import by_itself

#: A layer that draws a weight of which it keeps no gradient, and whose dx is wrong.
LAYER = """
import numpy as np


class Drawn:
    def __init__(self, size=3):
        self.W = np.random.default_rng().standard_normal((size, size))

    def forward(self, x):
        return x @ self.W

    def backward(self, dy):
        return 2 * dy @ self.W.T
"""

#: A layer whose part keeps a gain of which it gives no gradient, and whose backward forgets it.
DEEPER = """
import numpy as np


class Part:
    def __init__(self):
        self.kept = {"gamma": np.ones(3)}


class Whole:
    def __init__(self):
        self.part = Part()

    def forward(self, x):
        return x * self.part.kept["gamma"]

    def backward(self, dy):
        return dy.copy()
"""

X = np.random.default_rng(0).standard_normal((2, 3))
ASKED: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


@pytest.mark.usefixtures("plainest")
def test_a_script_sets_what_nobody_examines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It shows the fault with other weights drawn, too."""
    found = examine(by_itself.written(LAYER, tmp_path, monkeypatch).Drawn(), inputs=(X,), **ASKED)
    assert "NOT EXAMINED: W" in story(found)
    assert "layer.W = np.array([[" in story(found)
    by_itself.demand_shown([found.findings["finite differences"]], tmp_path)


@pytest.mark.usefixtures("plainest")
def test_a_script_sets_what_stands_deeper_within(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a dictionary of a part: ones as it was built, and other numbers here."""
    module = by_itself.written(DEEPER, tmp_path, monkeypatch)
    found = examine(module.Whole(), inputs=(X,), **ASKED)
    assert 'layer.part.kept["gamma"] = np.array([' in story(found)
    by_itself.demand_shown([found.findings["finite differences"]], tmp_path)


def test_a_script_says_whose_numbers_it_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the weight is too large to be read."""
    layer = by_itself.written(LAYER, tmp_path, monkeypatch).Drawn(12)
    told = story(examine(layer, inputs=(np.ones((1, 12)) * X[0, 0],), **ASKED))
    assert "# as you build it, with the very W that it had here: what must be is of these" in told
