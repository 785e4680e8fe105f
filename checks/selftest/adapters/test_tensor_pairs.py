"""Forwards and backwards that are written by hand on PyTorch's tensors, without autograd."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.types import Array

X, W = np.random.default_rng(0).standard_normal((2, 3, 4)), np.random.default_rng(1).standard_normal(4)
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
