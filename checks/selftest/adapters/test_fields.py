"""Layers that give dataclasses or namespaces of arrays: all of their outputs count, as those of a dictionary do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any, NamedTuple

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.nested import flat, formed, ways
from checks.types import Array

jnp = pytest.importorskip("jax.numpy")

X = np.random.default_rng(0).standard_normal((2, 3))


@dataclass(frozen=True)
class Waves:
    """Two outputs and a word."""

    sine: Any
    cosine: Any
    unit: str = "radian"


def of_numpy(x: Array) -> tuple[Waves, Array]:
    """Both in a dataclass."""
    return Waves(np.sin(x), np.cos(x)), x


def back(dy: Waves, x: Array) -> Array:
    """The upstream gradients come in one, too."""
    found: Array = dy.sine * np.cos(x) - dy.cosine * np.sin(x)
    return found


def forgetful(dy: Waves, x: Array) -> Array:
    """The second output is forgotten."""
    return back(Waves(dy.sine, 0 * dy.cosine), x)


def of_torch(x: torch.Tensor) -> tuple[Waves, torch.Tensor]:
    """Written by hand on tensors."""
    return Waves(x.sin(), x.cos()), x


def back_on_tensors(dy: Waves, x: torch.Tensor) -> torch.Tensor:
    """The same on tensors."""
    found: torch.Tensor = dy.sine * x.cos() - dy.cosine * x.sin()
    return found


def forgetful_on_tensors(dy: Waves, x: torch.Tensor) -> torch.Tensor:
    """The second output is forgotten."""
    return back_on_tensors(Waves(dy.sine, 0 * dy.cosine), x)


class Kept:
    """An object of the same, whose backward is ``pull``."""

    def __init__(self, pull: Callable[[Any, Array], Array]) -> None:
        self.pull = pull

    def forward(self, x: Array) -> Waves:
        """Keep x."""
        y, self.x = of_numpy(x)
        return y

    def backward(self, dy: Waves) -> Array:
        """As the function."""
        return self.pull(dy, self.x)


def in_a_namespace(x: Array) -> tuple[SimpleNamespace, Array]:
    """One output inside of a dictionary in it."""
    return SimpleNamespace(sine=np.sin(x), others={"cosine": np.cos(x)}), x


def back_of_a_namespace(dy: SimpleNamespace, x: Array) -> Array:
    """In the same form."""
    return back(Waves(dy.sine, dy.others["cosine"]), x)


TENSOR = torch.tensor(X)
RIGHT: dict[str, tuple[Any, Any]] = {
    "pair": ((of_numpy, back), X),
    "object": (Kept(back), X),
    "namespace": ((in_a_namespace, back_of_a_namespace), X),
    "pair on tensors": ((of_torch, back_on_tensors), TENSOR),
    "torch": (lambda x: of_torch(x)[0], TENSOR),
    "jax": (lambda x: Waves(jnp.sin(x), jnp.cos(x)), jnp.array(X)),
}
WRONG: dict[str, tuple[Any, Any]] = {
    "pair": ((of_numpy, forgetful), X),
    "object": (Kept(forgetful), X),
    "pair on tensors": ((of_torch, forgetful_on_tensors), TENSOR),
    "torch": (lambda x: Waves(x.sin(), x.detach().cos()), TENSOR),
}


@pytest.mark.long
@pytest.mark.parametrize("name", RIGHT)
def test_every_output_counts(name: str) -> None:
    """A note says so."""
    layer, x = RIGHT[name]
    found = examine(layer, inputs=x, budget="1ms")
    assert not found.wrong, story(found)
    assert "y is 2 outputs raveled into one" in found.notes


@pytest.mark.long
@pytest.mark.parametrize("name", WRONG)
def test_one_that_is_forgotten_is_missed(name: str) -> None:
    """Its gradient has no share of it."""
    layer, x = WRONG[name]
    found = examine(layer, inputs=x, budget="1ms")
    assert found.findings.keys() >= {"finite differences", "adjoint"}, story(found)


@dataclass
class Saved:
    """What a forward keeps."""

    x: Array


class Beside(Kept):
    """It gives what it keeps behind y, and its backward takes dy alone."""

    def forward(self, x: Array) -> Any:
        """y, and what is saved."""
        self.x = x
        return np.sin(x), Saved(x)

    def backward(self, dy: Any) -> Array:
        """Of the sine."""
        found: Array = dy * np.cos(self.x)
        return found


def test_what_is_kept_in_a_dataclass_behind_y_is_no_output() -> None:
    """The backward is handed dy for y, and a note says what was left out."""
    found = examine(Beside(back), inputs=X, budget="1ms")
    assert not found.wrong, story(found)
    assert "not examined, of 2 outputs: 2 (Saved)" in found.notes


class Affine(NamedTuple):
    """A named tuple is a tuple."""

    weight: Array
    bias: Array


@dataclass
class Gradients:
    """Of what an affine layer keeps."""

    w: Array
    b: Array


@pytest.mark.parametrize("kind", [Gradients, Affine])
def test_gradients_may_stand_in_a_dataclass_behind_dx(kind: Any) -> None:
    """Each is found by its name."""

    def forward(x: Array, w: Array, b: Array) -> Any:
        return x @ w + b, (x.copy(), w.copy())

    def backward(dy: Array, saved: Any) -> Any:
        x, w = saved
        return dy @ w.T, kind(x.T @ dy, dy.sum(0))

    found = examine((forward, backward), inputs=(X, np.eye(3), np.ones(3)), budget="1ms")
    assert not found.wrong, story(found)


def test_leaves_are_found_and_put_back() -> None:
    """A frozen one, too; the way to each is source."""
    whole = {"waves": Waves(1.0, [np.ones(2), 2.0])}
    leaves = list(flat(whole))
    assert [way for leaf in leaves for way in ways(whole, [leaf])] == [
        '["waves"].sine',
        '["waves"].cosine[0]',
        '["waves"].cosine[1]',
        '["waves"].unit',
    ]
    found = formed(whole, iter("abcd"))
    assert found == {"waves": Waves("a", ["b", "c"], "d")}
    assert whole["waves"].sine == 1.0
