"""JAX functions, ``custom_vjp`` included: differentiated by ``jax.vjp``, in double precision where the case is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.outputs import Outputs
from checks.adapters.signature import read
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


def adapt_jax(function: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    """Subject from a JAX function.

    JAX computes float64 in float32 unless told otherwise; here it is told so, for these calls alone. Raises UsageError
    where the signature cannot be understood.
    """
    plan = read(function, arguments, "function")

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        import jax

        def layer(values: dict[str, Any]) -> Any:
            bound = plan.bind(values, config)
            return outputs.joined(function(*bound.args, **bound.kwargs), _one)

        with _double():
            y, back = jax.vjp(layer, {name: jax.numpy.asarray(value) for name, value in arrays.items()})
            return np.asarray(y), (back, y.dtype)

    return Subject(name_of(function), forward, _pull, plan.limits(), remarks=outputs.remarks)


def _one(outputs: list[Any]) -> Any:
    """Several arrays in one."""
    import jax

    return jax.numpy.concatenate([each.ravel() for each in outputs])


def _pull(dy: Array, saved: tuple[Callable[..., Any], Any]) -> Arrays:
    """Gradients for dy in the format of y; where that is not the arguments', the law ``dtype`` says so."""
    import jax

    back, dtype = saved
    with _double():
        (found,) = back(jax.numpy.asarray(dy, dtype))
        return {gradient_of(name): np.asarray(value) for name, value in found.items()}


def _double() -> Any:
    """A context in which JAX keeps float64."""
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # noqa: FBT003 - JAX's own signature
    from jax.experimental import enable_x64

    return enable_x64()
