"""A module of layers that are fuzzed."""

from __future__ import annotations

from pathlib import Path

import pytest

LAYERS = """
import os
import time

def forward(x):
    return x.clip(0), x

good = (forward, lambda dy, x: dy * (x > 0))
bad = (forward, lambda dy, x: dy)

def leaves(dy, x):
    if len(x) > 1:
        os._exit(3)
    return dy * (x > 0)

leaving = (forward, leaves)

def waits(dy, x):
    time.sleep(0.05)
    return dy * (x > 0)

slow = (forward, waits)

calls = {}

def tired(dy, x):
    calls[x.shape] = calls.get(x.shape, 0) + 1
    return dy * (x > 0) * (calls[x.shape] < 41)

tiring = (forward, tired)

def refuses(x):
    raise NotImplementedError("not yet")

refusing = (refuses, lambda dy, x: dy)

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

def grown(dy, saved):
    x, w = saved
    return dy @ w.T, (1.5 if len(x) > 2 else 1) * (x.T @ dy)

dense = (lambda x, w: (x @ w, (x, w)), grown)
one = (np.ones((3, 2)), np.ones((2, 2)))

def _arrays(rows):
    return st.fixed_dictionaries({"x": hnp.arrays(float, (rows, 2), elements=st.floats(-1, 1)), "w": st.just(one[1])})

drawn = st.integers(1, 4).flatmap(_arrays)
"""


def with_layers(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which somebody works who has them."""
    (folder / "fuzzed_layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(str(folder))
    return folder
