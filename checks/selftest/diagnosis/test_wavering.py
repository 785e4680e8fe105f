"""What is wrong by chance is not told as a mistake of a formula: the very same is asked again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import chain, repeat

import numpy as np
import pytest

from checks import story
from checks.diagnosis.explain import explain
from checks.diagnosis.wavering import DIFFERS, HOLDS
from checks.examination import Examination
from checks.invariants.linearity import Linearity
from checks.invariants.repetition import Repetition
from checks.opening import opened
from checks.types import Array
from checks.witness import Witness

CASE = 'relu(x=(1,3,4), dy=(1,3,4); at_zero=0.0; dtype="float64", data="integers", span=9, unit=1, seed=1)'

#: What each backward adds to its gradient, call by call: a race lost once, now and then, in each call, and never.
ONCE, NOW_AND_THEN, EACH, NEVER = (
    lambda: chain([1.0], repeat(0.0)),
    lambda: chain([1.0], chain.from_iterable(repeat([0.0] * 6 + [1.0]))),
    lambda: repeat(1.0),
    lambda: repeat(0.0),
)


def judged(added: Callable[[], Iterator[float]], *laws: Witness) -> Examination:
    """One case of a ReLU whose backward does so once a law is asked, explained where nobody can open it anew."""
    by_call: Iterator[float] = repeat(0.0)

    def forward(x: Array) -> tuple[Array, Array]:
        return np.maximum(x, 0), x

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(dy * (x > 0) + next(by_call))

    found, limits = opened((forward, backward), "relu", None, None)
    by_call = added()
    found = replace(found, anew=None, witnesses=laws)
    found.judge(limits.family.read(CASE))
    return explain(found)


def told(examination: Examination) -> str:
    """What the first finding looks like."""
    return " | ".join(next(iter(examination.findings.values())).diagnosis)


def test_a_law_that_holds_when_it_is_asked_again_was_broken_by_chance() -> None:
    """Nothing is said of what it looked like."""
    found = judged(ONCE, Linearity())
    assert [*found.findings] == ["linearity"]
    assert told(found) == HOLDS
    assert HOLDS in story(found)


def test_calls_that_differ_on_the_same_arrays_are_told() -> None:
    """Which call it was, and which gradient."""
    assert told(judged(NOW_AND_THEN, Linearity())).startswith(DIFFERS.format(call=1, of="dx")[:35])


@pytest.mark.parametrize("added", [EACH, NEVER])
def test_a_layer_that_gives_the_same_each_time_is_told_as_before(added: Callable[[], Iterator[float]]) -> None:
    """Wrong or right."""
    found = judged(added, Linearity())
    assert bool(found.wrong) is (added is EACH)
    assert "by chance" not in story(found)


def test_where_two_calls_were_seen_to_differ_other_laws_are_asked_again_alone() -> None:
    """The law of repeated calls says that they differ."""
    found = judged(lambda: chain([1.0, 0.0, 0.0], repeat(0.0)), Linearity(), Repetition())
    others = {law: each.diagnosis for law, each in found.findings.items() if law != "repeatable"}
    assert "repeatable" in found.findings
    assert others == {"linearity": (HOLDS,)}
