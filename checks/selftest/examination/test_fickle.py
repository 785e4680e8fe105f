"""A layer that turns a case down and takes it when asked again refuses nothing: it is wrong."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.errors import FickleError, RefusedError
from checks.examination import Examination
from checks.families import family
from checks.families.geometric import GeometricFamily
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.objection import objection
from checks.scope.plain import plain_case
from checks.types import Array

AGAIN = "and takes the same arrays when asked again"


class _Fifth:
    """ReLU that raises in each fifth forward."""

    def __init__(self) -> None:
        self.calls = 0

    def forward(self, x: Array) -> Array:
        self.calls += 1
        if not self.calls % 5:
            raise RuntimeError("room is full")
        self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        return dy * self.mask


def _by_chance(x: Array) -> tuple[Array, Array]:
    """One of twenty numbers of a generator that all share is too small."""
    if random.random() < 0.05:  # noqa: S311 - chance, no secret
        raise RuntimeError("now and then")
    return np.maximum(x, 0), x > 0


@pytest.mark.parametrize("question", [{"like": "relu"}, {"inputs": (np.linspace(-1, 1, 7),)}], ids=["like", "inputs"])
@pytest.mark.parametrize(
    "layer", [_Fifth, lambda: (_by_chance, lambda dy, mask: dy * mask)], ids=["each fifth call", "by chance"]
)
def test_who_takes_a_case_when_asked_again_is_wrong(layer: Callable[[], Any], question: dict[str, Any]) -> None:
    """Its refusals follow no rule, however it is asked."""
    found = examine(layer(), budget="300ms", **question)
    assert "runs" in found.findings, story(found)
    assert AGAIN in found.findings["runs"].verdict.why
    assert "supports=" not in story(found)  # nobody can say 'now and then' there


def _worn_after(calls: int) -> tuple[Any, list[None]]:
    """ReLU that takes nothing any more after so many forwards, and what grows with each."""
    made = list[None]()

    def forward(x: Array) -> tuple[Array, Array]:
        made.append(None)
        if len(made) > calls:
            raise RuntimeError("no room is left")
        return np.maximum(x, 0), x > 0

    return (forward, lambda dy, mask: dy * mask), made


@pytest.mark.parametrize("question", [{"like": "relu"}, {"inputs": (np.linspace(-1, 1, 7),)}], ids=["like", "inputs"])
def test_who_takes_nothing_any_more_after_some_calls_is_wrong(question: dict[str, Any]) -> None:
    """It turns down what it took before, and that is said; here after most of the calls of an examination."""
    fresh, made = _worn_after(1_000_000)
    assert not examine(fresh, budget="1ms", **question).wrong
    worn, _ = _worn_after(3 * len(made) // 4)
    found = examine(worn, budget="1ms", **question)
    assert "no room is left, on a case that it took before" in found.findings["runs"].verdict.why, story(found)


def test_a_case_that_was_taken_is_asked_again_at_a_refusal_alone() -> None:
    """Who refuses by a rule takes it again, and is right; its refusals are counted."""
    calls = list[int]()

    def forward(x: Array) -> tuple[Array, Array]:
        calls.append(len(x))
        return _one_sample(x)

    relu = family("relu")
    one, two = (relu.case_of({"x": (batch, 1, 3)}, {}, "float64", "distinct", 0) for batch in (1, 2))
    examination = Examination(adapt((forward, lambda dy, mask: dy * mask), ("x",)), relu, (Reference(),))
    for case in (two, one, one, two):
        examination.judge(case)
    assert sum(size == 1 for size in calls) == 3
    assert calls[-1] == 1
    assert examination.refused == 2
    assert not examination.wrong


def _one_sample(x: Array) -> tuple[Array, Array]:
    if len(x) > 1:
        raise RuntimeError("one sample alone")
    return np.maximum(x, 0), x > 0


def test_who_turns_a_case_down_each_time_refuses_it() -> None:
    """By a rule of the configuration."""
    subject = adapt((_one_sample, lambda dy, mask: dy * mask), ("x",))
    for _ in range(2):
        with pytest.raises(RefusedError, match="one sample alone"):
            subject.apply({"x": np.ones((2, 3))}, {})


def test_a_setting_that_is_taken_when_asked_again_is_not_left_out() -> None:
    """What happened is said all the same."""
    relu, layer = family("relu"), _Fifth()
    assert isinstance(relu, GeometricFamily)
    subject = adapt(layer, ("x",))
    layer.calls = 4
    with pytest.raises(FickleError):
        subject.apply({"x": np.ones((2, 3))}, {})
    layer.calls = 4
    assert objection(subject, Limits(relu, {}), plain_case(relu, 3)) is None
    assert AGAIN in subject.remarks[-1]
