"""Subjects of no known family, examined on examples."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st

from checks import UsageError, examine, story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

X = np.random.default_rng(0).standard_normal((3, 4))
W = np.random.default_rng(1).standard_normal((4, 2))


def dense(x: Array, w: Array) -> tuple[Array, Any]:
    """tanh(x w)."""
    y = np.tanh(x @ w)
    return y, (x, w, y)


def dense_backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Right."""
    x, w, y = saved
    inner = dy * (1 - y * y)
    return inner @ w.T, x.T @ inner


def no_chain(dy: Array, saved: Any) -> tuple[Array, Array]:
    """The derivative of tanh is forgotten."""
    x, w, _ = saved
    return dy @ w.T, x.T @ dy


def slightly(dy: Array, saved: Any) -> tuple[Array, Array]:
    """One entry of dw is off by a part in a hundred million."""
    dx, dw = dense_backward(dy, saved)
    dw = dw.copy()
    dw[1, 1] *= 1 + 1e-8
    return dx, dw


def clipped(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Not linear in dy."""
    return dense_backward(np.clip(dy, -0.5, 0.5), saved)


@pytest.mark.long
def test_a_right_smooth_layer_passes_by_position_and_by_name() -> None:
    """Examples in a tuple or in a dictionary."""
    for inputs in ((X, W), {"x": X, "w": W}):
        found = examine((dense, dense_backward), inputs=inputs, budget="1ms")
        assert not found.wrong, story(found)
        assert {"finite differences", "adjoint", "linearity", "arguments unchanged"} <= set(found.tallies)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("backward", "law"),
    [(no_chain, "adjoint"), (slightly, "finite differences"), (clipped, "linearity")],
    ids=["no chain rule", "1e-8 in one entry", "not linear in dy"],
)
def test_a_wrong_smooth_layer_is_found(backward: Any, law: str) -> None:
    """By the law that sees it."""
    assert law in examine((dense, backward), inputs=(X, W), budget="1ms", laws=[law]).findings


@pytest.mark.long
def test_single_precision_is_judged_as_such() -> None:
    """A right layer in float32 is right."""
    found = examine((dense, dense_backward), inputs=(X.astype(np.float32), W.astype(np.float32)), budget="1ms")
    assert not found.wrong, story(found)


def test_laws_that_need_a_second_source_are_not_heard() -> None:
    """There is none."""
    found = examine((dense, dense_backward), inputs=(X, W), budget="1ms")
    assert not {"reference", "textbook", "torch"} & set(found.tallies)


@st.composite
def any_sizes(draw: st.DrawFn) -> tuple[Array, Array]:
    """Arguments of dense, of sizes that differ from draw to draw."""
    rows, inner, columns = (draw(st.integers(1, 4)) for _ in range(3))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    return rng.standard_normal((rows, inner)), rng.standard_normal((inner, columns))


def three_columns(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Right, unless there are three columns or more: then the third is forgotten."""
    return dense_backward(dy * (np.arange(dy.shape[1]) != 2), saved)


@pytest.mark.long
def test_a_strategy_draws_the_examples() -> None:
    """Sizes that one example would not have shown; every case replays from its text alone."""
    asked: dict[str, Any] = {"inputs": any_sizes(), "laws": ["adjoint"], "budget": "1ms"}
    assert not examine((dense, dense_backward), **asked).wrong
    found = examine((dense, three_columns), **asked)
    assert found.wrong, story(found)
    case = str(found.findings["adjoint"].shrunk)
    assert examine((dense, three_columns), **asked, cases=[case]).wrong
    assert not examine((dense, dense_backward), **asked, cases=[case]).wrong


#: A tanh that is nearly 1: its derivative 1 - y * y loses twelve binary digits.
SATURATED = (np.array([[-2.4432058226357904]]), np.array([[-1.3488317908401584, -1.35, -1.0114574227902196]]))


def a_billionth(dy: Array, saved: Any) -> tuple[Array, Array]:
    """A billionth too much in the whole of dx: a formula, not rounding."""
    dx, dw = dense_backward(dy, saved)
    return dx * (1 + 1e-9), dw


@pytest.mark.long
def test_digits_that_cancel_inside_a_layer_are_no_mistake_and_hide_none() -> None:
    """The wider answer of the layer itself tells rounding from a formula."""
    asked: dict[str, Any] = {"inputs": SATURATED, "laws": ["adjoint", "finite differences"], "budget": "1ms"}
    assert not examine((dense, dense_backward), **asked).wrong
    assert {"adjoint", "finite differences"} <= set(examine((dense, a_billionth), **asked).findings)


def test_a_case_of_an_example_replays_from_its_text() -> None:
    """What shrinking has replaced stands in the text; the rest is the example."""
    asked: dict[str, Any] = {"inputs": (X, W), "laws": ["adjoint"]}
    case = str(examine((dense, no_chain), **asked, budget="1ms").findings["adjoint"].shrunk)
    assert "adjoint" in examine((dense, no_chain), **asked, cases=[case]).findings


def test_a_strategy_of_two_formats_is_refused() -> None:
    """One format for all examples."""
    mixed = any_sizes().flatmap(lambda pair: st.sampled_from([pair, tuple(each.astype(np.float32) for each in pair)]))
    with pytest.raises(UsageError, match="expected one format"):
        examine((dense, dense_backward), inputs=mixed, budget="1ms")


NAN, ENDLESS = X.copy(), W.copy()
NAN[1, 2], ENDLESS[0, 1] = np.nan, -np.inf

REFUSED = {
    "not a number": ((NAN, W), r"x\[1, 2\] is nan; expected finite numbers"),
    "infinity": ((X, ENDLESS), r"w\[0, 1\] is -inf; expected finite numbers"),
    "a name of its own": ({"x": X, "y": W}, "has 'y', which dense does not take; expected names of x, w"),
    "no word for a name": ({1: X}, "has 1, which dense does not take; expected names of x, w"),
    "nothing": ((), r"inputs=\(\) holds no array; expected an example for each argument"),
    "too few": (
        (X,),
        "inputs has examples for x, and dense also needs w; expected one for each, by position",
    ),
    "integers": (
        (X.astype(int), W),
        r"x is of int64; .*: examine\(\(functools.partial\(forward, x=x\), backward\), inputs=...\), whose backward",
    ),
    "too many": ((X, W, W), "inputs has 3 arrays and dense takes x, w; expected at most 2"),
    "extended precision": (
        (X.astype(np.longdouble), W),
        r"x is of (float\d+|longdouble); expected float64, float32, float16",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_examples_that_cannot_be_examined_are_refused_by_name(name: str) -> None:
    """The message says which array, and what was expected."""
    inputs, message = REFUSED[name]
    with pytest.raises(UsageError, match=message):
        examine((dense, dense_backward), inputs=inputs, budget="1ms")


def test_a_plain_number_is_an_array_without_axes() -> None:
    """By itself or in a tuple."""
    for inputs in (3.0, (3.0,)):
        found = examine((lambda x: (x * x, x), lambda dy, x: 2 * dy * x), inputs=inputs, budget="1ms")
        assert not found.wrong, story(found)
        assert {case.shapes["x"] for case in found.judged} == {()}


@pytest.mark.long
def test_a_loss_gives_one_number() -> None:
    """An output without axes, and an argument without axes, are arrays like any other."""

    def scaled_square(x: Array, scale: Array) -> tuple[Array, Any]:
        return scale * np.sum(x * x), (x, scale)

    def backward(dy: Array, saved: Any) -> tuple[Array, Array]:
        x, scale = saved
        assert isinstance(dy, np.ndarray)
        assert isinstance(scale, np.ndarray)
        return 2 * dy * scale * x, dy * np.sum(x * x)

    found = examine((scaled_square, backward), inputs=(X, np.array(0.5)), budget="1ms")
    assert not found.wrong, story(found)
    wrong = examine(
        (scaled_square, lambda _, saved: backward(np.ones(()), saved)), inputs=(X, np.array(0.5)), budget="1ms"
    )
    assert {"adjoint", "linearity"} <= set(wrong.findings)


def first_alone(x: Array, w: Array) -> tuple[Array, Any]:
    """The square of x; w goes in and has no say."""
    return x * x, x + 0 * w.sum()


NONE_FOR_W = {"a tuple": lambda dy, x: (2 * dy * x, None), "a dictionary": lambda dy, x: {"dx": 2 * dy * x, "dw": None}}


@pytest.mark.long
@pytest.mark.parametrize("backward", NONE_FOR_W.values(), ids=NONE_FOR_W)
def test_none_for_an_argument_is_a_gradient_of_zeros(backward: Any) -> None:
    """Right where the output does not depend on it."""
    found = examine((first_alone, backward), inputs=(X, W), budget="1ms")
    assert not found.wrong, story(found)


@pytest.mark.long
def test_none_for_an_argument_that_the_output_depends_on_is_wrong() -> None:
    """Numerical derivatives say so."""
    found = examine((dense, lambda *given: (dense_backward(*given)[0], None)), inputs=(X, W), budget="1ms")
    assert "finite differences" in found.findings
    assert found.findings["finite differences"].verdict.of == "dw"


def test_a_gradient_that_is_left_out_without_a_word_is_an_error() -> None:
    """One gradient for two arguments; what is said of it says nothing of configurations that there are none of."""
    found = examine((first_alone, lambda dy, x: (2 * dy * x,)), inputs=(X, W), budget="1ms")
    text = story(found)
    assert "backward gave ['dx'] without dw; expected dx, dw" in text
    assert "It was given the examples of x, w" in text
    assert not [word for word in ("stride", "channels", "by name") if word in text]


def embedding(places: Any, w: Array) -> tuple[Array, Any]:
    """Rows of w."""
    return w[places], (places, w)


def embedding_backward(dy: Array, saved: Any) -> tuple[None, Array]:
    """None for the integers."""
    places, w = saved
    dw = np.zeros_like(w)
    np.add.at(dw, places, dy)
    return None, dw


@pytest.mark.long
@pytest.mark.parametrize("held", [partial(embedding, [0, 1, 1]), partial(embedding, places=[0, 1, 1])])
def test_integers_that_partial_holds_may_have_no_gradient(held: Any) -> None:
    """By position or by name; the other gradients are those of the other arguments."""
    found = examine((held, embedding_backward), inputs=(W,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    wrong = examine((held, lambda dy, saved: (None, 2 * embedding_backward(dy, saved)[1])), inputs=(W,), budget="1ms")
    assert "adjoint" in wrong.findings


def test_a_gradient_for_which_there_is_no_argument_is_told() -> None:
    """The first are examined, and that is said; None stands for what has no gradient."""
    for more, note in ((X, True), (None, False)):
        asked: dict[str, Any] = {"inputs": (X,), "budget": "1ms", "laws": ["adjoint"]}
        found = examine((lambda x: (2 * x, None), lambda dy, _, more=more: (2 * dy, more)), **asked)
        assert not found.wrong
        assert ("note: the backward gives 2 gradients for 1 argument: the first are examined" in story(found)) is note
