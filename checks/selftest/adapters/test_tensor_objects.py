"""Objects and classes that are written by hand on PyTorch's tensors: their parameters are tensors, too."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.selftest.diagnosis.by_itself import demand_shown, written

GRAD: Any = import_module("torch.nn.grad")
LAWS = ["reference", "adjoint"]
HANDED = "the layer's forward and backward are handed tensors"


class Conv:
    """A convolution that keeps its kernels; ``times`` is by what dbias is too large."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int, stride: int = 1, padding: int = 0, times: float = 1
    ) -> None:
        self.weight = torch.randn(out_channels, in_channels, kernel_size, kernel_size)
        self.bias, self.stride, self.padding, self.times = torch.zeros(out_channels), stride, padding, times
        self.zeroed = 0

    def zero_grad(self) -> None:
        """As tensors are."""
        self.zeroed = self.weight.numel()

    def forward(self, x: Any) -> Any:
        """PyTorch's."""
        self.x = x
        return torch.nn.functional.conv2d(x, self.weight, self.bias, self.stride, self.padding)

    def backward(self, dy: Any) -> Any:
        """From what it keeps."""
        settings = self.stride, self.padding
        self.dweight = GRAD.conv2d_weight(self.x, self.weight.shape, dy, *settings)
        self.dbias = self.times * dy.sum((0, 2, 3))
        return GRAD.conv2d_input(self.x.shape, self.weight, dy, *settings)


class Doubled(Conv):
    """With a mistake."""

    def backward(self, dy: Any) -> Any:
        """Dbias counts twice."""
        self.times = 2
        return super().backward(dy)


class Given(Conv):
    """The same, which is given its kernels."""

    def __init__(self, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> None:
        super().__init__(weight.shape[1], weight.shape[0], weight.shape[2], stride, padding)
        self.weight, self.bias = weight, bias


class Rectified:
    """ReLU by a method that tensors alone have."""

    def forward(self, x: Any) -> Any:
        """Keeps a mask."""
        self.mask = x > 0
        return x.clamp(min=0)

    def backward(self, dy: Any) -> Any:
        """Right."""
        return dy * self.mask


class Twice(Rectified):
    """With a mistake."""

    def backward(self, dy: Any) -> Any:
        """Twice too large."""
        return 2 * super().backward(dy)


@pytest.mark.parametrize(
    ("layer", "like"),
    [(Conv, "conv2d"), (Conv(2, 3, 3), "conv2d"), (Given, "conv2d"), (Rectified, "relu"), (Rectified(), "relu")],
    ids=["a class", "an object", "a class with its kernels", "a class without any", "an object without any"],
)
def test_a_right_layer_of_a_family_that_keeps_tensors_is_right(layer: Any, like: str) -> None:
    """And a note says what it is handed."""
    found = examine(layer, like, budget="1ms", laws=LAWS)
    assert not found.wrong, story(found)
    assert found.compared
    assert HANDED in found.notes


@pytest.mark.parametrize(
    ("layer", "like"),
    [(Doubled, "conv2d"), (Doubled(2, 3, 3), "conv2d"), (Twice, "relu")],
    ids=["class", "object", "relu"],
)
def test_a_wrong_layer_of_a_family_that_keeps_tensors_is_found(layer: Any, like: str) -> None:
    """By a number, not by how it is called."""
    found = examine(layer, like, budget="1ms", laws=LAWS)
    assert set(found.findings) == {"reference", "adjoint"}, story(found)


@pytest.mark.long
def test_the_parameters_of_an_object_on_tensors_are_examined_on_examples() -> None:
    """In the format of the examples, which a note says; its user's tensors are left as they are."""
    x, right, wrong = np.random.default_rng(0).standard_normal((1, 1, 3, 3)), Conv(1, 2, 2), Doubled(1, 2, 2)
    before = wrong.weight.clone()
    quick: dict[str, Any] = {"inputs": (x,), "budget": "1ms", "laws": ["adjoint"]}
    found = examine(right, **quick)
    assert not found.wrong, story(found)
    assert "weight, bias, of float32, are examined in float64" in found.notes
    assert examine(wrong, **quick).findings["adjoint"].verdict.of.startswith("dbias")
    assert torch.equal(wrong.weight, before)
    assert wrong.weight.dtype == torch.float32


def test_a_script_of_a_class_on_tensors_runs_and_shows_the_wrong_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beside its file, with a bias of its own where the case has none."""
    source = '''
import torch


class Scaled:
    """A convolution of one pixel, 1 too large."""

    def __init__(self, in_channels, out_channels, kernel_size=1):
        self.weight, self.bias = torch.zeros(out_channels, in_channels, 1, 1), torch.zeros(out_channels)

    def forward(self, x):
        self.x = x
        return torch.nn.functional.conv2d(x, self.weight, self.bias)

    def backward(self, dy):
        self.dweight = torch.einsum("nohw,nihw->oi", dy, self.x)[:, :, None, None]
        self.dbias = 2 * dy.sum((0, 2, 3)) + 1
        return torch.einsum("nohw,oi->nihw", dy, self.weight[:, :, 0, 0])
'''
    layers = written(source, tmp_path, monkeypatch)
    found = examine(layers.Scaled, "conv2d", budget="1ms", laws=["reference"], supports={"kernel_size": 1})
    demand_shown([found.findings["reference"]], tmp_path)
