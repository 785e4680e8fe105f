"""Functions with known derivatives, from plain to hostile.

Constants are powers of two or small integers, so that every format computes the same function. Each derivative is a
closed form that is accurate in extended precision on the range named.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.types import Array

Scalar = Callable[[Any], Any]
BIG, SMALL = 2.0**27, 2.0**-27  # about 1e8 and 1e-8, exact in every format


@dataclass(frozen=True)
class Row:
    """A function, its derivative and the range of its points: uniform, or in powers of two where both ends are > 0.

    ``kind`` is plain (nearly always to be known), hostile (the error must be honest, NaN is welcome).
    """

    name: str
    f: Scalar
    derivative: Scalar
    low: float
    high: float
    kind: str = "plain"

    def points(self, count: int) -> Array:
        """Seeded points of the range that float32 holds."""
        rng = np.random.default_rng([count, len(self.name), ord(self.name[0])])
        if self.low > 0:
            return np.exp2(rng.uniform(np.log2(self.low), np.log2(self.high), count)).astype(np.float32)
        return rng.uniform(self.low, self.high, count).astype(np.float32)


def _sech2(x: Any) -> Any:
    return 1 / np.cosh(x) ** 2


def _sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def _gauss(x: Any) -> Any:
    return np.exp(-x * x)


ROWS = (
    Row("sin", np.sin, np.cos, -4, 4),
    Row("cos", np.cos, lambda x: -np.sin(x), -4, 4),
    Row("tan", np.tan, lambda x: 1 / np.cos(x) ** 2, -1.25, 1.25),
    Row("exp", np.exp, np.exp, -5, 5),
    Row("log", np.log, lambda x: 1 / x, 0.0625, 64),
    Row("square root", np.sqrt, lambda x: 0.5 / np.sqrt(x), 0.0625, 64),
    Row("tanh", np.tanh, _sech2, -3, 3),
    Row("sigmoid", _sigmoid, lambda x: _sigmoid(x) * _sigmoid(-x), -8, 8),
    Row("softplus", lambda x: np.log(1 + np.exp(x)), _sigmoid, -4, 8),
    Row("swish", lambda x: x * _sigmoid(x), lambda x: _sigmoid(x) * (1 + x * _sigmoid(-x)), -8, 8),
    Row("arc tangent", np.arctan, lambda x: 1 / (1 + x * x), -8, 8),
    Row("arc sine", np.arcsin, lambda x: 1 / np.sqrt((1 - x) * (1 + x)), -0.9375, 0.9375),
    Row("hyperbolic sine", np.sinh, np.cosh, -4, 4),
    Row("bell", _gauss, lambda x: -2 * x * _gauss(x), -2, 2),
    Row("sinc", lambda x: np.sin(x) / x, lambda x: (np.cos(x) - np.sin(x) / x) / x, 0.5, 16),
    Row("rational", lambda x: x / (1 + x * x), lambda x: (1 - x * x) / (1 + x * x) ** 2, -4, 4),
    Row("line", lambda x: 3 * x + 1, lambda x: 3 + 0 * x, -10, 10),
    Row("cubic", lambda x: (x * x - 2) * x, lambda x: 3 * x * x - 2, -4, 4),
    Row("ninth power", lambda x: x**9, lambda x: 9 * x**8, -2, 2),
    Row("polynomial of twelve", lambda x: (x * x - 1) ** 6, lambda x: 12 * x * (x * x - 1) ** 5, -2, 2),
    Row("constant", lambda x: 0 * x + 3, lambda x: 0 * x, -4, 4),
    Row("inverse", lambda x: 1 / x, lambda x: -1 / x**2, 0.0625, 64),
    Row("composed", lambda x: np.exp(np.sin(3 * x)), lambda x: 3 * np.cos(3 * x) * np.exp(np.sin(3 * x)), -4, 4),
    Row("chirp", lambda x: np.sin(x * x), lambda x: 2 * x * np.cos(x * x), -6, 6),
    Row("large values", lambda x: BIG * np.sin(x), lambda x: BIG * np.cos(x), -4, 4),
    Row("small values", lambda x: SMALL * np.sin(x), lambda x: SMALL * np.cos(x), -4, 4),
    Row("large argument scale", lambda x: np.sin(SMALL * x), lambda x: SMALL * np.cos(SMALL * x), 2.0**24, 2.0**29),
    Row("small argument scale", lambda x: np.tanh(BIG * x), lambda x: BIG * _sech2(BIG * x), 2.0**-30, 2.0**-26),
    Row("steep tanh", lambda x: np.tanh(1024 * x), lambda x: 1024 * _sech2(1024 * x), -0.002, 0.002),
    Row("steep exponential", lambda x: np.exp(64 * x), lambda x: 64 * np.exp(64 * x), -0.5, 0.5),
    Row("flat bell", lambda x: np.exp(-((x / 16) ** 2)), lambda x: -x / 128 * np.exp(-((x / 16) ** 2)), -16, 16),
    Row("flat bottom", lambda x: x**8, lambda x: 8 * x**7, -0.25, 0.25),
    Row("flatter than a power", lambda x: np.exp(-1 / x), lambda x: np.exp(-1 / x) / x**2, 0.03125, 4),
    Row("fast wave", lambda x: np.sin(512 * x), lambda x: 512 * np.cos(512 * x), -2, 2),
    Row("faster wave", lambda x: np.sin(2.0**17 * x), lambda x: 2.0**17 * np.cos(2.0**17 * x), -1, 1, "hostile"),
    Row("wave at home", lambda x: np.cos(BIG * x), lambda x: -BIG * np.sin(BIG * x), -1, 1, "hostile"),
    Row("ripple", lambda x: x + np.sin(4096 * x) / 4096, lambda x: 1 + np.cos(4096 * x), -1, 1, "hostile"),
    Row("small ripple", lambda x: np.sin(x) + np.sin(16384 * x) / 65536, lambda x: np.cos(x) + np.cos(16384 * x) / 4,
        -1, 1, "hostile"),
    Row("near a pole", lambda x: 1 / x, lambda x: -1 / x**2, 2.0**-30, 2.0**-10),
    Row("near a branch", np.sqrt, lambda x: 0.5 / np.sqrt(x), 2.0**-30, 2.0**-10),
    Row("near log 0", np.log, lambda x: 1 / x, 2.0**-30, 2.0**-10),
    Row("narrow peak", lambda x: 1 / (x * x + 2.0**-16), lambda x: -2 * x / (x * x + 2.0**-16) ** 2, -0.125, 0.125),
    Row("edge of the domain", lambda x: np.sqrt(1 - x), lambda x: -0.5 / np.sqrt(1 - x), 0.5, 1 - 2.0**-12),
    Row("pole between", lambda x: 1 / (x - 1), lambda x: -1 / (x - 1) ** 2, 0.96875, 1.03125, "hostile"),
    Row("cancels: exp - 1", lambda x: np.exp(x) - 1, np.exp, 2.0**-30, 2.0**-2),
    Row("cancels: log(1 + x)", lambda x: np.log(1 + x), lambda x: 1 / (1 + x), 2.0**-30, 2.0**-2, "hostile"),
    Row("cancels: far away", lambda x: (x + 4096) * (x + 4096) - 2.0**24, lambda x: 2 * (x + 4096), -1, 1, "hostile"),
    Row("cancels: 1 - cos", lambda x: (1 - np.cos(x)) / x, lambda x: (np.sin(x) - (1 - np.cos(x)) / x) / x,
        2.0**-6, 2, "hostile"),
    Row("hidden line", lambda x: SMALL * x + 1, lambda x: SMALL + 0 * x, -1, 1, "hostile"),
    Row("absolute", np.abs, np.sign, -4, 4),
    Row("absolute near 0", np.abs, np.sign, 2.0**-40, 2.0**-8, "hostile"),
    Row("ReLU", lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0), -4, 4),
    Row("leaky", lambda x: np.maximum(x, x / 8), lambda x: np.where(x > 0, 1, 0.125), -4, 4),
    Row("sawtooth", lambda x: np.abs(x - np.rint(x)), lambda x: np.sign(x - np.rint(x)), -3, 3),
    Row("stairs", lambda x: np.floor(8 * x) + x, lambda x: 1 + 0 * x, -3, 3, "hostile"),
    Row("bent parabola", lambda x: x * np.abs(x), lambda x: 2 * np.abs(x), -1, 1),
    Row("three halves", lambda x: np.abs(x) * np.sqrt(np.abs(x)), lambda x: 1.5 * np.sign(x) * np.sqrt(np.abs(x)),
        -1, 1),
    Row("bent wave", lambda x: np.abs(np.sin(16 * x)), lambda x: 16 * np.cos(16 * x) * np.sign(np.sin(16 * x)), -1, 1),
    Row("not analytic", lambda x: x * np.real(x), lambda x: 2 * x, -2, 2),
    Row("clipped", lambda x: np.clip(x, -1, 1), lambda x: np.where(np.abs(x) < 1, 1, 0), -2, 2),
    Row("rounded inside", lambda x: np.sin(np.float32(x)), np.cos, -2, 2, "hostile"),
)  # fmt: skip
