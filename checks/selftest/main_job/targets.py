"""Texts of modules with layers of somebody's, for gradproof check MODULE:LAYER."""

from __future__ import annotations

LAYERS = """
import numpy as np

def forward(x):
    return x.clip(0), x

relu = (forward, lambda dy, x: dy * (x > 0))
MyLayer = (forward, lambda dy, x: dy)
"""

DENSE = """
import numpy as np
from hypothesis import strategies as st

def forward(x, w):
    return x @ w, (x, w)

def backward(dy, saved):
    x, w = saved
    return dy @ w.T, x.T @ dy

dense = (forward, backward)
wrong = (forward, lambda dy, saved: (backward(dy, saved)[0], 2 * backward(dy, saved)[1]))
surplus = (forward, lambda dy, saved: (*backward(dy, saved), dy.sum()))
examples = (np.ones((3, 2)), np.arange(8.0).reshape(2, 4))
named = lambda: dict(zip("xw", examples))
drawn = st.integers(1, 4).map(lambda rows: (np.ones((rows, 2)), examples[1]))

def absent():
    raise OSError("no such file")
"""
