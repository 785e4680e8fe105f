"""Pairs whose forward gives what it saves before y: ``return cache, y``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.errors import UsageError
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
LAWS = ("finite differences", "adjoint")

#: A product with itself; FACTOR stands for a mistake.
SQUARE = """
import numpy as np


def square(x):
    AHEAD


def back(TAKEN):
    return FACTOR * dy * NEEDED
"""

#: How its forward ends, what its backward takes, and how it takes x from that.
FORMS: dict[str, tuple[str, str, str]] = {
    "arrays by their names": ("cache = 1 * x; y = x * x; return cache, y", "dy, cache", "cache"),
    "the backward takes it first": ("cache = 1 * x; y = x * x; return cache, y", "cache, dy", "cache"),
    "a name of their own": ("kept = 1 * x; out = x * x; return kept, out", "dy, kept", "kept"),
    "a tuple by its name": ("cache = (1 * x,); y = x * x; return cache, y", "dy, cache", "cache[0]"),
    "beside an argument": ("cache = 2; y = x * x; return cache, y", "x, cache, dy", "cache / 2 * x"),
    "one by one": ("cache = (1 * x, 1); y = x * x; return cache, y", "dy, first, second", "first * second"),
    "by its keys": ("cache = {'a': 1 * x}; y = x * x; return cache, y", "dy, a", "a"),
    "a dictionary without a name": ("return {'a': 1 * x}, x * x", "dy, s", "s['a']"),
    "several things without a name": ("return (1 * x, 1), x * x", "dy, s", "s[0] * s[1]"),
}


def _square(form: str, factor: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    ahead, taken, needed = FORMS[form]
    source = SQUARE.replace("AHEAD", ahead).replace("TAKEN", taken).replace("NEEDED", needed)
    layers = written(source.replace("FACTOR", factor), folder, monkeypatch)
    return layers.square, layers.back


@pytest.mark.parametrize("form", FORMS)
def test_what_was_saved_may_stand_before_y_by_names_or_where_nothing_else_can_be_y(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right one is right, and a note says which is which."""
    found = examine(_square(form, "2", tmp_path, monkeypatch), inputs=X, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert any("of which the second is taken for y, and the first for what was saved" in note for note in found.notes)


@pytest.mark.long(keep=3)
@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("form", FORMS)
def test_the_wrong_twin_is_caught_and_its_script_runs(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It takes both from their places."""
    law = "finite differences"
    found = examine(_square(form, "3", tmp_path, monkeypatch), inputs=X, budget="1ms", laws=[law])
    demand_shown([found.findings[law]], tmp_path)


def masked(x: Array) -> tuple[Array, Array]:
    """Truth values, and then y."""
    return x > 0, np.maximum(x, 0)


def masked_back(dy: Array, mask: Array) -> Array:
    """Lets pass what was above 0."""
    return dy * mask


def masked_back_wrong(dy: Array, mask: Array) -> Array:
    """Lets pass what was below."""
    return dy * ~mask


def test_truth_values_are_no_y() -> None:
    """They have no gradient; the wrong twin is caught."""
    found = examine((masked, masked_back), inputs=X, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert examine((masked, masked_back_wrong), inputs=X, budget="1ms", laws=LAWS).wrong


def alone(x: Array) -> tuple[tuple[Array], Array]:
    """A tuple of one array could be y."""
    return (x,), np.maximum(x, 0)


def of_either(g: Array, c: Any) -> Any:
    """It goes back either way."""
    return g * (c[0] > 0)


def test_where_both_could_be_y_the_pair_is_refused_with_what_to_write() -> None:
    """Nothing is guessed."""
    with pytest.raises(UsageError, match=r"def forward\(x\): cache, y = alone\(x\); return y, cache"):
        examine((alone, of_either), inputs=X, budget="1ms")


def attended(x: Array) -> tuple[Array, Array]:
    """Y first, as usual, and something saved that has a gradient, too."""
    context, weights = x * x, 1 * x
    return context, weights


def attended_back(dy: Array, saved: Array) -> Array:
    """The usual way."""
    return 2 * dy * saved


def signed(x: Array) -> tuple[Array, Array]:
    """Y is whole numbers, and x was saved."""
    return (x > 0).astype(int), x


@pytest.mark.parametrize("forward", [attended, signed])
def test_y_stands_first_where_nothing_says_otherwise(forward: Any) -> None:
    """Also where it has no gradient and the other thing came in."""
    found = examine((forward, attended_back), inputs=X, budget="1ms", laws=LAWS)
    assert not any("taken for y" in note for note in found.notes)
    assert found.wrong == (forward is signed), story(found)
