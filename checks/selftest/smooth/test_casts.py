"""A part of a layer that is rounded to a narrower format is a staircase: derivatives are taken above its stairs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.rounding import DIGITS
from checks.smooth import best
from checks.smooth.casts import rounded_to
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.types import Array, Arrays

X = np.random.default_rng(0).normal(size=(3, 6))


def normalized(x: Array, inner: type) -> tuple[Array, Array]:
    """Rows over their root mean square, which is computed in a format of its own; and that."""
    root = np.sqrt((x.astype(inner) ** 2).mean(-1, keepdims=True) + 1e-6)
    return x / root, root


def gradient(dy: Array, saved: tuple[Array, Array]) -> Array:
    """The right one."""
    x, root = saved
    dx: Array = ((dy - x * (dy * x).mean(-1, keepdims=True) / root**2) / root).astype(x.dtype)
    return dx


def constant(dy: Array, saved: tuple[Array, Array]) -> Array:
    """That where the root is taken for a constant."""
    x, root = saved
    return (dy / root).astype(x.dtype)


@pytest.mark.parametrize(
    ("dtype", "inner"), [("float64", np.float64), ("float32", np.float32), ("float32", np.float64)]
)
@pytest.mark.parametrize("backward", [gradient, constant])
def test_statistics_in_a_format_of_their_own_are_no_constants(dtype: str, inner: type, backward: Any) -> None:
    """The right gradient is right, and the one that takes them for constants is not."""

    def forward(x: Array) -> Any:
        y, root = normalized(x, inner)
        return y.astype(np.result_type(x.dtype, dtype)), (x, root.astype(dtype))

    found = examine((forward, backward), inputs=X.astype(dtype), budget="1ms")
    assert found.wrong == (backward is constant), story(found)


PARTS: dict[str, tuple[Callable[[Arrays], Array], str, int]] = {
    "nothing": (lambda a: np.sin(a["x"]) * a["x"].sum(), "float64", DIGITS["longdouble"]),
    "a sum in float64": (lambda a: a["x"] / a["x"].sum(dtype=np.float64), "float64", DIGITS["float64"]),
    "a sum in float32": (lambda a: a["x"] / a["x"].sum(dtype=np.float32), "float32", DIGITS["float32"]),
    "a wide sum of narrow numbers": (lambda a: a["x"] / a["x"].sum(dtype=np.float64), "float32", DIGITS["float64"]),
    "a narrower one than the subject's": (
        lambda a: a["x"] / a["x"].sum(dtype=np.float32),
        "float64",
        DIGITS["float32"],
    ),
}


@pytest.mark.parametrize("name", PARTS)
def test_the_digits_that_every_part_keeps_are_seen(name: str) -> None:
    """Where all of it follows, those of the format."""
    f, dtype, digits = PARTS[name]
    assert rounded_to(Point(f, {"x": X.astype(dtype)}, np.ones(X.shape)), "longdouble") == digits


def softmax(a: Arrays) -> Array:
    """Each row, divided by a sum in float64: what is to be 1 rises with x as long as that sum stands still."""
    e = np.exp(a["x"])
    return np.asarray(e / e.sum(-1, dtype=np.float64, keepdims=True))


@pytest.mark.parametrize("seed", range(8))
def test_a_total_of_shares_has_no_derivative_but_0(seed: int) -> None:
    """Along steps shorter than the stairs of the sum it would have one."""
    rng = np.random.default_rng(seed)
    point = Point(softmax, {"x": rng.normal(size=(2, 5))}, np.ones((2, 5)))
    step = np.zeros((2, 5))
    step[rng.integers(2), rng.integers(5)] = 1.0
    found = best(Line(point, {"x": step}, "float64"))
    assert not found.known or abs(found.value) <= found.error


@pytest.mark.parametrize("seed", range(8))
def test_a_root_of_narrow_squares_is_no_constant_along_complex_steps(seed: int) -> None:
    """Nor along short ones: as PyTorch's ``to(torch.float32)`` it drops what is imaginary and says nothing of it."""
    rng = np.random.default_rng(seed)
    x, dy, step = rng.normal(size=6).astype(np.float32), rng.normal(size=6), np.eye(6)[seed % 6]
    root = np.sqrt((x.astype(float) ** 2).mean())
    exact = float(((dy - x * (dy * x).mean() / root**2) / root)[seed % 6])

    def over_root(a: Arrays) -> Array:
        return np.asarray(a["x"] / np.sqrt((a["x"].real.astype(np.float32) ** 2).mean()))

    found = best(Line(Point(over_root, {"x": x}, dy), {"x": step}, "float32"))
    assert found.known
    assert abs(found.value - exact) <= found.error
