"""Layers of JAX that work in the mode in which their users run them, whatever they do in double precision."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.adapters.jax_modes import usual
from checks.errors import RefusedError, SubjectError
from checks.subject import Subject

jax = pytest.importorskip("jax")

X = np.random.default_rng(0).standard_normal((3, 4))

ASKED: dict[str, Any] = {"budget": "1ms", "laws": ["adjoint", "dtype"]}


def carried(x: Any) -> Any:
    """The running sum of rows, in a loop that carries float32 beside zeros of JAX's own format."""

    def step(total: Any, row: Any) -> tuple[Any, Any]:
        total = total + row + jax.numpy.zeros(row.shape)
        return total, total

    return jax.lax.scan(step, jax.numpy.zeros(x.shape[1:], "float32"), x)[1]


def with_rule(scale: float, *, ahead: bool) -> Any:
    """The same with a derivative of its own, times ``scale``; its forward may do without a loop."""

    def backward(_: Any, dy: Any) -> tuple[Any]:
        return (scale * carried(dy[::-1])[::-1],)

    def plain(x: Any) -> Any:
        return carried(x) if ahead else jax.numpy.cumsum(x, 0)

    layer = jax.custom_vjp(plain)
    layer.defvjp(lambda x: (plain(x), None), backward)
    return layer


def rectified(x: Any) -> Any:
    """ReLU, of a family, through the same loop."""
    flat = jax.numpy.maximum(x, 0).reshape(1, -1)
    return carried(flat).reshape(x.shape) if x.size else jax.numpy.maximum(x, 0)


def raised_in_double(subject: Subject) -> str:
    """What a layer says of float64."""
    with pytest.raises(RefusedError) as told:
        subject.pull({"x": X}, {}, np.ones_like(X))
    return str(told.value)


@pytest.mark.parametrize("ahead", [True, False], ids=["forward", "backward"])
def test_a_layer_that_raises_in_double_precision_alone_turns_that_down(ahead: bool) -> None:
    """It says which mode its user is in, and what it raises in the other one."""
    subject = adapt(with_rule(1.0, ahead=ahead), ("x",))
    said = raised_in_double(subject)
    assert "it works where jax_enable_x64 is off, as it is in this process" in said
    assert "TypeError: scan body function carry input" in said
    narrow = X.astype(np.float32)
    pull = subject.pull({"x": narrow}, {}, np.ones_like(narrow))
    assert pull.gradients["dx"].dtype == np.float32
    assert np.allclose(pull.gradients["dx"], np.arange(3.0, 0, -1)[:, None])


def test_what_raises_in_both_modes_raises_as_it_is() -> None:
    """The layer's own words, and no word of a mode."""

    def layer(x: Any) -> Any:
        return jax.numpy.matmul(x, x)

    with pytest.raises(SubjectError, match=r"matmul|dot_general|contracting") as told:
        adapt(layer, ("x",)).pull({"x": X}, {}, np.ones_like(X))
    assert "jax_enable_x64" not in str(told.value)


@pytest.mark.long
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_layer_that_works_in_its_users_mode_is_examined_in_it(dtype: str) -> None:
    """Examples of float64 become what JAX makes of them there; a note says what is not examined."""
    found = examine(with_rule(1.0, ahead=True), inputs=(X.astype(dtype),), **ASKED)
    assert not found.wrong, story(found)
    assert found.compared
    assert found.judged[0].dtype == "float32"
    assert any("float64" in note and "not examined" in note for note in found.notes), found.notes


@pytest.mark.long
@pytest.mark.parametrize("ahead", [True, False], ids=["forward", "backward"])
def test_a_wrong_layer_is_found_in_its_users_mode(ahead: bool) -> None:
    """Its derivatives are right to the digits of float32."""
    found = examine(with_rule(1.01, ahead=ahead), inputs=(X,), **ASKED)
    assert set(found.findings) == {"adjoint"}, story(found)


@pytest.mark.long
def test_a_layer_of_a_family_is_asked_in_the_formats_that_its_mode_has() -> None:
    """What it raises in double precision is said, and no mistake."""
    found = examine(rectified, "relu", supports={"axes": 1}, budget="1ms", laws=["reference", "dtype"])
    assert not found.wrong, story(found)
    assert {case.dtype for case in found.judged} <= {"float32", "float16"}
    assert any("float64 (NotImplementedError: it works where jax_enable_x64 is off" in note for note in found.notes)


@pytest.mark.long
def test_a_pair_by_hand_is_examined_in_the_mode_in_which_it_works() -> None:
    """On examples of either format, also where they are NumPy's."""
    pair = (lambda x: (carried(x), None), lambda dy, _: carried(dy[::-1])[::-1])
    for example in (X, jax.numpy.asarray(X)):
        found = examine(pair, inputs=(example,), **ASKED)
        assert not found.wrong, story(found)
        assert found.compared
        assert found.judged[0].dtype == "float32"


def test_arrays_are_of_the_format_that_the_user_has_on_examples_of_it() -> None:
    """A layer that makes zeros of JAX's own format gives y in that of its examples."""
    found = examine(lambda x: x * 2 + jax.numpy.zeros(x.shape), inputs=(X.astype(np.float32),), **ASKED)
    assert not {*found.findings, *found.hazards}, story(found)


def thinned_out(scale: float) -> Any:
    """Dropout by a key, from which JAX draws other numbers for wider formats; its own derivative times ``scale``."""
    key = jax.random.PRNGKey(0)

    def plain(x: Any) -> Any:
        return x * (jax.random.uniform(key, x.shape) < 0.5)

    layer = jax.custom_vjp(plain)
    layer.defvjp(lambda x: (plain(x), None), lambda _, dy: (scale * plain(dy),))
    return layer


@pytest.mark.parametrize("scale", [1.0, 1.25])
def test_a_layer_that_draws_other_numbers_in_double_precision_has_derivatives_in_its_own(scale: float) -> None:
    """Those of the wider format are another function's: it would be wrong whatever its backward is."""
    found = examine(thinned_out(scale), inputs=(X.astype(np.float32),), budget="1ms", laws=["finite differences"])
    assert found.wrong == (scale != 1), story(found)


@pytest.mark.long
def test_a_user_who_has_double_precision_on_is_told_of_no_mode() -> None:
    """Everything is in it then, and what raises there is wrong."""
    jax.config.update("jax_enable_x64", True)
    try:
        assert not usual()
        found = examine(with_rule(1.0, ahead=True), inputs=(X.astype(np.float32),), **ASKED)
        assert set(found.findings) == {"runs"}
        assert not any("x64" in note for note in found.notes)
    finally:
        jax.config.update("jax_enable_x64", False)
