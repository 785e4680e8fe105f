"""A constructor that takes one dictionary with keys of its own cannot be called: that is told, with the adapter."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.errors import UsageError
from checks.types import Array
from reference_impl import conv_backward, conv_forward


class _Convolution:
    """What is built of the sizes; each of these is right."""

    stride: int
    W: Array
    b: Array

    def forward(self, x: Array) -> Array:
        """Of one stride."""
        y, self.saved = conv_forward(x, self.W, self.b, stride=self.stride)
        return y

    def backward(self, dy: Array) -> Array:
        """Keeps the parameters' gradients."""
        dx, self.dW, self.db = conv_backward(dy, self.saved)
        return np.asarray(dx)


class OwnKeys(_Convolution):
    """Its channels are called in and out."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.stride = config["stride"]
        self.W = np.zeros((config["out"], config["in"], config["kernel_size"], config["kernel_size"]))
        self.b = np.zeros(config["out"])


class KnownKeys(_Convolution):
    """In words that are known; it needs each of them."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        self.stride, size = config["stride"], config["kernel_size"]
        self.W = np.zeros((config["out_channels"], config["in_channels"], size, size))
        self.b = np.zeros(config["out_channels"])


class Loses(KnownKeys):
    """Looks for something in a dictionary of its own, where there is nothing."""

    def __init__(self, config: Mapping[str, Any]) -> None:
        super().__init__(config)
        self.table = dict[str, int]()
        self.size = self.table["nothing"]


def test_a_key_that_no_word_stands_for_is_told_with_those_that_do_and_the_adapter() -> None:
    """Nothing is wrong with such a layer."""
    with pytest.raises(UsageError) as raised:
        examine(OwnKeys, like="conv2d", budget="1ms")
    told = str(raised.value)
    assert told.startswith(
        "OwnKeys looks for the key 'out' among its settings, and it was built as OwnKeys(config={'in_"
    )
    assert "'out_channels': " in told
    assert "    def forward(x, weight, bias=None, stride=1, padding=0): layer = OwnKeys(...)" in told


def test_a_key_that_a_case_leaves_out_is_no_such_key() -> None:
    """It has a default elsewhere."""
    found = examine(KnownKeys, like="conv2d", budget="1ms")
    assert found.compared
    assert "runs" not in found.findings, story(found)


def test_a_key_of_another_dictionary_is_the_layers_own_affair() -> None:
    """Its constructor raises, whatever it is given."""
    assert "KeyError: 'nothing'" in story(examine(Loses, like="conv2d", budget="1ms"))
