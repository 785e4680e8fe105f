"""Layers that keep their weight in a part of their own: a convolution that is one of stride 1, and a thinning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward

X = np.random.default_rng(0).standard_normal((2, 2, 5, 5))


class Dense:
    """A convolution of stride 1; ``factor`` stands before the gradient of its weight."""

    def __init__(self, inputs: int, outputs: int, side: int, factor: float = 1.0) -> None:
        self.W, self.b = np.ones((outputs, inputs, side, side)), np.zeros(outputs)
        self.factor = factor

    def forward(self, x: Array) -> Array:
        """Y alone."""
        y, self.saved = conv_forward(x, self.W, self.b)
        return y

    def backward(self, dy: Array) -> Array:
        """It keeps those of its parameters."""
        dx, dweight, self.dLdb = conv_backward(dy, self.saved)
        self.dLdW = self.factor * dweight
        return dx


class Thinned:
    """Each second entry along each axis, or each third."""

    def __init__(self, stride: int) -> None:
        self.stride = stride

    def forward(self, x: Array) -> Array:
        """Keeps the shape alone."""
        self.shape = x.shape
        return np.array(x[:, :, :: self.stride, :: self.stride])

    def backward(self, dy: Array) -> Array:
        """Zeros between."""
        dx = np.zeros(self.shape, dy.dtype)
        dx[:, :, :: self.stride, :: self.stride] = dy
        return dx


class Strided:
    """A convolution of both."""

    factor = 1.0

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int) -> None:
        self.stride = stride
        self.parts: list[Any] = [Dense(in_channels, out_channels, kernel_size, self.factor), Thinned(stride)]

    def forward(self, x: Array) -> Array:
        """One after the other."""
        for part in self.parts:
            x = part.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """And back."""
        for part in reversed(self.parts):
            dy = part.backward(dy)
        return dy


class WrongStrided(Strided):
    """The gradient of the weight is twice what it must be."""

    factor = 2.0


@pytest.mark.parametrize(
    ("right", "wrong"),
    [(Strided, WrongStrided), (Strided(2, 4, 3, 2), WrongStrided(2, 4, 3, 2))],
    ids=["class", "object"],
)
def test_the_weight_and_its_gradient_are_found_in_the_part_that_keeps_them(right: Any, wrong: Any) -> None:
    """Its bias, too; of a script the places are those of the part."""
    found = examine(right, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert {kind.of for kind in found.exclusion.resolutions} == {"y", "dx", "dweight", "dbias"}
    strides = {case.config["stride"] for case in found.judged}
    assert {1, 2, 3} < strides if isinstance(right, type) else strides == {2}
    failed = examine(wrong, like="conv2d", budget="1ms")
    assert {each.verdict.of for each in failed.findings.values()} == {"dweight"}, story(failed)
    assert "layer.parts[0].W = weight" in story(failed)
    assert "layer.parts[0].dLdW.copy()" in story(failed)


class Scaled(Strided):
    """Behind which stands a factor with a gradient, in a part of its own."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride)
        self.parts.append(Factor())


class Factor:
    """A factor of 1."""

    def __init__(self) -> None:
        self.gamma = np.ones(1)

    def forward(self, x: Array) -> Array:
        """The product."""
        self.x = x
        return np.asarray(x * self.gamma.astype(x.dtype))

    def backward(self, dy: Array) -> Array:
        """No gradient of it is right."""
        self.dgamma = np.zeros(1)
        return np.asarray(dy * self.gamma.astype(dy.dtype))


def test_what_other_parts_keep_is_told_to_be_not_examined() -> None:
    """By its name."""
    found = examine(Scaled, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert any("parts[2].gamma, which has a gradient" in note for note in found.notes), found.notes


class Separable(Strided):
    """Two weights, one after the other."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: int, stride: int) -> None:
        super().__init__(in_channels, out_channels, kernel_size, stride)
        self.parts.append(Dense(out_channels, out_channels, 1))


def test_several_parts_with_weights_are_told_and_asked_for_examples() -> None:
    """On which both are examined."""
    with pytest.raises(
        UsageError, match=r"2 parts that have one: parts\[0\], parts\[2\]; expected .* inputs=\(x"
    ) as told:
        examine(Separable, like="conv2d", budget="1ms")
    assert "layer.weight" not in str(told.value)
    found = examine(Separable(2, 4, 3, 2), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert {"parts[0].W", "parts[2].W"} < set(found.family.arguments)


class Elsewhere(Dense):
    """A weight that no name shows, and whose code shows that of its gradient."""

    def __init__(self, inputs: int, outputs: int, side: int) -> None:
        self.theta, self.shift = np.ones((outputs, inputs, side, side)), np.zeros(outputs)


class Unasked(Dense):
    """One whose constructor nobody understands."""

    def __init__(self, ways: int) -> None:
        super().__init__(ways, ways, 3)


def test_an_adapter_names_the_places_that_the_code_of_a_class_shows() -> None:
    """Of its bases, too; in capitals what is the user's to fill in."""
    with pytest.raises(
        UsageError, match=r"layer.W, layer.b = weight, bias; .*\n.*, layer.dLdW, layer.dLdb\)\)"
    ) as told:
        examine(Unasked, like="conv2d")
    assert "in capitals" not in str(told.value)
    with pytest.raises(UsageError, match=r"layer.WEIGHT, layer.BIAS = weight, bias; .*in capitals: its own names"):
        examine(Thinned, like="conv2d")
