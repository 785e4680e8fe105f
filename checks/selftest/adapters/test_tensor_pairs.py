"""Forwards and backwards that are written by hand on PyTorch's tensors, without autograd."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

X, W = np.random.default_rng(0).standard_normal((2, 3, 4)), np.random.default_rng(1).standard_normal(4)
GRAD: Any = import_module("torch.nn.grad")
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences", "arguments unchanged"]}


def norm(x: Any, w: Any) -> tuple[Any, Any]:
    """Layer normalisation by methods that tensors alone have."""
    count = x.size(-1)
    slope = (((x - x.sum(-1, keepdim=True) / count) ** 2).sum(-1, keepdim=True) / count + 1e-5) ** -0.5
    normal = (x - x.sum(-1, keepdim=True) / count) * slope
    return normal * w, (normal, w, slope)


def back(dy: Any, saved: Any) -> tuple[Any, Any]:
    """Right."""
    normal, w, slope = saved
    inner = dy * w
    dx = inner - inner.mean(-1, keepdim=True) - normal * (inner * normal).mean(-1, keepdim=True)
    return torch.mul(dx, slope), (dy * normal).sum((0, 1))


def wrong(dy: Any, saved: Any) -> tuple[Any, Any]:
    """The factor 1 / std is forgotten."""
    dx, dw = back(dy, saved)
    return dx / saved[2], dw


class Norm:
    """The same in static methods, as karpathy's llm.c has it."""

    backward_of: Callable[..., Any] = staticmethod(back)

    @staticmethod
    def forward(x: Any, w: Any) -> tuple[Any, Any]:
        """As above."""
        return norm(torch.clone(x), w)

    @classmethod
    def backward(cls, dy: Any, saved: Any) -> tuple[Any, Any]:
        """As above."""
        found: tuple[Any, Any] = cls.backward_of(dy, saved)
        return found


class WrongNorm(Norm):
    """The same with the mistake."""

    backward_of = staticmethod(wrong)


LAYERS = {"a pair": ((norm, back), (norm, wrong)), "a class": (Norm, WrongNorm), "an object": (Norm(), WrongNorm())}


@pytest.mark.long(keep=1)
@pytest.mark.sweep("kinds of layers on tensors", 2)
@pytest.mark.parametrize("examples", [(X, W), (torch.tensor(X), torch.tensor(W))], ids=["arrays", "tensors"])
@pytest.mark.parametrize(("right", "planted"), LAYERS.values(), ids=LAYERS)
def test_a_hand_written_pair_on_tensors_is_handed_tensors(right: Any, planted: Any, examples: Any) -> None:
    """And a note says so; a mistake is found."""
    found = examine(right, inputs=examples, **QUICK)
    assert not found.wrong, story(found)
    assert found.compared
    assert "the layer's forward and backward are handed tensors" in found.notes
    assert set(examine(planted, inputs=examples, **QUICK).findings) == {"finite differences"}


def test_a_pair_of_numpy_stays_one_whatever_its_examples_are() -> None:
    """Tensors are examples like any others."""

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(np.multiply(dy, 2 * x, out=np.empty_like(x)))

    found = examine(
        (lambda x: (np.multiply(x, x, out=np.empty_like(x)), x), backward), inputs=(torch.tensor(X),), **QUICK
    )
    assert not found.wrong, story(found)
    assert "the layer's forward and backward are handed tensors" not in found.notes


def conv(x: Any, w: Any, b: Any = None, stride: int = 1, padding: int = 0) -> tuple[Any, Any]:
    """PyTorch's own forward."""
    return torch.nn.functional.conv2d(x, w, b, stride, padding), (x, w, stride, padding)


def conv_back(dy: Any, saved: Any) -> tuple[Any, Any, Any]:
    """Right."""
    x, w, *settings = saved
    dx = GRAD.conv2d_input(x.shape, w, dy, *settings)
    return dx, GRAD.conv2d_weight(x, w.shape, dy, *settings), dy.sum((0, 2, 3))


def unrotated(dy: Any, saved: Any) -> tuple[Any, Any, Any]:
    """The kernel is rotated once too often in dx."""
    x, w, *settings = saved
    return conv_back(dy, (x, w.flip(2, 3), *settings))[0], *conv_back(dy, saved)[1:]


class Rectified:
    """ReLU as an object."""

    def forward(self, x: Any) -> Any:
        """Keeps x."""
        self.x = x
        return torch.relu(x)

    def backward(self, dy: Any) -> Any:
        """Right."""
        return torch.mul(dy, self.x > 0)


@pytest.mark.parametrize(
    ("layer", "like"),
    [((conv, conv_back), "conv2d"), ((conv, unrotated), "conv2d"), (Rectified(), "relu")],
    ids=["a pair", "a wrong pair", "an object"],
)
def test_a_layer_of_a_family_that_is_written_on_tensors_is_handed_tensors(layer: Any, like: str) -> None:
    """As a plain case shows, on which arrays make it raise; its mistakes are found."""
    found = examine(layer, like=like, budget="1ms", laws=["reference", "adjoint"])
    wrong = {"reference", "adjoint"} if isinstance(layer, tuple) and layer[1] is unrotated else set()
    assert set(found.findings) == wrong, story(found)
    assert "the layer's forward and backward are handed tensors" in found.notes


def test_a_numpy_layer_of_a_family_beside_tensors_stays_one() -> None:
    """Its module imports PyTorch alone, and it names nothing of NumPy's."""
    found = examine((lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0)), "relu", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert "the layer's forward and backward are handed tensors" not in found.notes


def clipped(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A ReLU."""
    return torch.clamp(x, min=0), x


def of_its_memory(dy: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """As many numbers of dy as lie in memory, which are one where it is the gradient of a sum."""
    apart = all(dy.stride(axis) for axis in range(dy.dim()) if dy.shape[axis] > 1)
    return torch.mul(dy if apart else torch.zeros_like(dy), x > 0)


def test_an_upstream_gradient_of_stride_0_stays_one_as_a_tensor() -> None:
    """It is what ``y.sum().backward()`` hands on."""
    found = examine((clipped, of_its_memory), like="relu", budget="1s", laws=["layout"])
    assert "stride 0" in found.findings["layout"].verdict.why
