"""A function that wraps a rule of JAX's has copies of its attributes, and is no object with methods for that."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.types import Array

jax = pytest.importorskip("jax")


def plain(x: Any) -> Any:
    """Differentiated by a rule, which takes what was saved first, then the upstream gradient."""
    return jax.numpy.maximum(x, 0)


rectified = jax.custom_vjp(plain)
rectified.defvjp(lambda x: (jax.numpy.maximum(x, 0), x), lambda x, dy: (dy * (x > 0),))


@functools.wraps(rectified)
def wrapped(x: Any) -> Any:
    """As a decorator of one's own does."""
    return rectified(x)


WAYS = {
    "itself": rectified,
    "by a decorator": wrapped,
    "mapped": jax.vmap(rectified),
    "compiled": jax.jit(rectified),
    "mapped and compiled": jax.jit(jax.vmap(rectified)),
    "computed once more": jax.checkpoint(rectified),
    "named": jax.named_call(rectified, name="rectified"),
}


@pytest.mark.parametrize("layer", WAYS.values(), ids=WAYS)
def test_a_rule_of_jax_is_differentiated_by_jax_whatever_wraps_it(layer: Any) -> None:
    """Its backward, called as a method is, would take x for the upstream gradient."""
    x: Array = np.array([[[-2.0, 3.0]]])
    found = adapt(layer, ("x",)).pull({"x": x}, {}, np.full(x.shape, 5.0))
    np.testing.assert_array_equal(found.gradients["dx"], [[[0.0, 5.0]]])


@pytest.mark.parametrize("way", ["mapped", "compiled"])
def test_no_wrapped_rule_is_taken_for_an_object_on_examples(way: str) -> None:
    """Which asks for a layer's methods before its framework."""
    found = examine(WAYS[way], inputs=(np.array([[-2.0, 3.0], [4.0, -5.0]]),), laws=["adjoint"], budget="1ms")
    assert not found.wrong, story(found)


class Rectifier:
    """An object with two methods of the names of a rule, which it has compiled."""

    def __init__(self) -> None:
        self.compiled = jax.jit(plain)

    def fwd(self, x: Array) -> Array:
        """Computed by JAX."""
        self.x = x
        return np.asarray(self.compiled(x))

    def bwd(self, dy: Array) -> Array:
        """By hand, and twice as much, to show whose it is."""
        return np.asarray(2 * dy * (self.x > 0))


def test_an_object_that_computes_by_compiled_functions_keeps_its_own_backward() -> None:
    """Its methods are no rule of JAX's."""
    x: Array = np.array([[[-2.0, 3.0]]])
    found = adapt(Rectifier(), ("x",)).pull({"x": x}, {}, np.full(x.shape, 5.0))
    np.testing.assert_array_equal(found.gradients["dx"], [[[0.0, 10.0]]])
