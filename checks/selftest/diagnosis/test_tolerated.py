"""A backward that leaves out a small number of its forward is wrong, and is told what allows it."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 5))


def softmax(x: Array) -> Array:
    """Over the last axis."""
    e = np.exp(x - x.max(1, keepdims=True))
    p: Array = e / e.sum(1, keepdims=True)
    return p


def guarded(x: Array) -> tuple[float, Array]:
    """The cross entropy of the first class, which no 0 makes infinite."""
    p = softmax(x)
    return float(-np.log(p[:, 0] + 1e-12).mean()), p


def unguarded(dy: Array, p: Array) -> Array:
    """Its gradient without the small number."""
    gradient: Array = dy * (p - np.eye(p.shape[1])[0]) / len(p)
    return gradient


def said(found: Any) -> list[str]:
    """What is said of a tolerance."""
    return [line for line in story(found).splitlines() if "'tolerance'" in line]


def tolerance(line: str) -> float:
    """The one that is told."""
    found = re.search(r"supports={'tolerance': ([0-9.e-]+)} allows it", line)
    assert found, line
    return float(found[1])


def test_an_error_of_a_small_number_that_is_left_out_is_told_with_the_tolerance_that_allows_it() -> None:
    """Once, with how far off the worst is; with that tolerance the layer is right."""
    asked: dict[str, Any] = {"inputs": (X,), "budget": "1ms", "laws": ["finite differences"]}
    found = examine((guarded, unguarded), **asked)
    (line,) = said(found)
    assert "all that is wrong, on every case, is off by at most " in line
    allowed = examine((guarded, unguarded), **asked, supports={"tolerance": tolerance(line)})
    assert not allowed.wrong, story(allowed)


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("factor", [1.5, 1 + 1e-6])
def test_no_tolerance_is_told_of_what_is_off_by_more_on_any_case(factor: float) -> None:
    """Whatever else is small."""
    layer = guarded, lambda dy, p: unguarded(dy, p) * factor
    found = examine(layer, inputs=(X,), budget="1ms", laws=["finite differences"])
    assert found.wrong
    assert not said(found)


def test_no_tolerance_is_told_where_another_law_broke() -> None:
    """A backward that writes to what it is handed is off by no small number."""

    def backward(dy: Array, p: Array) -> Array:
        given = unguarded(dy, p)
        dy *= 0
        return given

    found = examine((guarded, backward), inputs=(X,), budget="1ms", laws=["finite differences", "arguments unchanged"])
    assert set(found.findings) == {"finite differences", "arguments unchanged"}
    assert not said(found)
