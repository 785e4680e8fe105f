"""An object that works with the sizes alone which it was built with is examined on these."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.objects import _weight_of
from checks.types import Array
from reference_impl import conv_backward, conv_forward


class Sized:
    """A convolution whose matrix of weights has the sizes that its constructor was given; ``factor`` is right at 1."""

    def __init__(self, inputs: int, outputs: int, side: int, factor: float = 1.0) -> None:
        self.sizes, self.factor = (outputs, inputs, side, side), factor
        self.W, self.b = np.ones(self.sizes), np.zeros(outputs)

    def forward(self, x: Array) -> Array:
        """Padding of 1 stays inside."""
        y, self.saved = conv_forward(x, self.W.reshape(self.sizes), self.b, padding=1)
        return y

    def backward(self, dy: Array) -> Any:
        """The reference's, but for a factor of dweight."""
        dx, dweight, dbias = conv_backward(dy, self.saved)
        return dx, self.factor * dweight, dbias


@pytest.mark.parametrize("factor", [1.0, 2.0], ids=["right", "wrong"])
def test_it_is_examined_with_weights_of_its_own_shape(factor: float) -> None:
    """Where other shapes break it: the report says what it raised on those."""
    found = examine(Sized(2, 4, 3, factor), like="conv2d", budget="1ms")
    assert found.wrong == (factor != 1), story(found)
    assert {case.shapes["weight"] for case in found.judged} == {(4, 2, 3, 3)}
    assert story(found).count("weights of another shape than (4, 2, 3, 3), with which it was built") == 1
    assert len({case.shapes["x"] for case in found.judged}) > 8


@pytest.mark.parametrize("weight", [None, SimpleNamespace(shape=None), 3.0])
def test_a_weight_that_has_no_shape_says_nothing_of_sizes(weight: Any) -> None:
    """One that is built later, or is something else."""
    assert _weight_of(SimpleNamespace(W=weight)) == ()
