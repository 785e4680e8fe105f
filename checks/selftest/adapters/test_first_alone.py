"""Objects that give several outputs, and go back from the gradient of the first alone."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((2, 4, 3))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Running:
    """Sums along the second axis, and the last of them."""

    share = 1.0

    def forward(self, x: Array) -> tuple[Array, Array]:
        """Of x (N, T, C)."""
        self.shape = x.shape
        found = np.cumsum(x, axis=1)
        return found, found[:, -1].copy()

    def backward(self, d_out: Array) -> Array:
        """From the gradient of all sums."""
        dx = np.zeros(self.shape)
        later = np.zeros_like(d_out[:, 0, :])
        for step in reversed(range(self.shape[1])):
            later = later + d_out[:, step, :]
            dx[:, step, :] = self.share * later
        return dx


class Halved(Running):
    """A wrong one."""

    share = 0.5


class OfBoth(Running):
    """Goes back from both."""

    def backward(self, d_out: Any) -> Array:
        """From the gradients of all sums and of the last."""
        every, last = d_out
        every = every.copy()
        every[:, -1] += last
        return super().backward(every)


@pytest.mark.parametrize(("layer", "wrong"), [(Running, False), (Halved, True)])
def test_the_first_output_alone_is_examined(layer: type[Running], wrong: bool) -> None:
    """And a note says so: it raises where it gets a gradient for each."""
    found = examine(layer(), inputs=(X,), **QUICK)
    assert found.wrong == wrong, story(found)
    assert any("goes back from that of the first alone" in note for note in found.notes)
    assert any("not examined, of 2 outputs: 2 (float64)" in note for note in found.notes)


def test_a_script_takes_the_first_output() -> None:
    """As the layer gives it."""
    assert "return layer.forward(x)[0], layer" in story(examine(Halved(), inputs=(X[:1, :2],), **QUICK))


def test_of_one_that_goes_back_from_all_outputs_all_count() -> None:
    """Nothing is left out."""
    found = examine(OfBoth(), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert any("2 outputs raveled into one" in note for note in found.notes)
    assert not any("first alone" in note for note in found.notes)
