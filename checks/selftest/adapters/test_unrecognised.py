"""What is said of a class or an object whose methods have names of their own: which they are, and what to write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.types import Array


class Squares:
    """A layer by other words."""

    def run(self, tensor: Array) -> Array:
        """Squared, each number."""
        self.tensor = tensor
        return tensor**2

    def clear(self) -> None:
        """Takes nothing: neither of the two."""

    def pull(self, up: Array) -> Array:
        """By hand."""
        return 2 * self.tensor * up


class Called:
    """One that is called, with two arrays, and whose backward shows itself by dy."""

    def __init__(self, scale: float) -> None:
        self.scale = scale

    def settle(self, dout: Array) -> tuple[Array, Array]:
        """By hand."""
        return dout * self.w, dout * self.x

    def __call__(self, x: Array, w: Array) -> Array:
        """A product."""
        self.x, self.w = x, w
        return x * w


class Alone:
    """A forward that nothing goes back from."""

    def forward(self, x: Array) -> Array:
        """Nothing but y."""
        return x


def scale_forward(x: Array) -> tuple[Array, None]:
    """The half of a layer."""
    return 2 * x, None


def scale_backward(dy: Array, _: None) -> Array:
    """Its other half."""
    return 2 * dy


def cube(x: Array) -> tuple[Array, Array]:
    """Called by what it computes."""
    return x**3, x


def cube_grad(dy: Array, x: Array) -> Array:
    """And its backward by that, too."""
    return 3 * x**2 * dy


def alone_forward(x: Array) -> tuple[Array, None]:
    """One beside which nothing is called so."""
    return x, None


def _told(layer: Any, **asked: Any) -> str:
    with pytest.raises(UsageError, match="is no layer that can be recognised") as info:
        examine(layer, **asked)
    return str(info.value)


@pytest.mark.parametrize("asked", [{"inputs": (np.ones(3),)}, {"like": "relu"}], ids=["on examples", "of a family"])
@pytest.mark.parametrize("layer", [Squares, Squares()], ids=["class", "object"])
def test_methods_of_other_names_are_named_with_an_adapter_that_works(layer: Any, asked: dict[str, Any]) -> None:
    """Pasted as it is, for a class that asks for nothing."""
    told = _told(layer, **asked)
    assert "by its run, clear, pull" in told
    lines = told.rpartition("write the adapter:\n")[2].replace("Squares(...)", "Squares()")
    ahead, _, examples = lines.partition("    examine(")
    scope: dict[str, Any] = {"Squares": Squares, "x": np.arange(3.0), "examine": examine}
    exec("\n".join(line.strip() for line in ahead.splitlines()), scope)  # noqa: S102 - what a reader pastes
    found = eval(examples.rpartition("\n")[2].strip()[:-1] + ", budget='1ms')", scope)  # noqa: S307 - as above
    assert not found.wrong, story(found)


def test_an_adapter_hands_over_all_that_the_forward_takes() -> None:
    """And calls an object that is called."""
    told = _told(Called(2.0), inputs=(np.ones(3), np.ones(3)))
    assert "def forward(x, w): layer = deepcopy(own); return layer(x, w), layer" in told
    assert told.endswith("    examine((forward, lambda dy, layer: layer.settle(dy)), inputs=(x, w,))")


def test_no_method_is_made_up_where_there_is_one_alone() -> None:
    """It may be anything: the usual names stand in the adapter."""
    assert "or on examples" not in _told(Alone(), inputs=(np.ones(3),))


@pytest.mark.parametrize(
    ("half", "pair", "other"),
    [
        (scale_forward, "(scale_forward, scale_backward)", "scale_backward"),
        (scale_backward, "(scale_forward, scale_backward)", "scale_forward"),
        (cube, "(cube, cube_grad)", "cube_grad"),
    ],
)
def test_one_function_of_a_pair_is_told_the_other_and_how_a_pair_is_named(half: Any, pair: str, other: str) -> None:
    """On the command line, too, where it must have a name."""
    told = _told(half, like="relu")
    assert f"it is one function, beside {other}; expected (forward, backward)" in told
    assert f"    layer = {pair}  # in your file; on the command line: gradproof check MODULE:layer\n" in told
    assert "Framework" not in told


def test_one_function_beside_which_no_other_half_stands_is_told_of_none() -> None:
    """It may be of any framework."""
    told = _told(alone_forward, like="relu")
    assert "beside" not in told
    assert "examine(theirs(alone_forward), like=...)" in told
