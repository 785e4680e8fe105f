"""What an example by itself does not show: layers of given inputs are tried beside them too, and with other dy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import examine, story
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

X = np.array([0.5, -1.5, 2.0, 0.25])

Backward = Callable[[Array, Array], Array]


def cube(x: Array) -> tuple[Array, Array]:
    """Cube each entry."""
    return x**3, x


def cube_backward(dy: Array, x: Array) -> Array:
    """Its gradient."""
    return np.asarray(3 * dy * x**2)


def clipped(dy: Array, x: Array) -> Array:
    """Right as long as dy is small."""
    return cube_backward(np.clip(dy, -5, 5), x)


def cut(dy: Array, x: Array) -> Array:
    """Right as long as some entry of dy is not small."""
    return cube_backward(dy, x) if np.max(np.abs(dy)) > 1e-8 else np.zeros_like(x)


def cut_one_by_one(dy: Array, x: Array) -> Array:
    """Right for each entry of dy that is not small."""
    return cube_backward(np.where(np.abs(dy) > 1e-8, dy, 0), x)


def where_none_is_zero(dy: Array, x: Array) -> Array:
    """Right as long as no entry of dy is 0."""
    return cube_backward(dy, x) * (1 if np.all(dy) else 2)


@pytest.mark.sweep("formats of an unusual dy", 2)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("backward", [clipped, cut, cut_one_by_one, where_none_is_zero])
def test_a_backward_that_is_right_for_dense_dy_of_ordinary_size_alone_is_not_linear(
    backward: Backward, dtype: str
) -> None:
    """It is made large, tiny, and sparse; an unusual one shows it to other laws."""
    asked: dict[str, Any] = {"inputs": (X.astype(dtype),), "budget": "1ms", "laws": ["linearity"]}
    assert "linearity" in examine((cube, backward), **asked).findings
    assert not examine((cube, cube_backward), **asked).wrong


@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_what_underflows_where_dy_is_tiny_is_no_mistake(dtype: str) -> None:
    """Gradients next to the smallest number of the format lose digits, or all of them."""
    asked: dict[str, Any] = {"inputs": (X.astype(dtype),), "budget": "1ms", "laws": ["linearity"]}
    least = np.asarray(np.finfo(dtype).smallest_normal * 2**4, dtype)
    found = examine((lambda x: (x * least, None), lambda dy, _: dy * least), **asked)
    assert not found.wrong, story(found)


def twice_where_rows_are_alike(dy: Array, x: Array) -> Array:
    """Right unless all numbers of a row of dy are equal, as what the sum of a loss gives."""
    return cube_backward(dy, x) * np.where(np.all(dy == dy[:, :1], axis=1, keepdims=True), 2, 1)


def whole_in_a_byte(dy: Array, x: Array) -> Array:
    """Right unless dy is of whole numbers, and beyond a byte."""
    return cube_backward((dy + 128) % 256 - 128 if np.all(dy % 1 == 0) else dy, x)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("drawn", [False, True])
@pytest.mark.parametrize("backward", [twice_where_rows_are_alike, whole_in_a_byte])
def test_a_path_of_its_own_for_an_unusual_dy_is_met(backward: Backward, drawn: bool) -> None:
    """Equal numbers and whole ones are no random numbers; of a dozen some are beyond a byte."""
    x = np.linspace(-1.5, 1.5, 12).reshape(3, 4)
    inputs: Any = st.just(x) if drawn else (x,)
    found = examine((cube, backward), inputs=inputs, budget="1ms", laws=["finite differences"])
    assert found.wrong, story(found)
    assert not examine((cube, cube_backward), inputs=inputs, budget="1ms", laws=["finite differences"]).wrong


@pytest.mark.long
def test_what_is_kept_of_the_first_arguments_is_seen_where_others_follow() -> None:
    """The example comes a second time, a little nearer to 0; the case replays from its text."""
    first: dict[tuple[int, ...], Array] = {}

    def forward(x: Array) -> tuple[Array, Array]:
        return x**3, first.setdefault(x.shape, x.copy())

    found = examine((forward, cube_backward), inputs=(X,), budget="1ms")
    assert "finite differences" in found.findings
    assert "span=2" in str(found.findings["finite differences"].case)
    case = str(found.findings["finite differences"].shrunk)
    assert "finite differences" in examine((forward, cube_backward), inputs=(X,), cases=[case]).findings


def test_an_example_that_may_not_be_moved_is_left_where_it_is() -> None:
    """A layer that takes nothing else is not called wrong for it."""

    def forward(x: Array) -> tuple[Array, Array]:
        if x.shape != (3,) or not np.allclose(x, 1.0, atol=1e-3):
            raise ValueError("ones alone")
        return x**3, x

    found = examine((forward, cube_backward), inputs=(np.ones(3),), budget="1ms", laws=["linearity"])
    assert not found.wrong, story(found)
    assert found.cases == 3  # in float32, and that of an unusual dy, too


@pytest.mark.long(keep=1)
@pytest.mark.sweep("saturated layers", 2)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("scale", [3.0, 30.0, 200.0])
def test_a_saturated_softmax_is_right(scale: float, dtype: str) -> None:
    """Its y (dy - sum(dy y)) cancels to almost nothing, and is rounded as dy y is."""
    x = (np.random.default_rng(1).standard_normal((3, 4)) * scale).astype(dtype)
    found = examine(lambda x: torch.softmax(x, -1), inputs=(x,), budget="1ms")
    assert not found.wrong, story(found)


def _sum(x: Array) -> tuple[Any, Array]:
    return (x**2).sum(), x


def test_a_loss_without_axes_is_examined_as_it_is() -> None:
    """Every law, and every layout, takes arrays without axes."""
    found = examine((_sum, lambda dy, x: 2 * dy * x), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert found.tallies["layout"].right
    assert examine((_sum, lambda dy, x: dy * x), inputs=(X,), budget="1ms").wrong


@pytest.mark.long
def test_a_result_in_extended_precision_has_an_error_in_units_of_the_last_place() -> None:
    """Next to 0 there is no such unit, and the report goes on."""
    kept = np.zeros(4, np.longdouble)

    def adding_up(dy: Array, x: Array) -> Array:
        kept[...] += 3 * dy * x**2
        return kept.copy()

    assert "linearity" in examine((cube, adding_up), inputs=(X,), budget="1ms").findings


def stumbling(x: Array) -> tuple[Array, Array]:
    """An index past the end."""
    return x[[len(x)]], x


def test_a_forward_that_raises_on_its_example_is_a_finding() -> None:
    """The example is the one thing that it must take."""
    found = examine((stumbling, cube_backward), inputs=(X,), budget="1ms")
    assert set(found.findings) == {"runs"}
    assert "IndexError" in story(found)


def test_the_roundings_of_a_large_dy_are_its_own() -> None:
    """The derivative of a matrix exponential by a block squares as often as dy is large, and rounds each time."""
    exponential = pytest.importorskip("scipy.linalg").expm

    def backward(dy: Array, a: Array) -> Array:
        block = np.block([[a.T, dy], [np.zeros_like(a), a.T]])
        return np.asarray(exponential(block)[: len(a), len(a) :])

    a = np.random.default_rng(0).normal(size=(3, 3)) * 0.5
    for seed in range(4):
        layer = (lambda a: (exponential(a), a), backward)
        found = examine(layer, inputs=(a,), budget="1ms", laws=["linearity"], seed=seed)
        assert not found.wrong, story(found)
