"""An argument of zeros keeps no rule, and is tried with numbers; what lies near a pole tells nothing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.families.degenerate import FILLED, degenerate
from checks.families.rules import rule
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


def cell(x: Array, h: Array) -> tuple[Array, tuple[Array, Array]]:
    """A step with a state that all samples share."""
    y = np.tanh(x + h * h)
    return y, (h, y)


def cell_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Its gradients."""
    h, y = saved
    slope = dy * (1 - y * y)
    return slope, 2 * h * slope.sum(0)


def without_state(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """The gradient of the state is forgotten: it is 0 where the state is."""
    dx, dh = cell_back(dy, saved)
    return dx, np.zeros_like(dh)


@pytest.mark.parametrize("shape", [(2, 4), (4, 4), (5,), ()])
def test_zeros_keep_no_rule(shape: tuple[int, ...]) -> None:
    """Their rows share their sum, and they are symmetric, by chance alone."""
    assert not rule(np.zeros(shape))
    filled = degenerate({"x": RNG.normal(size=3), "h": np.zeros(shape)}, FILLED)
    assert np.all(filled["h"])
    assert rule(np.full((2, 4), 0.25))


def test_what_a_state_of_zeros_hides_is_a_hazard() -> None:
    """It says where, and a right cell is right there."""
    example = (RNG.normal(size=(2, 4)), np.zeros(4))
    found = examine((cell, without_state), inputs=example, **QUICK)
    assert not found.wrong
    assert "as a first state does" in found.hazards["finite differences"].verdict.why
    assert not examine((cell, cell_back), inputs=example, **QUICK).hazards


def test_an_example_without_zeros_is_not_filled() -> None:
    """Nor is any of its arguments changed where another one is."""
    found = examine((cell, cell_back), inputs=(RNG.normal(size=(2, 4)), np.ones(4)), **QUICK)
    assert FILLED not in {case.span for case in found.judged}


def inverse(a: Array) -> tuple[Array, Array]:
    """Of a matrix."""
    y = np.linalg.inv(a)
    return y, y


def test_ties_that_make_a_matrix_singular_are_no_example_of_an_inverse() -> None:
    """Up to rounding it has none, and y is rounding; a note says what was left out."""
    a = np.array([[1.0, 2.0], [1.0 + 2.0**-40, 4.0]])
    tied = np.array([[1.0, 2.0], [1.0, 2.0 + 2.0**-50]])
    found = examine((inverse, lambda dy, y: -y.T @ dy @ y.T), inputs=(a,), **QUICK)
    assert not found.wrong, story(found)
    assert np.max(np.abs(np.linalg.inv(tied))) > 2.0**40
    assert all(np.max(np.abs(np.linalg.inv(case.inputs["a"]))) < 2.0**20 for case in found.judged)


@pytest.mark.parametrize(
    "layer",
    [lambda a, _: torch.linalg.slogdet(a).logabsdet, lambda a, b: torch.linalg.solve(a.T @ a, a.T @ b)],
    ids=["determinant", "normal equations"],
)
def test_equal_rows_are_no_layout_of_a_matrix_that_is_inverted(layer: Any) -> None:
    """What comes of them is rounding: another number where each is moved by one."""
    for seed in range(3):
        rng = np.random.default_rng(seed)
        inputs = torch.tensor(rng.normal(size=(3, 3)) + 3 * np.eye(3)), torch.tensor(rng.normal(size=(3, 2)))
        found = examine(layer, inputs=inputs, budget="1ms", laws=["layout"])
        assert not found.wrong, story(found)


def test_rows_of_stride_0_that_are_read_by_strides_of_their_own_are_wrong() -> None:
    """Also of a layer that claims nothing."""

    def backward(dy: Array, x: Array) -> Array:
        return np.cos(x) * (dy if dy.strides[0] else 0.5 * dy)

    layer = (lambda x: (np.sin(x), x.copy()), backward)
    found = examine(layer, inputs=(RNG.normal(size=(3, 4)),), budget="1ms", laws=["layout"])
    assert "layout" in found.findings
