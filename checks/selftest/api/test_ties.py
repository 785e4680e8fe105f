"""Ties in an example of a layer of no family: moving all entries alike keeps them, and has a derivative."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import examine, story
from checks.families import example
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

TIED = np.array([[1.0, 3.0, 3.0], [0.0, 4.0, 4.0], [1.0, 1.0, 1.0]])


def largest(x: Array) -> tuple[Array, Any]:
    """The largest of each row, and where it is."""
    return x.max(-1), x == x.max(-1, keepdims=True)


def to_all(dy: Array, where: Array) -> Array:
    """The whole gradient to each that is tied: their sum is too large."""
    return dy[:, None] * where


def to_first(dy: Array, where: Array) -> Array:
    """To the first alone."""
    return np.asarray(dy[:, None] * (where & (where.cumsum(-1) == 1)))


def shared(dy: Array, where: Array) -> Array:
    """In equal parts."""
    return np.asarray(dy[:, None] * where / where.sum(-1, keepdims=True))


@pytest.mark.parametrize("inputs", [(TIED,), (np.ones((3, 3)),)], ids=["some", "all"])
def test_a_gradient_that_goes_whole_to_each_of_a_tie_is_wrong(inputs: tuple[Array, ...]) -> None:
    """No number of a second source says so: along the line on which all grow, the largest grows as much."""
    found = examine((largest, to_all), inputs=inputs, budget="1ms", laws=["adjoint"])
    assert found.wrong
    assert "dx, direction " in story(found)
    assert "moves all entries alike" in story(found)


@pytest.mark.long
def test_ties_are_tried_that_an_example_does_not_have() -> None:
    """It is tried with some of its numbers twice side by side, too."""
    inputs = (np.array([[1.0, 3.0, 2.0], [0.0, -1.0, 4.0]]),)
    assert "adjoint" in examine((largest, to_all), inputs=inputs, budget="1ms").findings
    assert not (found := examine((largest, to_first), inputs=inputs, budget="1ms")).wrong, story(found)


def test_an_example_without_numbers_to_tie_is_tried_as_it_is() -> None:
    """One number has no neighbour, and equal ones are tied already."""
    layer = (lambda x: (x.sum(), x.shape), lambda dy, shape: dy * np.ones(shape))
    found = examine(layer, inputs=(np.full((2, 3), 0.5),), budget="1ms")
    assert not found.wrong, story(found)
    assert example.TIED not in {case.span for case in found.judged}


@pytest.mark.parametrize("backward", [to_first, shared])
def test_every_gradient_that_shares_a_tie_is_right(backward: Any) -> None:
    """Whichever of them gets it."""
    found = examine((largest, backward), inputs=(TIED,), budget="1ms", laws=["adjoint", "finite differences"])
    assert not found.wrong, story(found)


@pytest.mark.long
def test_a_normalization_of_two_is_not_tried_where_both_are_equal() -> None:
    """Nothing but the rounding of 1 / sqrt(eps) times 0 is left there."""
    torch.manual_seed(0)
    layer, x = torch.nn.LayerNorm(2).double(), torch.randn(4, 2, dtype=torch.float64)
    assert not (found := examine(layer, inputs=(x,), budget="1ms")).wrong, story(found)


def median_of_three(x: torch.Tensor) -> torch.Tensor:
    """By comparisons, as a sorting network has it: PyTorch shares each tie."""
    a, c, d = x
    return torch.maximum(torch.minimum(a, c), torch.minimum(torch.maximum(a, c), d))


@pytest.mark.long(keep=1)
@pytest.mark.sweep("medians of three", 2)
@pytest.mark.parametrize("seed", range(6))
def test_derivatives_that_do_not_add_up_are_no_gradient(seed: int) -> None:
    """A median of three equal numbers moves with none of them and with all: PyTorch's gradient there is valid."""
    x = torch.randn(3, 7, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    found = examine(median_of_three, inputs=(x,), budget="1ms", laws=["finite differences"], seed=seed)
    assert not found.wrong, story(found)


def largest_of_two(x: Array, t: Array) -> tuple[Array, Any]:
    """The larger of each pair of entries."""
    return np.maximum(x, t), (x, t)


@pytest.mark.parametrize(("beyond", "wrong"), [(np.greater_equal, True), (np.greater, False)])
def test_a_tie_between_two_arguments_is_kept_where_both_move_alike(beyond: Any, wrong: bool) -> None:
    """The whole gradient to either is too large; numbers in common are tried that an example does not have."""
    layer = (largest_of_two, lambda dy, saved: (dy * beyond(*saved), dy * (saved[1] >= saved[0])))
    inputs = (np.array([[1.0, 3.0, -2.0]]), np.array([[0.5, 4.0, -1.0]]))
    found = examine(layer, inputs=inputs, budget="1ms", laws=["adjoint"])
    assert found.wrong == wrong, story(found)


@pytest.mark.long
def test_a_net_of_maxima_and_minima_is_right_where_three_are_tied() -> None:
    """An entry alone moves nothing there in either sense, and still has a share; not every direction shows that."""

    def net(x: torch.Tensor) -> torch.Tensor:
        a, b, c = x
        return torch.maximum(a, torch.minimum(b, c))

    for seed in range(4):
        torch.manual_seed(seed)
        x = torch.randn(3, 4, dtype=torch.float64)
        assert not (found := examine(net, inputs=(x,), budget="1ms")).wrong, story(found)


MODES = (((1.0, 1.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)), ((1.0, 2.0), (0.0, 2.0), (2.0, 2.0), (0.0, 1.0), (0.0, 2.0)))


@pytest.mark.long
@pytest.mark.parametrize("numbers", MODES)
def test_the_mode_of_equal_numbers_has_derivatives_and_no_gradient(numbers: tuple[tuple[float, ...], ...]) -> None:
    """It moves with none of three, and with any two; PyTorch gives all to one of them."""
    x = torch.tensor(numbers, dtype=torch.float64)
    for layer in (lambda x: x.mode(0).values, lambda x: x.unfold(0, 3, 1).mode(2).values):
        found = examine(layer, inputs=(x,), budget="1ms", laws=["finite differences"])
        assert not found.wrong, story(found)


def mode_to_another(dy: Array, x: Array) -> Array:
    """The whole gradient to the first entry that is not the mode."""
    other = x != torch.tensor(x).mode(0).values.numpy()
    return np.asarray(dy * (other & (other.cumsum(0) == 1)))


def test_a_gradient_that_goes_past_the_mode_is_wrong() -> None:
    """What adds up beside it is a gradient."""
    layer = (lambda x: (torch.tensor(x).mode(0).values.numpy(), x), mode_to_another)
    found = examine(layer, inputs=(np.array(MODES[0]),), budget="1ms", laws=["finite differences"])
    assert found.findings["finite differences"], story(found)


def test_numbers_without_axes_that_are_drawn_are_looked_at_beside_kinks_too() -> None:
    """NumPy makes plain numbers of such arrays as soon as it computes with them."""
    for factor in (1.0, 2.0):
        found = examine(
            (lambda x: (x**2, x), lambda dy, x, f=factor: 2 * f * x * dy), inputs=st.floats(-2, 2), budget="1ms"
        )
        assert found.wrong == (factor != 1), story(found)


def test_numbers_in_common_lie_on_a_side_of_0_where_an_argument_has_some() -> None:
    """Of a logarithm beside a probability there are none; of two that have both sides, there are."""
    below, above, both = -np.ones((3, 4)), np.ones((3, 4)), np.array([[1.0, -1.0, 2.0, -2.0]] * 3)
    apart = example.shared({"logs": below, "targets": above}, "float64")
    assert np.all(apart["targets"] == above)
    together = example.shared({"logs": below, "targets": both, "nothing": 0 * above}, "float64")
    assert np.any(together["targets"] != both)
    assert np.any(together["nothing"])
