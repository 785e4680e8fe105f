"""Parameters at the ones and zeros with which a layer was built."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.as_initial import MOVED, trained
from checks.types import Array

X = np.random.default_rng(0).standard_normal((4, 6))


class Normalization:
    """Rows of mean 0 and variance 1, scaled and shifted, as it is built everywhere."""

    def __init__(self, count: int) -> None:
        self.gamma, self.beta = np.ones(count), np.zeros(count)

    def forward(self, x: Array) -> Array:
        """Keeps what it made."""
        self.scale = 1 / np.sqrt(x.var(-1, keepdims=True) + 1e-5)
        self.made = (x - x.mean(-1, keepdims=True)) * self.scale
        return np.asarray(self.made * self.gamma + self.beta)

    def backward(self, dy: Array) -> Array:
        """Back through the scale, the mean and the variance."""
        self.dgamma, self.dbeta = (dy * self.made).sum(0), dy.sum(0)
        return self._of_made(dy * self.gamma)

    def _of_made(self, dy: Array) -> Array:
        along = (dy * self.made).mean(-1, keepdims=True)
        return np.asarray(self.scale * (dy - dy.mean(-1, keepdims=True) - self.made * along))


class Forgetful(Normalization):
    """Its backward leaves gamma out."""

    def backward(self, dy: Array) -> Array:
        """As if that were ones for good."""
        super().backward(dy)
        return self._of_made(dy)


@pytest.mark.parametrize(("kind", "wrong"), [(Normalization, False), (Forgetful, True)])
def test_ones_and_zeros_of_a_built_layer_are_other_numbers(kind: type, *, wrong: bool) -> None:
    """A note says so; what forgets them is wrong, and no hazard."""
    found = examine(kind(6), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert found.wrong == wrong, story(found)
    assert MOVED.format("gamma, beta") in found.notes


def test_so_are_those_of_a_module() -> None:
    """And what is neither, a single number or called otherwise, is as it was."""
    found = examine(torch.nn.LayerNorm(6).double(), inputs=(torch.tensor(X),), budget="1ms", laws=["adjoint"])
    assert MOVED.format("weight, bias") in found.notes
    own: dict[str, Any] = {"window": np.ones(3), "weight": np.full(3, 0.5), "scale": np.ones(1)}
    remarks: list[str] = []
    assert trained(own, remarks) == own
    assert remarks == []
