"""How an example of a layer of no family is varied, and what is a mistake there or a hazard."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import examine, story
from checks.families.example import SPREAD
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

X = np.random.default_rng(0).normal(size=(3, 5))
POSITIVE = np.abs(X) + 0.125
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "adjoint", "linearity"]}


def multiplied(x: Array) -> tuple[Array, tuple[Array, Array]]:
    """The product of each row."""
    y = x.prod(-1)
    return y, (x.copy(), y)


def divided(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Its derivative as y / x, which is 0 / 0 at a zero, where it is the product of the others."""
    x, y = saved
    return np.asarray(np.divide((dy * y)[:, None], x, out=np.zeros_like(x), where=x != 0))


def others_multiplied(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Its derivative at zeros too."""
    x, _ = saved
    without = [np.delete(x, column, axis=1).prod(-1) for column in range(x.shape[1])]
    return np.asarray(dy[:, None] * np.stack(without, -1))


def nowhere_at_zero(dy: Array, x: Array) -> Array:
    """The derivative of sin(pi x) / (pi x), and 0 / 0 at 0."""
    a = np.pi * x
    with np.errstate(invalid="ignore"):
        return np.asarray(dy * np.pi * (a * np.cos(a) - np.sin(a)) / a**2)


def cut_off(dy: Array, y: Array) -> Array:
    """The derivative of tanh, and nothing where it is almost 1."""
    return np.asarray(np.where(np.abs(y) > np.tanh(4.0), 0.0, dy * (1 - y * y)))


def cut_off_sooner(dy: Array, y: Array) -> Array:
    """The same from the largest of the examples on that may have bounds."""
    return np.asarray(np.where(np.abs(y) > np.tanh(np.abs(X).max() + 0.125), 0.0, dy * (1 - y * y)))


def tanh(x: Array) -> tuple[Array, Array]:
    """Smooth everywhere."""
    y = np.tanh(x)
    return y, y.copy()


def test_a_derivative_by_division_is_wrong_at_a_zero() -> None:
    """The example has none, so one number of each row is set to 0."""
    assert "finite differences" in examine((multiplied, divided), inputs=(X,), **QUICK).findings
    assert not (found := examine((multiplied, others_multiplied), inputs=(X,), **QUICK)).wrong, story(found)


def test_no_number_where_there_is_a_derivative_is_wrong() -> None:
    """That of sinc at 0 is 0, from both sides."""
    found = examine((lambda x: (np.sinc(x), x.copy()), nowhere_at_zero), inputs=(X,), **QUICK)
    assert set(found.findings) == {"finite differences"}
    assert "got      nan" in story(found)


ROOT = (lambda x: (np.sqrt(np.abs(x)), x.copy()), lambda dy, x: dy * np.sign(x) / (2 * np.sqrt(np.abs(x))))
KINKED: dict[str, tuple[Any, Array]] = {
    "abs": ((lambda x: (np.abs(x), x.copy()), lambda dy, x: dy * np.sign(x)), X),
    "root": (ROOT, X),
    "cbrt": ((lambda x: (np.cbrt(x), np.cbrt(x)), lambda dy, y: dy / (3 * y * y)), X),
    "log": ((lambda x: (np.log(np.abs(x)), x.copy()), lambda dy, x: dy / x), X),
    "entropy": (lambda x: torch.xlogy(x, x.abs()), X),
    "relu": ((lambda x: (np.maximum(x, 0), x >= 0), lambda dy, there: dy * there), X),
    "norm": (lambda x: torch.linalg.vector_norm(x, dim=-1), X[:, :1]),
}


@pytest.mark.long(keep=1)
@pytest.mark.filterwarnings("ignore:divide by zero|invalid value")
@pytest.mark.parametrize("layer", KINKED)
def test_what_has_no_derivative_at_a_zero_is_right_there_whatever_it_gives(layer: str) -> None:
    """An edge, an infinite slope: nobody asked for a gradient there; and at a kink any that is a number will do."""
    subject, example = KINKED[layer]
    inputs = (torch.tensor(example) if callable(subject) else example,)
    found = examine(subject, inputs=inputs, budget="1ms")
    assert not found.wrong, story(found)
    assert not set(found.hazards) - {"saved copies"}, story(found)


@pytest.mark.filterwarnings("ignore:divide by zero|invalid value")
def test_no_number_at_a_zero_of_the_example_itself_is_wrong() -> None:
    """There somebody asked for it, and B(0) is not 0."""
    found = examine(ROOT, inputs=(np.where(X > 1, 0, X),), **QUICK)
    assert "linearity" in found.findings


def test_no_zero_is_put_where_all_numbers_lie_on_one_side_of_it() -> None:
    """It may lie beyond what a layer is meant for, as a probability of 0."""
    found = examine((multiplied, divided), inputs=(POSITIVE,), **QUICK)
    assert not found.wrong, story(found)


@pytest.mark.long
def test_arguments_that_may_be_zero_are_tried_where_others_may_not() -> None:
    """A divisor may be no 0; what it divides may."""

    def forward(x: Array, divisor: Array) -> tuple[Array, tuple[Array, Array, Array]]:
        y = x / divisor
        return y, (x.copy(), divisor.copy(), y)

    def backward(dy: Array, saved: tuple[Array, Array, Array]) -> tuple[Array, Array]:
        x, divisor, y = saved
        return np.divide(dy * y, x, out=np.zeros_like(x), where=x != 0), -dy * y / divisor

    found = examine((forward, backward), inputs=(X, np.roll(X, 1)), **QUICK)
    assert found.findings["finite differences"].verdict.of == "dx"


@pytest.mark.long
def test_what_is_cut_off_beyond_the_example_is_said_to_be_wrong_there_alone() -> None:
    """Its numbers lie on both sides of 0, as far as they like."""
    found = examine((tanh, cut_off), inputs=(X,), **QUICK)
    assert "WRONG only farther from 0 than the example, by finite differences" in story(found).splitlines()[0]


@pytest.mark.parametrize("example", [POSITIVE, X / 4], ids=["positive", "within 1"])
def test_what_is_cut_off_beyond_an_example_that_may_have_bounds_is_a_hazard_that_says_so(example: Array) -> None:
    """Nobody said that the layer is meant for numbers as large: they may be probabilities, or cosines."""
    found = examine((tanh, cut_off_sooner), inputs=(example,), **QUICK)
    assert not found.wrong, story(found)
    assert "with the example moved outwards, its numbers 2, 4 or 8 times" in story(found)
    assert "finite differences" in examine((tanh, cut_off_sooner), inputs=(example,), deny=["all"], **QUICK).findings


def test_a_case_from_beyond_the_example_can_be_asked_again() -> None:
    """Its text says how it was varied."""
    case = str(examine((tanh, cut_off), inputs=(X,), **QUICK).findings["finite differences"].case)
    assert "finite differences" in examine((tanh, cut_off), inputs=(X,), cases=[case]).findings


def hard_swish(x: Array) -> tuple[Array, Array]:
    """Straight from 3 on."""
    return x * np.clip(x + 3, 0, 6) / 6, x.copy()


def curved_too_far(dy: Array, x: Array) -> Array:
    """Its derivative; up to 3.5 in place of 3 that of its curved part."""
    return np.asarray(dy * np.where(x < -3, 0.0, np.where(x <= 3.5, (2 * x + 3) / 6, 1.0)))


def test_a_narrow_band_beyond_the_example_is_met() -> None:
    """Numbers that are 2, 4 and 8 times as far from 0 leave gaps between them."""
    example = np.random.default_rng(1).normal(size=(4, 6)) * 2
    found = examine((hard_swish, curved_too_far), inputs=(example,), **QUICK)
    assert found.findings["adjoint"].case.span == SPREAD, story(found)


def test_what_is_wrong_within_the_example_is_no_hazard_beyond_it() -> None:
    """It is said once."""
    found = examine((tanh, lambda dy, y: dy * (1 - y)), inputs=(X,), **QUICK)
    assert found.wrong
    assert not set(found.hazards) & set(found.findings), story(found)


BEYOND: dict[str, tuple[Any, tuple[Array, ...]]] = {
    "softplus": (torch.nn.functional.softplus, (4 * X,)),
    "exponential": (torch.exp, (4 * X,)),
    "inverse": (torch.linalg.inv, (X @ X.T + 3 * np.eye(3),)),
    "atanh": (torch.atanh, (X / 4,)),
    "losses": (torch.nn.functional.binary_cross_entropy_with_logits, (X, 1 / (1 + np.exp(X)))),
    "probabilities": (torch.nn.functional.binary_cross_entropy, (1 / (1 + np.exp(X)), 1 / (1 + np.exp(-X)))),
}


@pytest.mark.long
@pytest.mark.parametrize("layer", BEYOND)
def test_what_is_right_farther_out_or_not_defined_there_is_no_hazard(layer: str) -> None:
    """Where a layer raises, or gives no number, it is not asked."""
    subject, arrays = BEYOND[layer]
    found = examine(subject, inputs=tuple(map(torch.tensor, arrays)), **QUICK)
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


def masked(q: Array, k: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """Scores of what lies ahead are masked by a number so large that nothing is left of the others beside it."""
    scores = q @ k.T / np.sqrt(q.shape[1])
    mask = np.tril(np.ones(scores.shape, bool))
    return np.where(mask, scores, -1e30), (q.copy(), k.copy(), mask)


def unmasked(dy: Array, saved: tuple[Array, Array, Array], scale: float) -> tuple[Array, Array]:
    """The gradients, scaled."""
    q, k, mask = saved
    given = np.where(mask, dy, 0) * scale
    return given @ k, given.T @ q


@pytest.mark.long
@pytest.mark.parametrize("drawn", [False, True])
def test_outputs_that_drown_all_others_are_left_out_of_every_other_dy(drawn: bool) -> None:
    """Without them the others' gradients are seen to their last digits."""
    q, k = np.random.default_rng(0).normal(size=(2, 4, 4))
    inputs: Any = {"q": st.just(q), "k": st.just(k)} if drawn else (q, k)
    right, wrong = (partial(unmasked, scale=scale) for scale in (0.5, 0.5001))
    assert not (found := examine((masked, right), inputs=inputs, **QUICK)).wrong, story(found)
    assert {"finite differences", "adjoint"} & examine((masked, wrong), inputs=inputs, **QUICK).findings.keys()


@pytest.mark.long
@pytest.mark.usefixtures("every_step")
def test_arguments_of_one_shape_are_tried_with_numbers_in_common() -> None:
    """A distance derived as r / |r| gives 0 / 0 where a prediction is right: a hazard, as the example has none."""

    def distance(x: Array, t: Array) -> tuple[Array, Array]:
        return np.abs(x - t), x - t

    def divided_by_itself(dy: Array, r: Array) -> tuple[Array, Array]:
        with np.errstate(invalid="ignore"):
            return dy * r / np.abs(r), -dy * r / np.abs(r)

    inputs = tuple(np.random.default_rng(1).normal(size=(2, 4, 4)))
    found = examine((distance, divided_by_itself), inputs=inputs, **QUICK)
    assert not found.wrong
    assert "numbers of the example were made the same" in found.hazards["linearity"].verdict.why
    signs = examine((distance, lambda dy, r: (dy * np.sign(r), -dy * np.sign(r))), inputs=inputs, **QUICK)
    assert not signs.wrong
    assert not signs.hazards


def running_products(x: Array) -> tuple[Array, tuple[Array, Array]]:
    """All products of a row so far."""
    y = np.cumprod(x, -1)
    return y, (x.copy(), y.copy())


def running_divided(dy: Array, saved: tuple[Array, Array]) -> Array:
    """Its derivative by way of y / x: NaN at a zero."""
    x, y = saved
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(np.cumsum((dy * y)[:, ::-1], -1)[:, ::-1] / x)


def test_zeros_are_tried_in_columns_that_leave_something_of_y() -> None:
    """Where they stand at first all large numbers are gone, and what cancels could not be told from that."""
    x = np.random.default_rng(0).normal(size=(2, 4))
    found = examine((running_products, running_divided), inputs=(x,), **QUICK)
    assert "with single zeros" not in story(found)
    assert found.wrong


def test_a_variation_of_which_hardly_anything_is_left_is_named() -> None:
    """In whichever column the zeros stand."""
    x = np.array([[2.0, -3.0], [64.0, -64.0]])
    layer = (
        lambda x: (x[:, 0] * x[:, 1] + 1, x),
        lambda dy, x: np.hstack([dy[:, None] * x[:, 1::-1], np.zeros_like(x[:, 2:])]),
    )
    found = examine(layer, inputs=(x,), **QUICK)
    assert not found.wrong
    assert "hardly anything is left of y" in next(said for said in found.notes if "with single zeros" in said)
