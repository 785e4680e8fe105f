"""A layer that draws from a generator of its own draws the same numbers in each forward, and is right where it is."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import partial
from time import time_ns
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(1).normal(size=(4, 5))
GENERATORS: dict[str, Callable[[], Any]] = {
    "NumPy's": lambda: np.random.default_rng(3),
    "NumPy's older ones": lambda: np.random.RandomState(3),
    "Python's": lambda: random.Random(3),  # noqa: S311 - as layers have it
}


class Dropout:
    """Keeps seven of ten numbers; ``again`` draws once more where it goes back."""

    def __init__(self, rng: Any, *, again: bool) -> None:
        self.rng, self.again = rng, again

    def _drawn(self, x: Array) -> Array:
        return np.array([self.rng.random() for _ in range(x.size)]).reshape(x.shape) < 0.7

    def forward(self, x: Array) -> Array:
        """Another mask each time."""
        self.mask = self._drawn(x)
        return x * self.mask / 0.7

    def backward(self, dy: Array) -> Array:
        """By the mask of the forward."""
        return dy * (self._drawn(dy) if self.again else self.mask) / 0.7


@pytest.mark.parametrize("generator", GENERATORS.values(), ids=GENERATORS)
@pytest.mark.parametrize("again", [False, True], ids=["right", "drawn again"])
def test_a_dropout_with_a_generator_of_its_own(generator: Callable[[], Any], again: bool) -> None:
    """A note says that it begins anew."""
    found = examine(Dropout(generator(), again=again), inputs=(X,), budget="1ms")
    assert found.wrong is again, story(found)
    assert "each forward begins with what the layer draws from where it was at first: rng" in found.notes


class Network:
    """Holds a dropout, which it makes at once or in its first forward."""

    def __init__(self, make: Callable[[], Dropout], *, late: bool) -> None:
        self.make, self.parts = make, [] if late else [make()]

    def forward(self, x: Array) -> Array:
        """As its part does."""
        self.parts = self.parts or [self.make()]
        return self.parts[0].forward(x)

    def backward(self, dy: Array) -> Array:
        """The same."""
        return self.parts[0].backward(dy)


class Late(Dropout):
    """Makes its generator in its first forward, by the time of day."""

    def __init__(self, *, again: bool) -> None:
        super().__init__(None, again=again)

    def forward(self, x: Array) -> Array:
        """See ``Dropout``."""
        if self.rng is None:
            self.rng = np.random.default_rng(time_ns())
        return super().forward(x)


class Unnamed(Late):
    """The same, which has no place for it until then."""

    def __init__(self, *, again: bool) -> None:
        super().__init__(again=again)
        del self.rng

    def forward(self, x: Array) -> Array:
        """See ``Late``."""
        self.rng = getattr(self, "rng", None)
        return super().forward(x)


def _plain(*, again: bool) -> Dropout:
    return Dropout(np.random.default_rng(3), again=again)


KEPT: dict[str, tuple[Callable[[Callable[[], Dropout]], Any], Callable[..., Dropout], str]] = {
    "in a part": (partial(Network, late=False), _plain, "parts[0].rng"),
    "in a part that is made late": (partial(Network, late=True), _plain, "parts[0].rng"),
    "made late": (lambda make: make(), Late, "rng"),
    "made late in a part": (partial(Network, late=False), Late, "parts[0].rng"),
    "without a place before": (lambda make: make(), Unnamed, "rng"),
}


@pytest.mark.parametrize(("layer", "kind", "where"), KEPT.values(), ids=KEPT)
@pytest.mark.parametrize("again", [False, True], ids=["right", "drawn again"])
def test_a_generator_is_put_back_wherever_and_whenever_it_comes(
    layer: Callable[[Callable[[], Dropout]], Any], kind: Callable[..., Dropout], where: str, again: bool
) -> None:
    """A note says where it stands, and nothing is said to be carried on."""
    found = examine(layer(partial(kind, again=again)), inputs=(X,), budget="1ms")
    assert found.wrong is again, story(found)
    assert f"each forward begins with what the layer draws from where it was at first: {where}" in found.notes
    assert not any("carries" in note for note in found.notes)


def test_a_generator_that_each_forward_makes_anew_is_its_own_affair() -> None:
    """By the time of day: no two calls agree, and that is wrong."""

    class Anew(Late):
        def forward(self, x: Array) -> Array:
            self.rng = None
            return super().forward(x)

    found = examine(Anew(again=False), inputs=(X,), budget="1ms")
    assert found.wrong
    assert "repeatable" in found.findings
