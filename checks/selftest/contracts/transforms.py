"""Convolutions along one axis by other algorithms than sums of products."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from checks.families import family
from checks.subject import Subject
from checks.types import Array, Arrays, Config

CONV = family("conv")
PLAIN = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}
SHAPES = {"x": (2, 3, 12), "weight": (2, 3, 3)}


def with_forward(convolve: Any) -> Subject:
    """The reference with another way to compute y."""
    right = CONV.reference

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y = convolve(arrays["x"], arrays["weight"]).astype(arrays["x"].dtype)
        return y, right.forward(arrays, config)[1]

    return replace(right, forward=forward)


def winograd(x: Array, weight: Array) -> Array:
    """F(2, 3): two outputs from four inputs by four products (Winograd 1980), in the format of the arguments."""
    d0, d1, d2, d3 = (x[:, np.newaxis, :, start : start + 2 * (x.shape[2] // 2 - 1) : 2] for start in range(4))
    g0, g1, g2 = (weight[np.newaxis, :, :, tap, np.newaxis] for tap in range(3))
    half = x.dtype.type(0.5)
    first, last = (d0 - d2) * g0, (d1 - d3) * g2
    plus, minus = (d1 + d2) * ((g0 + g1 + g2) * half), (d2 - d1) * ((g0 - g1 + g2) * half)
    pairs = np.stack([first + plus + minus, plus - minus - last], axis=-1)
    return np.asarray(pairs.sum(axis=2).reshape(len(x), len(weight), -1))
