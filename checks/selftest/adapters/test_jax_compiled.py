"""JAX functions are compiled whole where a program of them does what they do step by step, and nowhere else."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.adapters.jax_compiled import Compiled
from checks.adapters.reached_state import state_of
from checks.subject import Subject
from checks.types import Array

jax = pytest.importorskip("jax")

DY, SCALES = np.ones((2, 3)), {"w": np.arange(3.0)}


def custom(forward: Callable[[Any], Any], backward: Callable[[Any, Any], Any]) -> Any:
    """A square with a derivative of its own."""
    square = jax.custom_vjp(lambda x: x * x)
    square.defvjp(forward, backward)
    return square


def gradients(subject: Subject, times: int = 1, scale: float = 1.0) -> list[Array]:
    """Dx of calls on other numbers of one shape, each a whole one."""
    x = scale * np.arange(6.0).reshape(2, 3)
    return [subject.pull({"x": x + call}, {}, DY).gradients["dx"] - 2 * (x + call) for call in range(times)]


def test_many_calls_of_one_kind_are_traced_a_few_times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python runs again for calls that are compared, ever more seldom, and not for each."""
    ran = []

    def square(x: Any) -> Any:
        ran.append(x.shape)
        return x * x

    monkeypatch.setattr(jax.numpy, "square", square)  # a library's, which is taken to keep nothing
    subject = adapt(lambda x: jax.numpy.square(x) + 0, ("x",))
    assert not np.any(gradients(subject, 64))
    assert len(ran) < 12


@pytest.mark.parametrize("shapes", [1, 9], ids=["compared", "later"])
def test_what_a_program_cannot_hold_is_called_step_by_step(shapes: int) -> None:
    """A layer that asks for values, also of a shape that comes later: its gradients are right."""

    def forward(x: Any) -> tuple[Any, Any]:
        return x * x, x if x.shape[0] < shapes or float(x.sum()) < 1e9 else 0

    subject = adapt(custom(forward, lambda x, dy: (2 * x * dy,)), ("x",))
    for size in range(1, shapes + 1):
        x = np.arange(-2.0, size).reshape(-1, 1)[:size]
        assert np.array_equal(subject.pull({"x": x}, {}, np.ones_like(x)).gradients["dx"], 2 * x)


def test_what_a_backward_refuses_costs_no_other_shape_its_program() -> None:
    """A matrix alone has the transpose that this one takes: three axes raise, two are computed by programs still."""
    ran = []

    def forward(x: Any) -> tuple[Any, Any]:
        ran.append(x.shape)
        return x.sum(-1), x

    layer = jax.custom_vjp(lambda x: x.sum(-1))
    layer.defvjp(forward, lambda x, dy: ((dy * jax.numpy.ones((x.shape[-1], 1))).T,))
    compiled = Compiled(lambda _, values: layer(values["x"]))

    def called(*shape: int) -> Array:
        y, back = compiled.vjp({}, {"x": jax.numpy.ones(shape)})
        return np.asarray(back(y)[0]["x"])

    called(2, 3)
    for size in range(4, 8):
        with pytest.raises((TypeError, ValueError)):
            called(size, 2, 3)
    ran.clear()
    assert [called(2, 3).tolist() for _ in range(8)] == [[[3.0] * 3] * 2] * 8
    assert len(ran) < 4


@pytest.mark.parametrize("shapes", [1, 9], ids=["compared", "later"])
def test_arrays_that_a_forward_leaves_for_its_backward_are_no_tracers(shapes: int) -> None:
    """A cache of its own, which is right as long as each backward follows its forward."""
    left: dict[str, Any] = {}

    def forward(x: Any) -> tuple[Any, Any]:
        left["x"] = x
        return x * x, x

    subject = adapt(custom(forward, lambda x, dy: (2 * (x if len(x) < shapes else left["x"]) * dy,)), ("x",))
    for size in range(1, shapes + 1):
        x = np.arange(1.0, size + 1)
        assert np.array_equal(subject.pull({"x": x}, {}, np.ones_like(x)).gradients["dx"], 2 * x)


def test_what_a_layer_counts_is_seen_though_its_program_knows_of_no_count() -> None:
    """One that is wrong from some call on."""
    calls = []

    def backward(x: Any, dy: Any) -> tuple[Any]:
        calls.append(1)
        return (2 * x * dy * (1 if len(calls) < 7 else 3),)

    subject = adapt(custom(lambda x: (x * x, x), backward), ("x",))
    assert any(map(np.any, gradients(subject, 100)))


class Counted:
    """A square that is half of itself at every so many calls."""

    def __init__(self) -> None:
        """Not called yet."""
        self.calls = itertools.count(1)

    def __call__(self, x: Any) -> Any:
        """Counts."""
        return x * x / (2 if next(self.calls) % 50 == 49 else 1)


def counting() -> Any:
    """The same as a function that gives a variable around it another value."""
    calls = 0

    def square(x: Any) -> Any:
        nonlocal calls
        calls += 1
        return x * x / (2 if calls % 50 == 49 else 1)

    return square


@pytest.mark.parametrize("layer", [Counted(), counting()], ids=["an object", "a closure"])
def test_what_a_layer_counts_is_seen_long_after_its_program_was_compared(layer: Any) -> None:
    """Its first calls give what its program gives, and leave another count behind."""
    assert any(map(np.any, gradients(adapt(layer, ("x",), framework="jax"), 100)))


@pytest.mark.parametrize(
    ("layer", "same"),
    [(Counted(), False), (counting(), False), (lambda x: jax.numpy.sin(x) * SCALES["w"], True), (jax.numpy.sin, True)],
)
def test_the_state_of_a_function_is_another_once_a_call_has_changed_it(layer: Any, same: bool) -> None:
    """And the same where it reads what nobody changes."""
    before = state_of(layer)
    layer(1.0)
    assert (state_of(layer) == before) is same


def test_what_jax_keeps_is_no_state_of_its_own_functions() -> None:
    """It keeps what it has compiled: with that for a state ``jax.nn.relu`` would be called step by step."""
    assert not state_of(jax.nn.relu)


@pytest.mark.long
def test_a_new_kind_of_call_costs_a_program_for_each_way_and_not_one_for_each_operation() -> None:
    """Each operation of a layer is compiled for each new shape where it is called step by step."""
    compiled: list[str] = []
    jax.monitoring.register_event_duration_secs_listener(
        lambda event, *_, **__: compiled.append(event) if "backend_compile" in event else None
    )

    def layer(x: Any) -> Any:
        y = x
        for shift in range(9):
            y = y + jax.numpy.roll(y, shift, 1)[:, : x.shape[1] - shift].sum()
        return y

    subject = adapt(layer, ("x",))
    for size in range(3, 12):
        compiled.clear()
        subject.pull({"x": np.ones((1, size))}, {}, np.ones((1, size)))
    assert 0 < len(compiled) <= 4


@pytest.mark.parametrize(("rows", "fast"), [(3, False), (2**14, True)], ids=["few", "many"])
def test_loops_are_made_fast_where_they_go_over_many_numbers(
    rows: int, fast: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For few numbers that takes longer than it saves; the gradients are the same."""
    how, jit = list[dict[str, Any]](), jax.jit

    def seen(run: Any, compiler_options: Any) -> Any:
        how.append(compiler_options or {})
        return jit(run, compiler_options=compiler_options)

    monkeypatch.setattr(jax, "jit", seen)
    subject, x = adapt(lambda x: jax.numpy.square(x) + 0, ("x",)), np.ones((rows, 2))
    assert np.array_equal(subject.pull({"x": x}, {}, x).gradients["dx"], 2 * x)
    on_a_cpu = jax.default_backend() == "cpu"
    assert {"xla_backend_optimization_level" not in each for each in how} == {fast or not on_a_cpu}
