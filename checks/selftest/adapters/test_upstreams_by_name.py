"""Pairs whose backward takes its upstream gradients by name: of several outputs without a cache, or behind others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array

RNG = np.random.default_rng(0)
X, W = RNG.standard_normal((2, 3)), RNG.standard_normal((3, 4))
LAWS = ("finite differences", "adjoint")

#: A cell of two outputs that saves nothing, and its backward, in which FACTOR stands for a mistake.
CELL = """
import numpy as np


def cell(x, W):
    h = x @ W
    c = np.tanh(h)
    return RETURNED


def cellb(TAKEN):
    d = dh + FACTOR * dc * (1 - np.tanh(x @ W) ** 2)
    return d @ W.T, x.T @ d
"""

#: What it returns, what its backward takes, and whether a note says which output each upstream gradient is of.
FORMS: dict[str, tuple[str, str, bool]] = {
    "in order": ("h, c", "dh, dc, x, W", False),
    "outputs in another order": ("c, h", "dh, dc, x, W", False),
    "upstream gradients in another order": ("h, c", "dc, dh, x, W", False),
    "arguments first": ("h, c", "x, W, dh, dc", False),
    "one without a name": ("c, 1 * h", "dh, dc, x, W", False),
    "both without a name": ("1 * h, 1 * c", "dh, dc, x, W", True),
    "an output again": ("h, c", "dh, dc, x, h, W", False),
    "something saved": ("h, c, x", "W, dh, dc, x", False),
}


def _cell(form: str, factor: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    returned, taken, _ = FORMS[form]
    source = CELL.replace("RETURNED", returned).replace("TAKEN", taken).replace("FACTOR", factor)
    layers = written(source, folder, monkeypatch)
    return layers.cell, layers.cellb


@pytest.mark.parametrize("form", FORMS)
def test_a_backward_of_several_outputs_takes_each_upstream_gradient_by_its_name(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right one is right; where places alone tell, a note says so."""
    found = examine(_cell(form, "1", tmp_path, monkeypatch), inputs=(X, W), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert (
        any("by their places the backward takes dh of [0], dc of [1]" in note for note in found.notes)
        == (FORMS[form][2])
    )


@pytest.mark.long(keep=3)
@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize("form", FORMS)
def test_the_wrong_twin_is_caught_and_its_script_runs(
    form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It calls the pair as it was called here."""
    law = "finite differences"
    found = examine(_cell(form, "2", tmp_path, monkeypatch), inputs=(X, W), budget="1ms", laws=[law])
    demand_shown([found.findings[law]], tmp_path)


def dense(x: Array, W1: Array, W2: Array) -> tuple[Array, tuple[Array, Array]]:
    """Two layers."""
    h = x @ W1
    return h**2 @ W2, (x, h)


def dy_last(W1: Array, W2: Array, cache: tuple[Array, Array], dy: Array) -> tuple[Array, Array, Array]:
    """Gradients."""
    x, h = cache
    dh = 2 * h * (dy @ W2.T)
    return dh @ W1.T, x.T @ dh, (h**2).T @ dy


def dy_between(W1: Array, dy: Array, cache: tuple[Array, Array], W2: Array) -> tuple[Array, Array, Array]:
    """The same."""
    return dy_last(W1, W2, cache, dy)


def wrong(W1: Array, W2: Array, cache: tuple[Array, Array], dy: Array) -> tuple[Array, Array, Array]:
    """That of W2 is twice too large."""
    dx, d1, d2 = dy_last(W1, W2, cache, dy)
    return dx, d1, 2 * d2


@pytest.mark.parametrize(
    ("backward", "of"),
    [(dy_last, set()), (dy_between, set()), (wrong, {"dW2"})],
    ids=["dy last", "dy between", "wrong"],
)
def test_dy_and_what_was_saved_may_stand_behind_arguments_of_the_forward(
    backward: Callable[..., Any], of: set[str]
) -> None:
    """All by their names."""
    inputs = (X, W, RNG.standard_normal((4, 2)))
    found = examine((dense, backward), inputs=inputs, budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == of, story(found)


def over(x: Array, w: Array) -> tuple[Array, Array]:
    """A quotient, and what it is divided by."""
    return x / w, 1 * w


def over_back(dy: Array, denom: Array, x: Array) -> tuple[Array, Array]:
    """``denom`` is called as a gradient may be, and is none."""
    return dy / denom, -dy * x / denom**2


def over_back_wrong(dy: Array, denom: Array, x: Array) -> tuple[Array, Array]:
    """It forgets a sign."""
    return dy / denom, dy * x / denom**2


def test_what_was_saved_under_a_name_like_that_of_a_gradient_is_told_by_a_call() -> None:
    """Twice as much of it does not give twice the gradients."""
    found = examine((over, over_back), inputs=(X, 2 + X**2), budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    found = examine((over, over_back_wrong), inputs=(X, 2 + X**2), budget="1ms", laws=LAWS)
    assert {each.verdict.of for each in found.findings.values()} == {"dw"}, story(found)
