"""A gradient that a backward adds to what it gave before is told as that, by whichever law it is found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.diagnosis.causes import example_looks
from checks.diagnosis.explain import looks
from checks.families import family
from checks.invariants.sums_of_calls import is_sum_of_calls
from checks.mistakes.remembering import accumulates, stateful
from checks.opening import opened
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

X = np.random.default_rng(0).standard_normal((3, 4))
SAID = "dx is a sum over calls: a backward adds to what earlier ones gave"


def trial(subject: Subject) -> Trial:
    """One of the sweep's cases."""
    pooling = family("avg_pool")
    return Trial(subject, pooling, next(iter(pooling.sweep(1, 1))))


def test_the_sum_is_told_and_not_that_a_gradient_is_zero_by_design() -> None:
    """After dy a backward of -dy adds up to 0."""
    summed = trial(stateful(accumulates)(family("avg_pool").reference))
    (said,) = looks(summed, "dx")
    assert said.startswith(SAID)


class Summing:
    """3 x, whose gradients are added up in an array that nobody sets to zero."""

    def __init__(self) -> None:
        self.sum = np.zeros_like(X)

    def forward(self, x: Array) -> Array:
        """Nothing is kept."""
        return 3 * x

    def backward(self, dy: Array) -> Array:
        """The very array."""
        self.sum += 3 * dy
        return self.sum


def test_the_sum_of_an_example_is_told() -> None:
    """Whatever else its numbers look like."""
    examination, limits = opened(Summing(), "", None, X)
    (said,) = example_looks(Trial(examination.subject, examination.family, next(iter(limits.family.sweep(0, 1)))), "dx")
    assert said.startswith(SAID)


def counted(step: Callable[[int, Array], Array]) -> Subject:
    """The reference, whose dx is another one at each call."""
    reference, calls = family("avg_pool").reference, [0]

    def backward(dy: Array, saved: Any) -> dict[str, Array]:
        calls[0] += 1
        return {"dx": step(calls[0], dict(reference.backward(dy, saved))["dx"])}

    return Subject("counted", reference.forward, backward)


@pytest.mark.parametrize(
    "step",
    [lambda _, dx: dx, lambda call, dx: call * dx, lambda call, dx: dx + call, lambda call, dx: dx * (call % 2)],
    ids=["a right one", "times the number of calls", "plus the number of calls", "every other call"],
)
def test_what_changes_from_call_to_call_in_another_way_is_no_sum(step: Callable[[int, Array], Array]) -> None:
    """What grows with the calls and does not take dy off again, too."""
    assert not is_sum_of_calls(trial(counted(step)), "dx")
