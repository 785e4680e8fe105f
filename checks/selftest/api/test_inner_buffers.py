"""What a layer rounds inside, or has no derivative at, is not taken for a mistake of its backward."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

RNG = np.random.default_rng(0)


def product(x: Array, w: Array) -> tuple[Array, Any]:
    """Through a buffer of float32, as im2col may have one."""
    columns = np.empty(x.shape, np.float32)
    columns[...] = x
    return columns @ w, (columns, w)


def gradients(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Right."""
    return dy @ saved[1].T, saved[0].T @ dy


def doubled(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Dx is twice what it must be."""
    return 2 * dy @ saved[1].T, saved[0].T @ dy


@pytest.mark.long(keep=1)
@pytest.mark.usefixtures("every_step")
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(("backward", "wrong"), [(gradients, False), (doubled, True)])
def test_steps_that_a_buffer_rounds_away_are_not_taken(backward: Any, wrong: bool, dtype: str) -> None:
    """Beside zeros they survive at these alone, and differences settle on what these say."""
    inputs = (RNG.normal(size=(3, 4)).astype(dtype), RNG.normal(size=(4, 2)).astype(dtype))
    found = examine((product, backward), inputs=inputs, budget="1ms", laws=["finite differences", "adjoint"])
    assert found.wrong == wrong, story(found)


def test_a_gradient_that_is_no_number_where_rows_were_made_the_same_is_a_hazard() -> None:
    """PyTorch's own of a standard deviation is none, and the example holds no such rows."""
    x = torch.randn(3, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    found = examine(lambda x: (x - x.mean(0)).pow(2).mean(0).sqrt(), inputs=(x,), budget="1ms")
    assert not found.wrong, story(found)
