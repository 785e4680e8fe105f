"""Subjects of no known family, examined on examples."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

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


def test_a_right_smooth_layer_passes_by_position_and_by_name() -> None:
    """Examples in a tuple or in a dictionary."""
    for inputs in ((X, W), {"x": X, "w": W}):
        found = examine((dense, dense_backward), inputs=inputs, budget="1ms")
        assert not found.wrong, story(found)
        assert {"finite differences", "adjoint", "linearity", "arguments unchanged"} <= set(found.tallies)


@pytest.mark.parametrize(
    ("backward", "law"),
    [(no_chain, "adjoint"), (slightly, "finite differences"), (clipped, "linearity")],
    ids=["no chain rule", "1e-8 in one entry", "not linear in dy"],
)
def test_a_wrong_smooth_layer_is_found(backward: Any, law: str) -> None:
    """By the law that sees it."""
    assert law in examine((dense, backward), inputs=(X, W), budget="1ms").findings


def test_single_precision_is_judged_as_such() -> None:
    """A right layer in float32 is right."""
    found = examine((dense, dense_backward), inputs=(X.astype(np.float32), W.astype(np.float32)), budget="1ms")
    assert not found.wrong, story(found)


def test_laws_that_need_a_second_source_are_not_heard() -> None:
    """There is none."""
    found = examine((dense, dense_backward), inputs=(X, W), budget="1ms")
    assert not {"reference", "textbook", "torch"} & set(found.tallies)


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
