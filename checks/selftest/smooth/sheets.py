"""Small smooth families, for tests: a bend for each entry, and a dense layer with tanh."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from checks.adapters.numpy_pair import numpy_pair
from checks.families.activation import ReLU
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shapes

Forward = Callable[..., tuple[Array, Any]]
Backward = Callable[..., Any]


class Bent(ReLU):
    """A smooth layer; its other fields are those of any layer that bends entries."""

    smooth = True
    _reference: ClassVar[Subject]

    @property
    def reference(self) -> Subject:
        """The layer itself."""
        return self._reference

    def roundings(self, _shapes: Shapes, _config: Config) -> dict[str, int]:
        """A dozen, and those of sums over an axis of up to eight entries."""
        return dict.fromkeys(("y", *(f"d{argument}" for argument in self.arguments)), 20)

    def divides(self, _shapes: Shapes, _config: Config) -> bool:
        """Rounding touches everything."""
        return True

    def mass(self, arrays: Arrays, _config: Config, dy: Array) -> Pull:
        """Generous: the largest operands, multiplied."""
        most = max(1.0, *(float(np.max(np.abs(each))) for each in (*arrays.values(), dy))) ** 2
        gradients = {f"d{name}": np.full(each.shape, most) for name, each in arrays.items()}
        return Pull(np.full(dy.shape, most), gradients)


def bent(name: str, forward: Forward, backward: Backward, *arguments: str) -> Bent:
    """A sheet from the two functions of a layer."""
    fields = {"name": name, "arguments": arguments, "_reference": numpy_pair(name, forward, backward, arguments)}
    sheet: Bent = type(name, (Bent,), fields)()
    return sheet


def tanh_forward(x: Array) -> tuple[Array, Any]:
    """Hyperbolic tangent of every entry."""
    y = np.tanh(x)
    return y, y


def tanh_backward(dy: Array, y: Array) -> Array:
    """Gives dy (1 - y**2)."""
    return np.asarray(dy * (1 - y * y))


def softplus_forward(x: Array) -> tuple[Array, Any]:
    """log(1 + exp(x)) of every entry."""
    return np.log(1 + np.exp(x)), x


def softplus_backward(dy: Array, x: Array) -> Array:
    """Gives dy / (1 + exp(-x))."""
    return np.asarray(dy / (1 + np.exp(-x)))


def gelu_forward(x: Array) -> tuple[Array, Any]:
    """Gives x (1 + tanh(c (x + x**3 / 16))) / 2, the usual form with rounder constants, c = 3/4."""
    return x * (1 + np.tanh((x + x * x * x / 16) * 3 / 4)) / 2, x


def gelu_backward(dy: Array, x: Array) -> Array:
    """Gives dy ((1 + t) / 2 + x (1 - t**2) c (1 + 3 x**2 / 16) / 2), t the tanh."""
    t = np.tanh((x + x * x * x / 16) * 3 / 4)
    return np.asarray(dy * ((1 + t) + x * (1 - t * t) * (1 + 3 * x * x / 16) * 3 / 4) / 2)


def dense_forward(x: Array, weight: Array) -> tuple[Array, Any]:
    """tanh(x weight'), x (N, I), weight (O, I)."""
    y = np.tanh(x @ weight.T)
    return y, (x, weight, y)


def dense_backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """(dy (1 - y**2)) weight and its transpose times x."""
    x, weight, y = saved
    inner = dy * (1 - y * y)
    return inner @ weight, inner.T @ x


SHEETS = (
    bent("tanh", tanh_forward, tanh_backward, "x"),
    bent("softplus", softplus_forward, softplus_backward, "x"),
    bent("gelu", gelu_forward, gelu_backward, "x"),
    bent("dense", dense_forward, dense_backward, "x", "weight"),
)
