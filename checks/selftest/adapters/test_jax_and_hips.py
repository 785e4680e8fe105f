"""JAX and HIPS autograd, where they are installed; the names of both in a function are seen without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters import adapt
from checks.adapters.recognise import framework_of
from checks.selftest.adapters.agreement import assert_agrees

X = np.random.default_rng(0).standard_normal((3, 4))


def in_jax(x: Any) -> Any:
    """A function that imports its framework inside itself."""
    import jax

    return jax.numpy.tanh(x)


def in_hips(x: Any) -> Any:
    """The same with HIPS autograd."""
    import autograd.numpy

    return autograd.numpy.tanh(x)


def through_a_helper(x: Any) -> Any:
    """Nothing of its own shows whose it is."""
    return in_jax(x)


def test_the_framework_of_a_function_is_seen_without_importing_it() -> None:
    """From the names in its code."""
    assert (framework_of(in_jax), framework_of(in_hips)) == ("jax", "autograd")
    assert framework_of(through_a_helper) == "jax"


def test_a_jax_function_is_differentiated_in_double_precision() -> None:
    """The gradient of tanh to sixteen digits, and a right convolution agrees."""
    jax = pytest.importorskip("jax")

    def conv(x: Any, w: Any, b: Any, stride: int, padding: int) -> Any:
        y = jax.lax.conv_general_dilated(x, w, (stride, stride), [(padding, padding)] * 2)
        return y + b[None, :, None, None]

    assert_agrees(conv)
    assert_agrees(jax.jit(conv, static_argnames=("stride", "padding")))
    assert not examine(in_jax, inputs=(X[:1],), budget="1ms").wrong


def test_shapes_are_compiled_without_optimizations_during_its_calls_alone() -> None:
    """Each new shape is compiled, which takes longer than all else; a user's own calls are left as they were."""
    jax = pytest.importorskip("jax")
    switch, seen = "jax_disable_most_optimizations", []

    def layer(x: Any) -> Any:
        seen.append(jax.config.values[switch])
        return jax.numpy.tanh(x)

    adapt(layer, framework="jax").pull({"x": X}, {}, np.ones_like(X))
    assert set(seen) == {True}
    assert jax.config.values[switch] is False


def test_a_wrong_custom_vjp_is_found() -> None:
    """1 - tanh instead of 1 - tanh**2."""
    jax = pytest.importorskip("jax")
    wrong = jax.custom_vjp(jax.numpy.tanh)
    wrong.defvjp(lambda x: (jax.numpy.tanh(x),) * 2, lambda y, dy: (dy * (1 - y),))
    laws = {"adjoint", "finite differences"}
    assert set(examine(wrong, inputs=(X[:1, :1],), budget="1ms", laws=laws).findings) == laws


def test_a_hips_function_is_differentiated() -> None:
    """The gradient of tanh is right."""
    pytest.importorskip("autograd")
    pull = adapt(in_hips).pull({"x": X}, {}, np.ones_like(X))
    np.testing.assert_allclose(pull.gradients["dx"], 1 - np.tanh(X) ** 2, rtol=1e-14)
    assert not examine(in_hips, inputs=(X,), budget="1ms").wrong


def test_a_layer_that_answers_in_single_precision_breaks_the_law_of_formats() -> None:
    """It gets dy in the format of its y, and is right where single precision is all that is claimed."""
    jax = pytest.importorskip("jax")

    def single(x: Any) -> Any:
        return jax.numpy.maximum(x.astype(jax.numpy.float32), 0)

    asked: dict[str, Any] = {"like": "relu", "budget": "1ms", "laws": ["dtype", "reference"]}
    found = examine(single, **asked, supports={"axes": 1})
    assert "dtype" in found.findings
    assert "runs" not in found.findings
    assert not examine(single, **asked, supports={"axes": 1, "dtype": "float32"}).wrong
