"""Where only examples were given, a wrong gradient is described beside the derivatives of its own forward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

#: All numbers of the plainest case are described.
pytestmark = pytest.mark.usefixtures("plainest", "every_step")

X = np.random.default_rng(5).standard_normal((4, 3))


def mean_of_squares(x: Array) -> tuple[Array, Array]:
    """The mean over samples of the sum of squares."""
    return np.asarray((x**2).sum() / len(x)), x


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, x: 2 * dy * x, "every wrong element is 4 times the right one = length of x's axis 0"),
        (lambda dy, x: -2 * dy * x / len(x), "every wrong element has the wrong sign"),
        (lambda dy, x: 2 * dy * x / len(x) * (np.arange(3) > 0), "every wrong element is 0: terms are missing"),
        (lambda dy, x: np.zeros_like(x) * dy, "dx is zero everywhere"),
    ],
    ids=["forgets the mean", "sign", "a column", "nothing"],
)
def test_the_numbers_of_a_wrong_gradient_are_described(backward: Any, words: str) -> None:
    """By what all wrong elements have in common."""
    told = story(examine((mean_of_squares, backward), inputs=(X,), budget="1ms"))
    assert words in told
    assert "looks    dx of another case of these shapes: " in told


def test_a_backward_that_does_not_use_dy_is_said_to_do_so() -> None:
    """As those of losses whose dy somebody takes to be 1; no factor is made of the dy that was drawn."""
    told = story(examine((mean_of_squares, lambda _dy, x: 2 * x / len(x)), inputs=(X,), budget="1ms"))
    assert "looks    dx is the same for dy and for 2 dy: the backward does not use dy" in told
    assert "times the right one" not in told


def test_a_large_gradient_of_which_a_sample_was_derived_is_not_described() -> None:
    """What the other elements look like is not known."""
    large = np.random.default_rng(6).standard_normal((20, 20))
    found = examine((mean_of_squares, lambda dy, x: 2 * dy * x), inputs=(large,), budget="1ms")
    assert found.wrong
    assert "looks" not in story(found)


def test_axes_of_which_nobody_knows_what_they_count_have_numbers() -> None:
    """A sum along one of them that runs the wrong way."""

    def forward(x: Array) -> tuple[Array, None]:
        return np.cumsum(x, 1), None

    found = examine((forward, lambda dy, _: np.cumsum(dy[:, ::-1], 1)), inputs=(X.reshape(3, 4),), budget="1ms")
    assert "dx equals the right one reversed along axis 1" in story(found)
