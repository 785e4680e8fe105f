"""Objects and classes that keep a weight and a bias in lists, without names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.diagnosis.by_itself import demand_shown, written

SOURCE = """
import numpy as np

from reference_impl import conv_backward, conv_forward


class Handed:
    times = 1

    def __init__(self, W, b, stride=1):
        self.params, self.stride = [W, b], stride
        self.grads = [np.zeros_like(W), np.zeros_like(b)]

    def forward(self, x):
        y, self.saved = conv_forward(x, *self.params, stride=self.stride)
        return y

    def backward(self, dout):
        dx, *found = conv_backward(dout, self.saved)
        for place, gradient in enumerate(found):
            self.grads[place] = self.times * gradient
        return dx


class Sized(Handed):
    def __init__(self, in_channels, out_channels, kernel_size):
        window = (kernel_size,) * 2 if isinstance(kernel_size, int) else tuple(kernel_size)
        super().__init__(np.ones((out_channels, in_channels, *window)), np.zeros(out_channels))
        self.grads = [None, None]


class ByMethods(Handed):
    def __init__(self, one, other):
        self.one, self.other, self.stride, self.left = one, other, 1, {"a": None, "b": None}

    def params(self):
        return [self.one, self.other]

    def grads(self):
        return [self.left["a"], self.left["b"]]

    def forward(self, x):
        y, self.saved = conv_forward(x, self.one, self.other)
        return y

    def backward(self, dout):
        dx, self.left["a"], self.left["b"] = conv_backward(dout, self.saved)
        return dx


class InCache(Handed):
    def __init__(self, W, b):
        self.W, self.b, self.cache = W, b, {}

    def forward(self, x):
        y, self.saved = conv_forward(x, self.W, self.b)
        return y

    def backward(self, dout):
        dx, self.cache["dW"], self.cache["db"] = conv_backward(dout, self.saved)
        return dx


class Briefly(Handed):
    def __init__(self, w, b):
        self.p, self.g = {"w": w, "b": b}, {}

    def forward(self, x):
        y, self.saved = conv_forward(x, self.p["w"], self.p["b"])
        return y

    def backward(self, dout):
        dx, dw, db = conv_backward(dout, self.saved)
        self.g = {"w": dw, "b": db}
        return dx


class HandedWrong(Handed):
    times = 2


class SizedWrong(Sized):
    times = 2
"""

W, B = np.random.default_rng(0).standard_normal((4, 3, 3, 3)), np.zeros(4)

#: What is examined, of the module in which it stands.
LAYERS: dict[str, Any] = {
    "a class that is handed arrays": lambda own: own.Handed,
    "a class that is told sizes": lambda own: own.Sized,
    "a class that leaves gradients in its cache": lambda own: own.InCache,
    "a class of two dictionaries": lambda own: own.Briefly,
    "an object": lambda own: own.Handed(W, B, 2),
    "an object whose gradients are yet to come": lambda own: own.Sized(3, 4, 3),
    "an object that gives them by methods": lambda own: own.ByMethods(W, B),
}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module in which the layers stand."""
    return written(SOURCE, tmp_path, monkeypatch)


@pytest.mark.parametrize("layer", LAYERS.values(), ids=LAYERS)
def test_a_weight_in_a_list_is_the_case_s_and_its_gradient_is_beside_it(layer: Any, own: Any) -> None:
    """Like a family: the cases put theirs there."""
    found = examine(layer(own), like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert len({case.shapes["weight"] for case in found.judged}) > 1


@pytest.mark.usefixtures("plainest")
def test_a_wrong_gradient_in_a_list_is_wrong_and_its_script_shows_it(own: Any, tmp_path: Path) -> None:
    """Of objects and of classes."""
    wrong = own.HandedWrong, own.HandedWrong(W, B), own.SizedWrong
    every = [examine(layer, like="conv2d", budget="1ms", laws=["reference"]) for layer in wrong]
    assert [list(found.findings) for found in every] == [["reference"]] * len(wrong)
    demand_shown([found.findings["reference"] for found in every], tmp_path, "np.ones((4, 3, 3, 3)), np.zeros(4)")
