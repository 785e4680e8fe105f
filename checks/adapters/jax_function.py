"""JAX functions, ``custom_vjp`` included: differentiated by ``jax.vjp``, in double precision where the case is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.described import watched
from checks.adapters.differentiated import JAX, Differentiated
from checks.adapters.jax_compiled import Back, Compiled
from checks.adapters.jax_modes import demand_own, in_usual, is_wide, mode, usual
from checks.adapters.outputs import Outputs
from checks.adapters.reached_state import state_of
from checks.adapters.signature import read
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config, carrier, format_name, gradient_of


def adapt_jax(function: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs) -> Subject:
    """Subject from a JAX function.

    JAX computes float64 in float32 unless told otherwise; here it is told so, for calls on arrays of float64 alone
    (``jax_modes``), and to compile each new shape without optimizing it, which takes half of the time, and whole
    (``Compiled``). Raises UsageError where the signature cannot be understood.
    """
    plan = read(function, arguments, "function")

    def layer(config: Config, values: dict[str, Any]) -> Any:
        return outputs.joined(plan.call(function, values, config), _one, values.values())

    raw = _Calls(Compiled(layer, partial(state_of, function)))
    subject = Subject(
        name_of(function),
        raw.forward,
        raw.pull,
        plan.limits(),
        carried=("bfloat16",),
        inference=raw.inference,
        remarks=outputs.remarks,
    )
    shown = Differentiated(JAX, function, plan, outputs)
    return replace(watched(plan, subject), preamble=shown, device=_default(), usual=usual())


@dataclass(frozen=True)
class _Calls:
    """A function's calls, each in the mode in which JAX keeps the format of its arrays.

    One that raises in double precision, and not in its user's process, turns the case down.
    """

    compiled: Compiled

    def forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        """Y, and what ``pull`` needs.

        Raises what the function raises, NotImplementedError where it does so in double precision alone.
        """
        wide = is_wide(arrays.values())
        try:
            y, back = self._vjp(arrays, config, wide=wide)
        except RAISED as error:
            if wide:
                demand_own(error, partial(self._vjp, _narrow(arrays), config, wide=False))
            raise
        return from_jax(y), (back, y.dtype, partial(self._anew, arrays, config) if wide else None)

    def inference(self, arrays: Arrays, config: Config) -> Array:
        """Y alone."""
        with mode(wide=is_wide(arrays.values())), compiled_soon():
            return from_jax(self.compiled.inference(config, _in_jax(arrays)))

    def pull(self, dy: Array, saved: tuple[Back, Any, Callable[[Array], object] | None]) -> Arrays:
        """Gradients for dy in the format of y; where that is not the arguments', the law ``dtype`` says so.

        Raises as ``forward``.
        """
        back, dtype, anew = saved
        try:
            return _pulled(back, np.asarray(dy, dtype), wide=anew is not None)
        except RAISED as error:
            if anew is not None:
                demand_own(error, partial(anew, dy))
            raise

    def _vjp(self, arrays: Arrays, config: Config, *, wide: bool) -> tuple[Any, Back]:
        with mode(wide=wide), compiled_soon():
            return self.compiled.vjp(config, _in_jax(arrays))

    def _anew(self, arrays: Arrays, config: Config, dy: Array) -> Arrays:
        """The gradients of a call in its user's own mode."""
        y, back = self._vjp(_narrow(arrays), config, wide=False)
        return _pulled(back, np.asarray(dy, y.dtype), wide=False)


def _narrow(arrays: Arrays) -> Arrays:
    return {name: in_usual(value) for name, value in arrays.items()}


def _pulled(back: Back, dy: Array, *, wide: bool) -> Arrays:
    with mode(wide=wide), compiled_soon():
        (found,) = back(in_jax(dy))
        return {gradient_of(name): from_jax(value) for name, value in found.items()}


def _default() -> str:
    """Where JAX computes unless it is told otherwise: cpu, gpu or tpu."""
    import jax

    return str(jax.default_backend())


def _in_jax(arrays: Arrays) -> dict[str, Any]:
    return {name: in_jax(value) for name, value in arrays.items()}


def in_jax(array: Array) -> Any:
    """The same numbers in a JAX array and memory of its own: ``jax.numpy.array`` compiles a program for each shape."""
    import jax

    form = jax.numpy.dtype(format_name(array.dtype))
    return jax.device_put(np.array(array).astype(form, copy=False))


def from_jax(value: Any) -> Array:
    """A JAX array as one of NumPy; bfloat16 becomes the float32 that carries it."""
    found = np.asarray(value)
    return found.astype(np.float32).view(carrier("bfloat16")) if str(found.dtype) == "bfloat16" else found


def _one(outputs: list[Any]) -> Any:
    """Several arrays in one."""
    import jax

    return jax.numpy.concatenate([each.ravel() for each in outputs])


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
