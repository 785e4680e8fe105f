"""Directional derivatives of layers: contracted with dy, along one entry or a whole direction."""

from __future__ import annotations

import numpy as np
import pytest

from checks.data import round_to
from checks.smooth import directional
from checks.types import Array, Arrays

RNG = np.random.default_rng(7)
X, WEIGHT, DY = RNG.standard_normal((4, 6)), RNG.standard_normal((3, 6)), RNG.standard_normal((4, 3))
V, W = RNG.standard_normal((4, 6)), RNG.standard_normal((3, 6))


def layer(arrays: Arrays) -> Array:
    """tanh(x weight'), shape (4, 3)."""
    return np.asarray(np.tanh(arrays["x"] @ arrays["weight"].T))


def backward() -> Arrays:
    """Its gradients by hand, in extended precision."""
    x, weight, dy = (each.astype(np.longdouble) for each in (X, WEIGHT, DY))
    inner = dy / np.cosh(x @ weight.T) ** 2
    return {"x": inner @ weight, "weight": inner.T @ x}


def own(dtype: str, arrays: Arrays) -> Array:
    """The layer in one format, whatever it is given; no complex numbers."""
    if any(np.iscomplexobj(each) for each in arrays.values()):
        raise TypeError("real numbers only")
    return round_to(layer({name: round_to(each, dtype) for name, each in arrays.items()}), dtype)


def test_a_direction_through_both_arguments() -> None:
    """<dx, v> + <dweight, w>, to the last digits of float64."""
    found = directional(layer, {"x": X, "weight": WEIGHT}, {"x": V, "weight": W}, DY)
    want = np.sum(backward()["x"] * V) + np.sum(backward()["weight"] * W)
    assert abs(found.value - want) <= found.error <= 1e-14 * np.sum(np.abs(backward()["x"] * V))


@pytest.mark.parametrize(
    ("dtype", "largest"), [("float64", 1e-11), ("float32", 1e-3), ("float16", 8), ("bfloat16", 64)]
)
def test_a_layer_in_its_own_format(dtype: str, largest: float) -> None:
    """A layer that knows one format only: the error is that of this format."""
    arrays = {"x": round_to(X, dtype), "weight": round_to(WEIGHT, dtype)}
    found = directional(lambda each: own(dtype, each), arrays, {"x": V}, DY, dtype)
    want = directional(layer, {name: each.astype(np.float64) for name, each in arrays.items()}, {"x": V}, DY)
    assert not found.known or abs(found.value - want.value) <= found.error <= largest
    assert found.known or dtype in {"float16", "bfloat16"}


def test_every_entry_of_the_gradient() -> None:
    """Along unit vectors: the gradient itself, each entry within its error."""
    for place in np.ndindex(X.shape):
        unit = np.zeros_like(X)
        unit[place] = 1
        found = directional(layer, {"x": X, "weight": WEIGHT}, {"x": unit}, DY)
        assert abs(found.value - backward()["x"][place]) <= found.error <= 1e-15


def test_nothing_moves_along_a_direction_of_zeros() -> None:
    """Zero, exactly; no step is taken."""
    found = directional(layer, {"x": X, "weight": WEIGHT}, {"x": np.zeros_like(X)}, DY)
    assert (found.value, found.error, found.method) == (0.0, 0.0, "nothing moves")


def test_the_arguments_are_not_written_to() -> None:
    """Sampling leaves the caller's arrays as they were."""
    x = X.copy()
    assert directional(layer, {"x": x, "weight": WEIGHT}, {"x": V}, DY).known
    assert np.array_equal(x, X)


def test_what_a_layer_raises_in_its_own_format_is_not_swallowed() -> None:
    """An error that has nothing to do with numbers reaches the caller."""

    def broken(arrays: Arrays) -> Array:
        raise KeyError("no such layer")

    with pytest.raises(KeyError, match="no such layer"):
        directional(broken, {"x": X}, {"x": V}, DY)
