"""A function that wraps a rule of JAX's has copies of its attributes, and is no object with methods for that."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import pytest

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
    "computed once more": jax.checkpoint(rectified),
    "named": jax.named_call(rectified, name="rectified"),
}


@pytest.mark.parametrize("layer", WAYS.values(), ids=WAYS)
def test_a_rule_of_jax_is_differentiated_by_jax_whatever_wraps_it(layer: Any) -> None:
    """Its backward, called as a method is, would take x for the upstream gradient."""
    x: Array = np.array([[[-2.0, 3.0]]])
    found = adapt(layer, ("x",)).pull({"x": x}, {}, np.full(x.shape, 5.0))
    np.testing.assert_array_equal(found.gradients["dx"], [[[0.0, 5.0]]])
