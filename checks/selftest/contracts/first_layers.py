"""Layers that keep something of the first example that they are given: what is wrong, and what makes no difference."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import torch

from checks.types import Array

X = np.random.default_rng(0).normal(size=(3, 4))

seen: dict[tuple[int, ...], Array] = {}
_memo: dict[bytes | float, Array] = {}
_first: Any = None


def scaled(dy: Array, by: Array) -> Array:
    """The gradient of x * by."""
    return np.asarray(dy * by)


def by_a_global_dictionary(x: Array) -> tuple[Array, Array]:
    """Times the first x of its shape."""
    by = seen.setdefault(x.shape, x.copy())
    return x * by, by


def by_a_global_name(x: Array) -> tuple[Array, Array]:
    """Times the first x of all."""
    global _first  # noqa: PLW0603 - the very mistake
    _first = x.copy() if _first is None or _first.shape != x.shape else _first
    return x * _first, _first


def by_a_default(x: Array, *, kept: list[Array] = []) -> tuple[Array, Array]:  # noqa: B006 - the very mistake
    """The same in a list that all calls share."""
    kept.extend([x.copy()] if not kept else [])
    return x * kept[0].mean(), kept[0].mean()


def by_an_attribute(x: Array) -> tuple[Array, Array]:
    """The same at the function itself."""
    by = vars(by_an_attribute).setdefault("by", x.max())
    return x * by, by


def by_a_variable_around() -> Callable[[Array], tuple[Array, Array]]:
    """The same in a variable of the function around it."""
    by: Any = None

    def forward(x: Array) -> tuple[Array, Array]:
        nonlocal by
        by = np.abs(x).max() if by is None else by
        return x * by, by

    return forward


class OfItsClass:
    """The scale is the class's."""

    by: Any = None

    def forward(self, x: Array) -> Array:
        """Scale."""
        if OfItsClass.by is None:
            OfItsClass.by = 1 / x.std()
        return np.asarray(x * OfItsClass.by)

    def backward(self, dy: Array) -> Array:
        """Its gradient."""
        return np.asarray(dy * OfItsClass.by)


class OfItself:
    """A mask for each shape."""

    def __init__(self) -> None:
        self.masks: dict[tuple[int, ...], Array] = {}

    def forward(self, x: Array) -> Array:
        """Where the first x was above 0."""
        self.mask = self.masks.setdefault(x.shape, x > 0)
        return x * self.mask

    def backward(self, dy: Array) -> Array:
        """Its gradient."""
        return dy * self.mask


class TimesItsFirst:
    """The first x of each shape, which looks like a parameter that is built at the first forward."""

    def __init__(self) -> None:
        self.kept: dict[tuple[int, ...], Array] = {}

    def forward(self, x: Array) -> Array:
        """Scale."""
        self.by = self.kept.setdefault(x.shape, x.copy())
        return x * self.by

    def backward(self, dy: Array) -> Array:
        """Its gradient."""
        return dy * self.by


class Masked(torch.nn.Module):
    """The same for PyTorch."""

    def __init__(self) -> None:
        super().__init__()
        self.mask: Any = None

    def forward(self, x: Any) -> Any:
        """Where the first x was above 0."""
        self.mask = (x > 0).detach() if self.mask is None or self.mask.shape != x.shape else self.mask
        return x * self.mask


class ByItsFirst(torch.autograd.Function):
    """A scale that the class keeps."""

    by: Any = None

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Scale."""
        ByItsFirst.by = float(x.max()) if ByItsFirst.by is None else ByItsFirst.by
        ctx.by = ByItsFirst.by
        return x * ctx.by

    @staticmethod
    def backward(ctx: Any, *dy: Any) -> Any:
        """Its gradient."""
        return dy[0] * ctx.by


def forget() -> None:
    """Nothing is kept."""
    global _first  # noqa: PLW0603 - as above
    _first = OfItsClass.by = ByItsFirst.by = None
    seen.clear()
    _memo.clear()
    vars(by_an_attribute).clear()


TENSOR = (torch.tensor(X),)

WRONG: dict[str, tuple[Callable[[], Any], Any]] = {
    "a global dictionary": (lambda: (by_a_global_dictionary, scaled), (X,)),
    "a global name": (lambda: (by_a_global_name, scaled), (X,)),
    "a default": (lambda: (by_a_default, scaled), (X,)),
    "a sum": (lambda: (by_its_sum, scaled), (X,)),
    "an attribute of a function": (lambda: (by_an_attribute, scaled), (X,)),
    "a variable around": (lambda: (by_a_variable_around(), scaled), (X,)),
    "an attribute of a class": (OfItsClass, (X,)),
    "an object": (OfItself, (X,)),
    "a class": (lambda: OfItself, (X,)),
    "what looks like a parameter": (TimesItsFirst, (X,)),
    "a module": (Masked, TENSOR),
    "a part of a module": (lambda: torch.nn.Sequential(torch.nn.Tanh(), Masked()), TENSOR),
    "a function of PyTorch's": (lambda: ByItsFirst, TENSOR),
}


def by_its_sum(x: Array) -> tuple[Array, Array]:
    """The product with numbers that are found again by their sum."""
    kept = _memo.setdefault(round(float(x.sum()), 6), 1 + x)
    return x * kept, x + kept


def memoized(x: Array) -> tuple[Array, Array]:
    """Twice x, found again by all of its numbers."""
    y = _memo.setdefault(x.tobytes(), 2 * x)
    return y.copy(), np.full(x.shape, 2.0)


@cache
def ramp(size: int) -> Array:
    """Computed once for each size."""
    return np.arange(float(size))


class Mean:
    """Normalizes by each batch, and keeps a running mean for later, and a count."""

    def __init__(self) -> None:
        self.running, self.calls = np.zeros(4), 0

    def forward(self, x: Array) -> Array:
        """Subtract the mean."""
        self.calls += 1
        self.running = 0.9 * self.running + 0.1 * x.mean(0)
        return np.asarray(x - x.mean(0))

    def backward(self, dy: Array) -> Array:
        """Its gradient."""
        return np.asarray(dy - dy.mean(0))


class Begun:
    """A scale that is set by the first x, and is a parameter from then on."""

    def __init__(self) -> None:
        self.scale, self.dscale, self.begun = np.ones(4), np.zeros(4), False

    def forward(self, x: Array) -> Array:
        """Scale."""
        if not self.begun:
            self.scale[...], self.begun = 1 / x.std(0), True
        self.x = x
        return np.asarray(x * self.scale)

    def backward(self, dy: Array) -> Array:
        """Its gradients."""
        self.dscale = (dy * self.x).sum(0)
        return np.asarray(dy * self.scale)


RIGHT: dict[str, tuple[Callable[[], Any], Any]] = {
    "found again by its numbers": (lambda: (memoized, scaled), (X,)),
    "found again by its size": (lambda: (lambda x: (x * ramp(4), ramp(4)), scaled), (X,)),
    "a running mean": (Mean, (X,)),
    "a parameter": (Begun, (X,)),
    "running statistics": (lambda: torch.nn.BatchNorm1d(4).double(), TENSOR),
    "a power iteration": (lambda: torch.nn.utils.spectral_norm(torch.nn.Linear(4, 2)).double(), TENSOR),
    "built at first": (lambda: torch.nn.LazyLinear(2, dtype=torch.float64), TENSOR),
}
