"""JAX and HIPS autograd, where they are installed; the names of both in a function are seen without them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import UsageError, examine, story
from checks.adapters import adapt
from checks.adapters.frameworks import framework_of
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


@pytest.mark.long
def test_a_jax_function_is_differentiated_in_double_precision() -> None:
    """The gradient of tanh to sixteen digits, and a right convolution agrees."""
    jax = pytest.importorskip("jax")

    def conv(x: Any, w: Any, b: Any, stride: int, padding: int) -> Any:
        y = jax.lax.conv_general_dilated(x, w, (stride, stride), [(padding, padding)] * 2)
        return y + b[None, :, None, None]

    assert_agrees(conv)
    assert_agrees(jax.jit(conv, static_argnames=("stride", "padding")))
    assert not examine(in_jax, inputs=(X[:1],), budget="1ms").wrong


@pytest.mark.long
def test_a_rule_that_gives_too_few_gradients_is_one_finding_about_its_backward() -> None:
    """JAX tells it in the forward; y is of the shape that the layer gives it where nobody asks for a gradient."""
    jax = pytest.importorskip("jax")

    product = jax.custom_vjp(lambda x, w: x @ w)
    product.defvjp(lambda x, w: (x @ w, (x, w)), lambda saved, dy: (dy @ saved[1].T,))
    found = examine(product, inputs=(X, X.T.copy()), budget="1ms")
    (finding,) = found.findings.values()
    assert (finding.law, finding.shrunk.shapes["dy"]) == ("runs", (3, 3))
    assert "backward raised TypeError" in finding.shrunk_verdict.why
    assert "  hint     the backward of a custom_vjp gives a tuple: for each argument in its order" in story(found)


@pytest.mark.long
def test_a_rule_that_gives_nothing_is_told_so_and_not_what_a_layer_may_refuse() -> None:
    """No case is to blame for it: nothing that ``supports`` could say would help."""
    jax = pytest.importorskip("jax")
    relu = jax.custom_vjp(lambda x: jax.numpy.maximum(x, 0))
    relu.defvjp(lambda x: (jax.numpy.maximum(x, 0), x), lambda *_: ())
    told = story(examine(relu, "relu", budget="1ms"))
    hints = [line for line in told.splitlines() if line.startswith("  hint ")]
    assert len(hints) == 1, told
    assert "the backward of a custom_vjp gives a tuple" in hints[0]


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


@pytest.mark.long
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


@pytest.mark.long
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


class Sine:
    """A layer that is written by hand in JAX, as an object, and as a pair of its methods."""

    def forward(self, x: Any) -> tuple[Any, Any]:
        """Through a helper of JAX's."""
        import jax

        return jax.numpy.sin(x), x

    def backward(self, dy: Any, x: Any) -> Any:
        """Right."""
        import jax

        return jax.numpy.multiply(dy, jax.numpy.cos(x))


class WrongSine(Sine):
    """Its derivative has the wrong sign."""

    def backward(self, dy: Any, x: Any) -> Any:
        """As above."""
        return -super().backward(dy, x)


@pytest.mark.long
@pytest.mark.sweep("kinds of layers on JAX arrays", 2)
@pytest.mark.parametrize("kind", [Sine, WrongSine])
@pytest.mark.parametrize("shown", ["an object", "a pair"])
def test_a_layer_written_by_hand_in_jax_is_handed_its_arrays(kind: type[Sine], shown: str) -> None:
    """In double precision where the example is; that is no mistake of the layer, and a note says so."""
    jax = pytest.importorskip("jax")
    one, asked = kind(), {"budget": "1ms", "laws": ["finite differences", "dtype", "saved copies"]}
    layer = one if shown == "an object" else (one.forward, one.backward)
    for example in (X, jax.numpy.asarray(X)):
        found = examine(layer, inputs=(example,), **asked)  # type: ignore[arg-type] # as said above
        assert set(found.findings) == ({"finite differences"} if kind is WrongSine else set()), story(found)
        assert found.judged[0].dtype == str(example.dtype)
        assert "the layer's forward and backward are handed JAX arrays" in found.notes


@pytest.mark.long
def test_a_layer_of_a_family_that_is_written_by_hand_in_jax_is_handed_its_arrays() -> None:
    """ReLU."""
    jax = pytest.importorskip("jax")
    pair = (lambda x: (jax.numpy.maximum(x, 0), x), lambda dy, x: dy * (x > 0))
    found = examine(pair, "relu", budget="1ms", supports={"axes": 1}, laws=["reference"])
    assert not found.wrong, story(found)
    assert "the layer's forward and backward are handed JAX arrays" in found.notes


def test_a_pair_of_numpy_stays_one_where_jax_arrays_are_its_examples() -> None:
    """They are examples like any others."""
    jax = pytest.importorskip("jax")
    pair = (lambda x: (np.sin(np.asarray(x)), x), lambda dy, x: dy * np.cos(x))
    found = examine(pair, inputs=(jax.numpy.asarray(X),), budget="1ms", laws=["finite differences"])
    assert not found.wrong, story(found)
    assert "the layer's forward and backward are handed JAX arrays" not in found.notes


@pytest.mark.long
@pytest.mark.parametrize("of", ["jax", "torch"])
def test_a_function_that_names_nothing_is_of_the_framework_of_its_examples(of: str) -> None:
    """Of JAX or PyTorch; one that takes indices too, and one that gives a dictionary."""
    tensor = pytest.importorskip("jax").numpy.asarray if of == "jax" else pytest.importorskip("torch").as_tensor
    layers: dict[str, Any] = {
        "a product": (lambda x, w: x @ w, (tensor(X), tensor(X.T))),
        "rows": (lambda x, at: x[at], (tensor(X), tensor(np.array([0, 1, 1])))),
        "two": (lambda x: {"a": x * 2, "b": (x.sum(), x**2)}, (tensor(X),)),
    }
    for layer, inputs in layers.values():
        found = examine(layer, inputs=inputs, budget="1ms", laws=["adjoint"])
        assert not found.wrong, story(found)
        assert found.compared


def test_a_function_that_nobody_recognises_is_shown_as_its_user_knows_it() -> None:
    """What was held for it unasked is not; and the message says what would show whose it is."""
    with pytest.raises(
        UsageError, match=r"^<function test_\S+ .*\(of function\) is no layer .*by examples that are its tensors"
    ):
        examine(lambda x, at: x[at], inputs=(X, np.array([0, 1, 1])), budget="1ms")


@pytest.mark.long
@pytest.mark.usefixtures("every_variation")
def test_what_autograd_saves_by_reference_is_no_hazard_of_a_layer() -> None:
    """It saves whatever goes into its functions, and goes back at once; JAX's arrays cannot be written to."""
    laws = ["adjoint", "saved copies"]
    for name, layer in (("autograd", in_hips), ("jax", in_jax)):
        pytest.importorskip(name)
        found = examine(layer, inputs=(X,), budget="1ms", laws=laws)
        assert {*found.findings, *found.hazards} == set(), story(found)
    by_reference = (lambda x: (np.tanh(x), x), lambda dy, x: dy / np.cosh(x) ** 2)
    assert set(examine(by_reference, inputs=(X,), budget="1ms", laws=laws).hazards) == {"saved copies"}
