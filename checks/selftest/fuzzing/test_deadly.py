"""A layer that ends its process on some cases is fuzzed on; one that does on all is asked no more."""

from __future__ import annotations

import time
from itertools import islice
from pathlib import Path

import pytest

from checks.corpus.store import Corpus
from checks.fuzzed import Fuzzed
from checks.fuzzing import Layer, Plan, fuzz
from checks.isolation import Apart, Isolation, apart
from checks.target import Named

LAYERS = """
import os

def forward(x):
    return x.clip(0), x

def leaves_one(dy, x):
    if len(x) == 1:
        os._exit(3)
    return dy * (x > 0)

def leaves(dy, x):
    os._exit(3)

sometimes, always = (forward, leaves_one), (forward, leaves)
"""


@pytest.fixture(name="folder")
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "deadly_layers.py").write_text(LAYERS)
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def _rounds(folder: Path, name: str, most: int) -> Fuzzed:
    """Up to so many rounds, each of which ends with the first case that ends its process."""
    layer, known = Layer(Named(f"deadly_layers:{name}"), "relu"), Fuzzed()
    plan = Plan(Corpus(folder / "corpus"), time.monotonic() + 300, cases=60)
    every = fuzz([layer], {layer.name: known}, plan, [Apart(Isolation())])
    ends = (news for news in every if news.fresh is None and news.replayed is None)
    assert list(islice(ends, most))
    return known


@pytest.mark.long
def test_a_run_goes_on_with_the_next_round(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says how many ended early."""
    monkeypatch.setattr(apart, "MOST_DEATHS", 1)
    known = _rounds(folder, "sometimes", 2)
    assert known.rounds >= 2
    assert any(name.startswith("relu-runs-") for name in known.kept)
    assert "of this run ended early, the last one: stopped after 1 cases that ended their process" in known.stopped


@pytest.mark.long
def test_a_layer_that_answers_nothing_is_asked_no_more(folder: Path) -> None:
    """Another round would tell no more."""
    known = _rounds(folder, "always", 9)
    assert known.rounds == 1
    assert known.stopped.startswith("stopped after 5 cases that ended their process")
