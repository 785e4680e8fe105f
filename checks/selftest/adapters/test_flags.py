"""Flags such as ``training``: set unasked where nothing can go back without them, and nowhere else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array

X = np.random.default_rng(0).standard_normal((3, 4))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Relu:
    """Saves x in training alone; ``at`` is where its backward cuts: 0 is right."""

    at = 0.0

    def forward(self, x: Array, training: bool = False) -> Array:
        """Max of x and 0."""
        if training:
            self.x = x
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """By what it saved."""
        return np.asarray(dy * (self.x > self.at))


class Required(Relu):
    """The same, which asks for its flag."""

    def forward(self, x: Array, is_training: bool) -> Array:  # type: ignore[override]
        """As above."""
        return super().forward(x, is_training)


class Cached(Relu):
    """The same by a dictionary, and a flag of another name."""

    def __init__(self) -> None:
        self.cache: dict[str, Array] = {}

    def forward(self, x: Array, save_cache: bool = False) -> Array:
        """As above."""
        self.cache = {"x": x} if save_cache else {}
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """As above."""
        return np.asarray(dy * (self.cache["x"] > self.at))


def pair_forward(x: Array, mode: str = "test") -> tuple[Array, Any]:
    """The same as a pair, which saves None where it is to be tested."""
    return np.maximum(x, 0), {"x": x} if mode == "train" else None


def pair_backward(dy: Array, saved: Any) -> Array:
    """By what was saved."""
    return np.asarray(dy * (saved["x"] > 0))


def wrong(kind: type[Relu]) -> Any:
    """The same class with a backward that cuts at 0.5."""
    return type(f"Wrong{kind.__name__}", (kind,), {"at": 0.5})


FLAGGED = {Relu: "training=True", Required: "is_training=True", Cached: "save_cache=True"}


@pytest.mark.parametrize(("kind", "said"), FLAGGED.items())
def test_a_flag_without_which_nothing_goes_back_is_set_and_that_is_said(kind: Any, said: str) -> None:
    """On examples and as a family; a mistake is found behind it."""
    for asked in ({"inputs": (X,)}, {"like": "relu"}):
        found = examine(kind, **asked, budget="1ms", laws=["adjoint"])
        assert not found.wrong, story(found)
        assert any(said in note for note in found.notes)
        assert examine(wrong(kind), **asked, budget="1ms", laws=["adjoint"]).wrong


def test_a_pair_whose_mode_saves_nothing_is_put_in_its_other_mode() -> None:
    """By its keyword."""
    found = examine((pair_forward, pair_backward), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert any("mode='train'" in note for note in found.notes)


class Either:
    """Goes back in either mode; in training it doubles y."""

    def forward(self, x: Array, training: bool = False) -> Array:
        """Keeps the factor."""
        self.factor = 2.0 if training else 1.0
        return x * self.factor

    def backward(self, dy: Array) -> Array:
        """Right in both."""
        return dy * self.factor


def test_a_flag_that_is_not_needed_stays_as_it_is() -> None:
    """The other mode is examined beside it; one that was given is the user's."""
    found = examine(Either(), inputs=(X,), **QUICK)
    assert [note for note in found.notes if "training" in note] == [
        "both modes of the layer are examined: as it is used, and in train mode by training=True"
    ]
    given = examine(Either(), inputs={"x": X, "training": False}, **QUICK)
    assert not any("modes" in note for note in given.notes)
    assert examine(Relu(), inputs={"x": X, "training": False}, **QUICK).wrong
