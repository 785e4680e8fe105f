"""Layers that draw random numbers."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.generators import LOOKS, Generators
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
OWN = np.random.default_rng(0)


def _pythons() -> float:
    return random.random()  # noqa: S311 - what layers do


DRAWS: dict[str, Any] = {
    "NumPy's": lambda shape: np.random.rand(*shape),  # noqa: NPY002 - what layers do
    "NumPy's normal numbers, which come in pairs": lambda shape: np.random.randn(*shape, 3)[..., 0],  # noqa: NPY002
    "Python's": lambda shape: np.array([_pythons() for _ in range(int(np.prod(shape)))]).reshape(shape),
}


def _dropout(draw: Any) -> Any:
    def forward(x: Array) -> tuple[Array, Array]:
        kept = (draw(x.shape) > 0.25) * 2.0
        return x * kept, kept

    return forward, lambda dy, kept: dy * kept


@pytest.mark.parametrize("name", DRAWS)
def test_a_layer_that_draws_from_a_shared_generator_is_right(name: str) -> None:
    """It draws the same numbers in each forward."""
    found = examine(_dropout(DRAWS[name]), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)


def test_a_layer_with_a_generator_of_its_own_is_told_what_to_do() -> None:
    """Nobody can reach that one."""
    found = examine(_dropout(OWN.random), inputs=(X,), budget="1ms", laws=["repeatable"])
    why = found.findings["repeatable"].verdict.why
    assert "y differs from call to call: if the layer draws random numbers, hand it the same generator each time" in why


def test_a_layer_that_draws_is_examined_on_what_it_drew() -> None:
    """Its mistakes are found."""
    forward, _ = _dropout(DRAWS["NumPy's"])
    assert (
        "adjoint"
        in examine((forward, lambda dy, kept: dy + 0 * kept), inputs=(X,), budget="1ms", laws=["adjoint"]).findings
    )


def _now_and_then(x: Array) -> tuple[Array, Array]:
    wrong = np.random.rand() < 0.2  # noqa: NPY002 - what layers do
    return np.maximum(x, 0) * (1 + wrong), x


def _now_and_then_in_torch(x: torch.Tensor) -> torch.Tensor:
    return torch.relu(x) * (1 + (torch.rand(()) < 0.2))


@pytest.mark.parametrize("layer", [(_now_and_then, lambda dy, x: dy * (x > 0)), _now_and_then_in_torch])
def test_what_goes_wrong_in_some_draws_goes_wrong_on_some_shapes(layer: Any) -> None:
    """Each shape has a seed of its own, the same in every process."""
    assert "reference" in examine(layer, "relu", budget="1ms").findings


RANDOM: dict[str, Any] = {
    "a module": torch.nn.Dropout(0.5),
    "numbers like x": lambda x: x * (1 + torch.rand_like(x)),
    "numbers of another format's own": lambda x: x * torch.bernoulli(torch.full_like(x, 0.7)),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("name", RANDOM)
def test_draws_that_follow_format_and_layout_are_no_mistake(name: str, dtype: str) -> None:
    """In a wider format, and in another order of memory, such a layer draws other numbers."""
    found = examine(RANDOM[name], inputs=(X.astype(dtype),), budget="1ms", laws=["adjoint", "layout", "repeatable"])
    assert not found.wrong, story(found)
    assert "the layer draws random numbers" in story(found)
    assert found.tallies["adjoint"].right


def test_the_callers_generators_go_on_as_if_nobody_had_drawn() -> None:
    """NumPy's and Python's, once it is known which of them a layer uses, and before."""
    generators = Generators()
    for _ in range(LOOKS + 2):
        np.random.seed(7)  # noqa: NPY002 - the one in question
        random.seed(7)
        expected = np.random.rand(3).tolist(), _pythons()  # noqa: NPY002
        np.random.seed(7)  # noqa: NPY002
        random.seed(7)
        with generators.seeded(0):
            inside = np.random.rand(3).tolist(), _pythons()  # noqa: NPY002
        assert (np.random.rand(3).tolist(), _pythons()) == expected  # noqa: NPY002
        assert inside != expected


def test_python_s_generator_is_left_alone_where_a_layer_does_not_draw_from_it() -> None:
    """Looking takes longer than a small layer."""
    generators = Generators()
    for _ in range(LOOKS + 2):
        with generators.seeded(0):
            pass
    assert (generators.looks, generators.draws) == (LOOKS, False)
