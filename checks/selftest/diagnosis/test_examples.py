"""Where only examples were given, a wrong gradient is described beside the derivatives of its own forward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.diagnosis import explain
from checks.types import Array

#: All numbers of the plainest case are described.
pytestmark = pytest.mark.usefixtures("plainest", "every_step")

X = np.random.default_rng(5).standard_normal((4, 3))


def mean_of_squares(x: Array) -> tuple[Array, Array]:
    """The mean over samples of the sum of squares."""
    return np.asarray((x**2).sum() / len(x)), x


@pytest.mark.long(keep=2)
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


def test_a_backward_that_cuts_the_length_of_its_gradient_is_not_said_to_leave_dy_out() -> None:
    """It is the same for dy and for 2 dy, and not for another direction."""

    def backward(dy: Array, x: Array) -> Array:
        dx = dy * 2 * x
        return dx / max(1.0, 10 * float(np.linalg.norm(dx)))

    told = story(examine((lambda x: (x * x, x), backward), inputs=(X,), budget="1ms"))
    assert "WRONG" in told
    assert "does not use dy" not in told


@pytest.mark.parametrize(
    ("backward", "words"),
    [
        (lambda dy, x: 2 * dy * x, "of those that were derived: every wrong element is 20 times the right one"),
        (lambda dy, x: -2 * dy * x / len(x), "of those that were derived: every wrong element has the wrong sign"),
        (lambda dy, x: np.zeros_like(x) * dy, "dx is zero everywhere"),
    ],
    ids=["forgets the mean", "sign", "nothing"],
)
def test_of_a_large_gradient_those_elements_are_described_that_were_derived(backward: Any, words: str) -> None:
    """And they are counted: what the others look like is not known."""
    large = np.random.default_rng(6).standard_normal((20, 20))
    told = story(examine((mean_of_squares, backward), inputs=(large,), budget="1ms"))
    assert words in told
    assert "looks    dx of x=(20,20), dy=(): 64 wrong of the 64 elements that were derived, of 400 in all" in told
    assert "elements are wrong, in [" not in told


@pytest.mark.parametrize(
    ("factor", "words"),
    [
        (1 / 12, "dslope is 0.0833333 times what it must be = 1/(entries of x) = 1/(entries of dy)"),
        (0.3, ""),
    ],
    ids=["mean", "no length"],
)
def test_a_gradient_of_one_number_is_told_by_the_length_that_it_is_a_multiple_of(factor: float, words: str) -> None:
    """As that of a slope that is averaged where a sum must be; it has no place, and so none is told."""

    def forward(x: Array, slope: Array) -> tuple[Array, tuple[Array, Array]]:
        return np.where(x > 0, x, slope * x), (x, slope)

    def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        x, slope = saved
        return np.where(x > 0, dy, slope * dy), np.asarray(factor * np.sum(dy * np.minimum(x, 0)))

    told = story(examine((forward, backward), inputs={"x": X, "slope": np.array(0.2)}, budget="1ms"))
    assert words in told
    assert ("times what it must be" in told) == bool(words)
    assert "  element  dslope\n" in told
    assert "[]" not in told


@pytest.mark.long
def test_a_length_explains_no_factor_that_some_elements_alone_have() -> None:
    """Two rows of four are halved: a half is one over the length of an axis by chance."""
    half = np.array([1.0, 1, 0.5, 0.5])[:, None]
    pair = ((lambda w: (w * 3, None)), lambda dy, _: 3 * dy * half)
    told = story(examine(pair, inputs=(np.random.default_rng(2).standard_normal((4, 2)),), budget="1ms"))
    looks = [line for line in told.splitlines() if line.startswith("  looks")]
    assert any("every wrong element is 0.5 times the right one" in line for line in looks)
    assert not any("length of" in line for line in looks)


def test_without_time_to_look_at_it_a_result_stays_wrong_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """A layer of many arguments would keep its user waiting for what each of them looks like."""
    monkeypatch.setattr(explain, "LOOKING", 0.0)
    pair = (mean_of_squares, lambda dy, x: 2 * dy * x)
    told = story(examine(pair, inputs=(X,), budget="1ms"))
    assert "WRONG  dx of unclaimed" in told
    assert "  looks    like nothing tried in the time that it has: 3 s, 6 s for all results\n" in told


def test_axes_of_which_nobody_knows_what_they_count_have_numbers() -> None:
    """A sum along one of them that runs the wrong way."""

    def forward(x: Array) -> tuple[Array, None]:
        return np.cumsum(x, 1), None

    found = examine((forward, lambda dy, _: np.cumsum(dy[:, ::-1], 1)), inputs=(X.reshape(3, 4),), budget="1ms")
    assert "dx equals the right one reversed along axis 1" in story(found)
