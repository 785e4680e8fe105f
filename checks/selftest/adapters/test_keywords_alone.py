"""Pairs whose functions take keywords alone, ``backward(*, dy, cache)``, or all that was saved, ``(dy, *cache)``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.by_itself import demand_shown, written

RNG = np.random.default_rng(0)
X, W = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 5))

#: A product, in which SAVED stands beside it, TAKEN for what its backward takes, and FACTOR for a mistake.
PRODUCT = """
def product(*, x, w):
    return x @ w, SAVED


def back(TAKEN):
    return {"dw": FACTOR * x.T @ dy, "dx": dy @ w.T}
"""

#: What is saved, and what the backward takes and does first.
FORMS: dict[str, tuple[str, str]] = {
    "a tuple": ("(x, w)", "*, dy, saved):\n    x, w = saved"),
    "before dy": ("(x, w)", "*, cache, grad):\n    (x, w), dy = cache, grad"),
    "one by one": ("x, w", "*, dy, x, w):\n    pass"),
    "a dictionary's keys": ("{'a': x, 'b': w}", "*, dy, a, b):\n    x, w = a, b"),
    "all, one by one": ("x, w", "dy, *saved):\n    x, w = saved"),
    "all, of a tuple": ("(x, w)", "dy, *saved):\n    x, w = saved"),
    "all with dy": ("x, w", "*given):\n    dy, x, w = given"),
    "one tuple with dy": ("(x, w)", "*given):\n    dy, (x, w) = given"),
    "one alone": ("[x, w]", "dy, *saved):\n    ((x, w),) = saved"),
    "a dictionary's keys, any": ("{'a': x, 'b': w}", "*, dy, **kept):\n    x, w = kept['a'], kept['b']"),
}


def _pair(form: str, factor: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    saved, taken = FORMS[form]
    folder.mkdir(exist_ok=True)
    source = PRODUCT.replace("SAVED", saved).replace("TAKEN):", taken).replace("FACTOR", factor)
    layers = written(source, folder, monkeypatch)
    return layers.product, layers.back


@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("form", FORMS)
def test_a_backward_is_told_what_was_saved_as_it_takes_it(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its wrong twin is caught, and the script calls it so, too."""
    asked: dict[str, Any] = {"inputs": {"x": X, "w": W}, "budget": "1ms", "laws": ["finite differences"]}
    assert not (found := examine(_pair(form, "1", tmp_path / "right", monkeypatch), **asked)).wrong, story(found)
    found = examine(_pair(form, "2", tmp_path, monkeypatch), **asked)
    assert found.findings["finite differences"].verdict.of == "dw"
    demand_shown([found.findings["finite differences"]], tmp_path)
