"""A constructor that hands whatever it is given on to its base takes what the base says."""

from __future__ import annotations

from inspect import signature
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.callables import signature_of
from checks.adapters.inherited import constructed
from checks.types import Array
from reference_impl import conv_backward, conv_forward


class Named:
    """A convolution that has its weights itself."""

    def __init__(self, in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1) -> None:
        sides = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
        self.weight, self.stride = np.zeros((out_channels, in_channels, *sides)), stride

    def forward(self, x: Array) -> Array:
        """The reference's."""
        y, self.saved = conv_forward(x, self.weight, None, stride=self.stride)
        return y

    def backward(self, dy: Array) -> Array:
        """The reference's, with the weight's gradient in its place."""
        dx, self.dweight, _ = conv_backward(dy, self.saved)
        return np.asarray(dx)


class Counting:
    """A mixin between a class and its base."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.calls = 0


class HandsOn(Counting, Named):
    """Hands everything on, over a mixin that does so too."""

    def __init__(self, *args: Any, name: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name


class ByPlace(Named):
    """Hands on what is given by position."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)


class ByName(Named):
    """Hands on what is given by name, and errs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)

    def backward(self, dy: Array) -> Array:
        """Wrong where windows move by more than one."""
        return super().backward(dy) * (1 if self.stride in {1, (1, 1)} else 2)


class Keeps(Named):
    """Takes anything and hands on nothing of it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(2, 2, 3)
        self.rest = dict(*args, **kwargs)


class Says(Named):
    """Names what it takes itself; it hands other keywords on."""

    def __init__(self, kernel_size: Any, **kwargs: Any) -> None:
        super().__init__(kernel_size=kernel_size, **kwargs)


class Defaulted(Named):
    """A default of its own stands before what must be given."""

    def __init__(self, name: str = "", *args: Any) -> None:
        super().__init__(*args)
        self.name = name


class Module(torch.nn.Conv2d):
    """PyTorch's, made by handing everything on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


@pytest.mark.parametrize("kind", [HandsOn, ByPlace, Module])
def test_what_is_handed_on_is_what_the_base_takes(kind: type) -> None:
    """No array of the case is, and a right layer is right."""
    found = examine(kind, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)


def test_a_mistake_behind_handed_on_keywords_is_found() -> None:
    """The stride of the base is asked for."""
    assert "reference" in examine(ByName, like="conv2d", budget="1ms").findings


def test_own_parameters_come_before_those_of_the_base() -> None:
    """By name, for the place of the base's is not known."""
    found = str(signature_of(HandsOn, "constructor", ("weight",)))
    assert found.replace("'", "") == (
        "(*, name: str = , in_channels: int, out_channels: int, kernel_size: Any, stride: Any = 1)"
    )


@pytest.mark.parametrize("kind", [Keeps, Says, Named, Counting, Defaulted], ids=lambda kind: kind.__name__)
def test_a_constructor_that_says_itself_what_it_takes_is_taken_at_its_word(kind: type) -> None:
    """Or that hands on nothing, or has no base with a constructor that can be read."""
    assert constructed(kind, signature(kind)).parameters == signature(kind).parameters
