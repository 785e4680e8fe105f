"""What is cut off far from 0, in y or in the gradients, shows there; what only loses digits does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.selftest.api.products import dense, dense_back
from checks.types import Array

#: Each of them is about what becomes of an example that is varied.
pytestmark = pytest.mark.usefixtures("every_variation")

RNG = np.random.default_rng(0)
X, W = RNG.normal(size=(4, 3)), RNG.normal(size=(3, 5))
QUICK: dict[str, Any] = {"inputs": (X, W), "budget": "1ms", "laws": ["finite differences", "linearity"]}
CLIP = 10_000


def clipped(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
    """The same, cut off."""
    return np.clip(x @ w, -CLIP, CLIP), (x, w)


def clipped_back(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """Nothing goes back through what was cut off."""
    x, w = saved
    return dense_back(dy * (np.abs(x @ w) < CLIP), saved)


def dense_back_clipped(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
    """The gradient of x is cut off."""
    dx, dw = dense_back(dy, saved)
    return np.clip(dx, -CLIP, CLIP), dw


def test_a_y_that_is_cut_off_far_from_0_is_a_hazard_that_says_so() -> None:
    """Where the backward does not know of it."""
    found = examine((clipped, dense_back), **QUICK)
    assert not found.wrong, story(found)
    assert "16,384 times as large as they were given" in found.hazards["finite differences"].verdict.why


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_a_gradient_that_is_cut_off_where_dy_is_large_is_wrong(dtype: str) -> None:
    """The example itself shows it."""
    found = examine((dense, dense_back_clipped), **{**QUICK, "inputs": (X.astype(dtype), W.astype(dtype))})
    assert set(found.findings) == {"linearity"}, story(found)


def pooled(x: Array, w: Array) -> tuple[Array, tuple[Array, Array, Array]]:
    """Rows added up by the softmax of their products with w, whose logarithm of sums is kept."""
    products = x @ w
    most = products.max(1)
    logarithm = np.log(np.exp(products - most[:, None]).sum(1)) + most
    return np.einsum("nt,ntd->nd", np.exp(products - logarithm[:, None]), x), (x.copy(), w.copy(), logarithm)


def pooled_back(dy: Array, saved: tuple[Array, Array, Array]) -> tuple[Array, Array]:
    """Shares are computed once more; where one is nearly 1 all else cancels."""
    x, w, logarithm = saved
    shares = np.exp(x @ w - logarithm[:, None])
    along = np.einsum("nd,ntd->nt", dy, x)
    moved = shares * (along - (along * shares).sum(1, keepdims=True))
    return shares[..., None] * dy[:, None] + moved[..., None] * w, np.einsum("nt,ntd->d", moved, x)


POOLED = np.random.default_rng(0)


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(
    ("layer", "inputs"),
    [
        ((pooled, pooled_back), (POOLED.normal(size=(3, 4, 3)), POOLED.normal(size=3))),
        ((clipped, clipped_back), (X, W)),
        ((dense, dense_back), (X, W)),
        (torch.nn.Softmax(-1), (torch.tensor(X),)),
        (torch.nn.LayerNorm(3).double(), (torch.tensor(X),)),
        (torch.nn.functional.gelu, (torch.tensor(X),)),
        (lambda x: torch.logcumsumexp(x, -1), (torch.tensor(X),)),
        (lambda x: torch.logcumsumexp(x, -1), (torch.tensor(X.astype(np.float32)),)),
    ],
    ids=[
        "pooled by attention",
        "clipped",
        "product",
        "softmax",
        "layer norm",
        "gelu",
        "loses digits",
        "loses digits of float32",
    ],
)
def test_a_layer_that_is_right_far_from_0_or_loses_digits_there_is_no_hazard(layer: Any, inputs: Any) -> None:
    """A small part of a number tells nothing beside what is so much larger."""
    found = examine(layer, **{**QUICK, "inputs": inputs, "laws": [*QUICK["laws"], "layout"]})
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)


@pytest.mark.long
def test_digits_that_are_lost_where_dy_is_large_are_a_hazard() -> None:
    """The gradient of a matrix's exponential is found beside it, and both are scaled by the larger."""
    found = examine(torch.matrix_exp, **{**QUICK, "inputs": (torch.tensor(RNG.normal(size=(3, 3)) * 0.3),)})
    assert not found.wrong, story(found)
    assert "digits are lost where dy is large" in found.hazards["linearity"].verdict.why
