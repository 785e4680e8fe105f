"""Of a layer of which nothing but an example is known a cause is named where the numbers allow one alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.diagnosis.causes import example_looks
from checks.opening import opened
from checks.types import Array
from checks.witness import Trial

pytestmark = pytest.mark.usefixtures("every_step")

RNG = np.random.default_rng(3)
X, W, SQUARE = RNG.standard_normal((4, 3)), RNG.standard_normal((3, 5)), RNG.standard_normal((3, 3))
PAIRS = RNG.standard_normal((2, 60))
MANY = RNG.standard_normal((40, 3))
ROWS = np.array([[0, 3, 1], [2, 3, 3]])
TABLE = RNG.standard_normal((5, 3))


def looks(layer: Any, *inputs: Any, of: str = "dx", span: int = 1) -> tuple[str, ...]:
    """What is said of a gradient of a layer on an example, as it was given or varied."""
    examination, limits = opened(layer, "", None, inputs)
    cases = limits.family.sweep(1, 12)
    case = next(case for case in cases if case.span == span)
    return example_looks(Trial(examination.subject, examination.family, case), of)


def softmax(x: Array) -> Array:
    """Over the last axis."""
    e = np.exp(x - x.max(-1, keepdims=True))
    return np.asarray(e / e.sum(-1, keepdims=True))


def dense(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """X w."""
    return x @ w, (x, w)


def normalized(x: Array) -> tuple[Array, tuple[Array, Array]]:
    """Each column without its mean, in units of its deviation."""
    deviation = np.sqrt(x.var(0) + 1e-5)
    return (x - x.mean(0)) / deviation, ((x - x.mean(0)) / deviation, deviation)


def assigned(dy: Array, w: Array) -> Array:
    """``=`` for np.add.at."""
    dw = np.zeros_like(w)
    dw[ROWS] = dy
    return dw


def added_once(dy: Array, w: Array) -> Array:
    """``+=`` of indices that one row repeats."""
    dw = np.zeros_like(w)
    for rows, one in zip(ROWS, dy, strict=True):
        dw[rows] += one / 3
    return dw


def all_in_the_first(dy: Array, _: None) -> Array:
    """Every sample is written to the first one."""
    dx = np.zeros_like(dy)
    dx[0] = 3 * dy.sum(0)
    return dx


NAMED: list[tuple[str, Callable[[], tuple[str, ...]], str]] = [
    (
        "assigned",
        lambda: looks((lambda w: (w[ROWS], w), assigned), TABLE, of="dw"),
        "(= for +=, or += of repeated indices, for which there is np.add.at): dw[3, 0] holds that of dy[1, 2, 0]",
    ),
    (
        "counted once",
        lambda: looks((lambda w: (w[ROWS].mean(1), w), added_once), TABLE, of="dw"),
        "where an element of dw enters one output several times it is counted once",
    ),
    (
        "first alone",
        lambda: looks((lambda x: (x.repeat(2, 1), None), lambda dy, _: dy[:, ::2]), X),
        "holds the term of the first output alone that it enters: dx[0, 0] holds that of dy[0, 0] alone, of 2 terms",
    ),
    (
        "diagonal",
        lambda: looks((lambda x: (softmax(x), softmax(x)), lambda dy, p: dy * p * (1 - p)), X),
        "each element of dx holds the term of the output in its own place alone",
    ),
    (
        "a sample",
        lambda: looks((dense, lambda dy, s: (dy @ s[1].T, s[0][:-1].T @ dy[:-1])), X, W, of="dw"),
        "dw does not change with dy at index 3 of its axis 0 (counted from 0), of 4, and is right where dy is 0 there",
    ),
    (
        "exchanged",
        lambda: looks((lambda a, b: (a * b + a, (a, b)), lambda dy, s: (dy * s[0], dy * (s[1] + 1))), X, -X, of="da"),
        "da is what db must be, and db is what da must be: the two are exchanged",
    ),
    (
        "exchanged parts",
        lambda: looks((lambda a, b: (np.append(a, b, 1), None), lambda dy, _: (dy[:, 3:], dy[:, :3])), X, -X, of="da"),
        "the two are exchanged",
    ),
    (
        "transposed",
        lambda: looks((dense, lambda dy, s: (dy @ s[1], s[0].T @ dy)), X, SQUARE),
        "dx is what it must be for w with its last two axes exchanged",
    ),
    (
        "other way",
        lambda: looks((lambda x: (np.cumsum(x, 1), None), lambda dy, _: np.cumsum(dy, 1)), X),
        "dx equals how much y changes along dy (J dy, with J the Jacobian), where J' dy belongs",
    ),
    (
        "shifted",
        lambda: looks((lambda x: (np.pad(2 * x, ((0, 0), (1, 2))), None), lambda dy, _: 2 * dy[:, :3]), X),
        "each element of dx takes dy at an offset of [0, -1] from the one output that it enters",
    ),
    (
        "straight through",
        lambda: looks((lambda x: (np.round(x), x), lambda dy, x: dy * (np.abs(x) < 1)), X),
        "dx is dy, or 0, in each element, and the forward's own derivative is 0 in each that was derived",
    ),
    (
        "passed on",
        lambda: looks((lambda x: (np.maximum(x, 0), x), lambda dy, _: dy), X),
        "dx equals dy: it is passed on as it came",
    ),
    (
        "off in some",
        lambda: looks((lambda x: (np.sum(x**2), x), lambda dy, x: 2 * dy * x + dy * (np.arange(3) == 1)), X),
        "= 1 times dy",
    ),
    (
        "mean",
        lambda: looks((normalized, lambda dy, s: (dy - s[0] * (dy * s[0]).mean(0)) / s[1]), X),
        "along axis 0 every element of dx is off by the same number, and elsewhere by another",
    ),
    (
        "constants",
        lambda: looks((normalized, lambda dy, s: dy / s[1]), np.concatenate([X, 2 * X[::-1]])),
        "along axis 0 dx is off by a number plus a multiple of x, other ones elsewhere",
    ),
    (
        "mean of some",
        lambda: looks((normalized, lambda dy, s: (dy - s[0] * (dy * s[0]).mean(0)) / s[1]), MANY),
        "of those that were derived: along axis 0 every element of dx is off by the same number",
    ),
    (
        "constants of some",
        lambda: looks((normalized, lambda dy, s: dy / s[1]), MANY),
        "of those that were derived: along axis 0 dx is off by a number plus a multiple of x",
    ),
    (
        "gathered",
        lambda: looks((lambda x: (x * 3, None), all_in_the_first), X.reshape(2, 6)),
        "index 0 of axis 0 holds the sum of the right dx along axis 0, and all else is 0",
    ),
    (
        "gathered of some",
        lambda: looks((lambda x: (x * 3, None), all_in_the_first), PAIRS),
        "of those that were derived: index 0 of axis 0 holds the sum of the right dx along axis 0",
    ),
    (
        "deviation",
        lambda: looks((lambda x: (x * 3, None), lambda dy, _: dy * np.arange(1, 5)[:, None] / 4), X),
        "along axis 1 every element of dx is the right one times the same number, and elsewhere times another",
    ),
]


@pytest.mark.long(keep=5)
@pytest.mark.parametrize(("found", "words"), [row[1:] for row in NAMED], ids=[row[0] for row in NAMED])
def test_a_cause_is_named(found: Callable[[], tuple[str, ...]], words: str) -> None:
    """In words that hold of every element that was derived."""
    assert any(words in sentence for sentence in found())


def bent(backward: Callable[[Array, Any], Array]) -> Callable[[Array, Any], Array]:
    """The same backward with its first wrong element off by an eighth more: no cause explains that one."""

    def changed(dy: Array, saved: Any) -> Array:
        gradient = np.array(backward(dy, saved))
        gradient.reshape(-1)[np.argmax(np.abs(gradient))] *= 1.125
        return gradient

    return changed


NEARLY: list[tuple[Any, Array, str]] = [
    ((lambda w: (w[ROWS], w), bent(assigned)), TABLE, "w"),
    ((lambda w: (w[ROWS].mean(1), w), bent(added_once)), TABLE, "w"),
    ((lambda x: (x.repeat(2, 1), None), bent(lambda dy, _: dy[:, ::2])), X, "x"),
    ((lambda x: (softmax(x), softmax(x)), bent(lambda dy, p: dy * p * (1 - p))), X, "x"),
    ((lambda x: (np.pad(2 * x, ((0, 0), (1, 2))), None), bent(lambda dy, _: 2 * dy[:, :3])), X, "x"),
    ((lambda x: (np.cumsum(x, 1), None), bent(lambda dy, _: np.cumsum(dy, 1))), X, "x"),
    ((lambda x: (np.round(x), x), bent(lambda dy, _: dy)), X, "x"),
    ((normalized, bent(lambda dy, s: (dy - s[0] * (dy * s[0]).mean(0)) / s[1])), X, "x"),
]


@pytest.mark.parametrize(("layer", "x", "name"), NEARLY)
def test_a_near_miss_has_no_cause(layer: Any, x: Array, name: str) -> None:
    """Its elements are counted, and nothing else is said that is not so."""
    said = looks(layer, x, of=f"d{name}")
    assert said[0].startswith(f"d{name}: ")
    assert not [sentence for sentence in said if "along axis" in sentence]


def test_a_wrong_sign_is_no_exchange() -> None:
    """Of p - q the gradient of the one is that of the other with its sign turned."""
    said = looks((lambda p, q: (p - q, None), lambda dy, _: (-dy, dy)), X, -X, of="dp")
    assert "every wrong element has the wrong sign" in said
    assert not [sentence for sentence in said if "exchanged" in sentence]


def test_two_causes_that_explain_the_same_numbers_are_not_told_apart() -> None:
    """With dy of ones the first term is the last one."""
    examination, limits = opened((lambda w: (w[ROWS], w), assigned), "", None, (TABLE,))
    case = next(iter(limits.family.sweep(0, 1))).holding("dy", np.ones((2, 3, 3)))
    said = example_looks(Trial(examination.subject, examination.family, case), "dw")
    assert not [sentence for sentence in said if "output alone" in sentence]


def scaled(x: Array, g: Array) -> tuple[Array, tuple[Array, ...]]:
    """Rows without their mean, in units of their deviation, times a scale."""
    h, (_, deviation) = normalized(x.T)
    return h.T * g, (h.T, deviation[:, None], g)


@pytest.mark.parametrize(("power", "named"), [(0, True), (2, False)])
def test_a_scale_that_is_left_out_is_named(power: int, named: bool) -> None:
    """Of a layer norm; squared it is not left out."""

    def backward(dy: Array, saved: tuple[Array, ...]) -> tuple[Array, Array]:
        h, deviation, g = saved
        d = dy * g**power
        dx = (d - d.mean(1, keepdims=True) - h * (d * h).mean(1, keepdims=True)) / deviation
        return dx, (dy * h).sum(0)

    said = looks((scaled, backward), RNG.standard_normal((5, 4)), np.array([0.5, 1.5, 2.0, 3.0]))
    assert any("dx is what it must be for g of ones: g is left out of it" in each for each in said) == named, said


SMALL = 1e-4 * np.abs(W)


@pytest.mark.parametrize(("factor", "told"), [(0.25, "is 0.25 times the right one"), (1 + 1e-9, "times 1 + 1e-09")])
def test_a_constant_factor_is_no_expression_of_an_argument_that_is_small(factor: float, told: str) -> None:
    """1 - w is next to 1 everywhere: what explains the numbers as well without it is told without it."""
    layer = dense, lambda dy, s: (dy @ s[1].T, s[0].T @ dy * factor)
    said = looks(layer, X, SMALL, of="dw")
    assert any(told in sentence for sentence in said), said
    assert not [sentence for sentence in said if "(1 - " in sentence or "(1 + " in sentence]


def test_an_expression_that_alone_explains_numbers_next_to_the_right_ones_is_told() -> None:
    """Where no constant does."""
    layer = dense, lambda dy, s: (dy @ s[1].T, s[0].T @ dy * (1 - s[1]))
    (said, *_) = looks(layer, X, SMALL, of="dw")
    assert said == "dw is the right one times (1 - w)"


def test_no_term_is_said_to_be_missing_of_what_is_off_by_billionths() -> None:
    """A small number that is added to a deviation, and not differentiated, leaves a multiple of y there."""

    def forward(x: Array) -> tuple[Array, tuple[Array, Array]]:
        away = x - x.mean(0)
        return away / (np.sqrt(x.var(0)) + 1e-8), (away / np.sqrt(x.var(0)), np.sqrt(x.var(0)) + 1e-8)

    def backward(dy: Array, saved: tuple[Array, Array]) -> Array:
        h, deviation = saved
        gradient: Array = (dy - dy.mean(0) - h * (dy * h).mean(0) * (1 - 1e-8)) / deviation
        return gradient

    said = looks((forward, backward), X)
    assert any("is off by at most" in sentence for sentence in said), said
    assert not [sentence for sentence in said if "taken off" in sentence or "constant" in sentence]


def test_a_mean_over_few_that_is_divided_by_too_many_is_no_repeated_index() -> None:
    """All slopes of an output are alike there, and larger than those of others."""
    counts = np.array([2.0, 2.0, 1.0])

    def forward(x: Array) -> tuple[Array, None]:
        return np.pad(x, ((0, 0), (0, 1))).reshape(-1, 3, 2).sum(-1) / counts, None

    told = looks((forward, lambda dy, _: np.repeat(dy / 2, 2, 1)[:, :5]), np.random.default_rng(0).normal(size=(8, 5)))
    assert told
    assert not any("counted once" in each for each in told)
