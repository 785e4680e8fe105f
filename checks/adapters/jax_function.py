"""JAX functions, ``custom_vjp`` included: differentiated by ``jax.vjp``, in double precision where the case is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.described import watched
from checks.adapters.differentiated import JAX, Differentiated
from checks.adapters.jax_compiled import Compiled
from checks.adapters.outputs import Outputs
from checks.adapters.reached_state import state_of
from checks.adapters.signature import read
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


def adapt_jax(function: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    """Subject from a JAX function.

    JAX computes float64 in float32 unless told otherwise; here it is told so, for these calls alone, and to compile
    each new shape without optimizing it, which takes half of the time, and whole (``Compiled``). Raises UsageError
    where the signature cannot be understood.
    """
    plan = read(function, arguments, "function")

    def layer(config: Config, values: dict[str, Any]) -> Any:
        return outputs.joined(plan.call(function, values, config), _one, values.values())

    compiled = Compiled(layer, partial(state_of, function))

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        with double(), compiled_soon():
            y, back = compiled.vjp(config, _in_jax(arrays))
            return np.asarray(y), (back, y.dtype)

    def inference(arrays: Arrays, config: Config) -> Array:
        with double(), compiled_soon():
            return np.asarray(compiled.inference(config, _in_jax(arrays)))

    raw = Subject(name_of(function), forward, _pull, plan.limits(), inference=inference, remarks=outputs.remarks)
    return replace(watched(plan, raw), preamble=Differentiated(JAX, function, plan, outputs), device=_default())


def _default() -> str:
    """Where JAX computes unless it is told otherwise: cpu, gpu or tpu."""
    import jax

    return str(jax.default_backend())


def _in_jax(arrays: Arrays) -> dict[str, Any]:
    return {name: in_jax(value) for name, value in arrays.items()}


def in_jax(array: Array) -> Any:
    """The same numbers in a JAX array and memory of its own: ``jax.numpy.array`` compiles a program for each shape."""
    import jax

    return jax.device_put(np.array(array))


def _one(outputs: list[Any]) -> Any:
    """Several arrays in one."""
    import jax

    return jax.numpy.concatenate([each.ravel() for each in outputs])


def _pull(dy: Array, saved: tuple[Callable[..., Any], Any]) -> Arrays:
    """Gradients for dy in the format of y; where that is not the arguments', the law ``dtype`` says so."""
    back, dtype = saved
    with double(), compiled_soon():
        (found,) = back(in_jax(np.asarray(dy, dtype)))
        return {gradient_of(name): np.asarray(value) for name, value in found.items()}


def double() -> Any:
    """A context in which JAX keeps float64."""
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # noqa: FBT003 - JAX's own signature
    from jax.experimental import enable_x64

    return enable_x64()


@contextmanager
def compiled_soon() -> Iterator[None]:
    """A context in which XLA leaves out most optimizations, in versions of JAX that can be told so."""
    import jax

    switch = "jax_disable_most_optimizations"
    before = jax.config.values.get(switch)
    if before is None:
        yield
        return
    jax.config.update(switch, True)  # noqa: FBT003 - JAX's own signature
    try:
        yield
    finally:
        jax.config.update(switch, before)
