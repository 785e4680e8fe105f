"""JAX in its user's own mode and in double precision, which it has only where it is told so.

Unless told otherwise JAX computes 64 bits in 32: ``jnp.zeros(3)`` is of float32 then, and of float64 where
``jax_enable_x64`` is on, where a loop that carries it beside float32 raises. So arrays of 32 bits and less are computed
in the mode that the user has; wider ones where it is told to keep them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import numpy as np

from checks.refusals import RAISED, printable, text_of

#: The format of all floating point in JAX's own mode.
USUAL = "float32"

#: Bits of a number from which on JAX has to be told to keep it.
WIDE = 64

#: What a script says first that keeps them.
KEPT = 'jax.config.update("jax_enable_x64", True)'

#: Said by a layer that works in its user's process, of what it raises in double precision.
REFUSAL = "it works where jax_enable_x64 is off, as it is in this process, and with it on raises {}: {}"


def usual() -> str:
    """The format in which JAX computes wider ones, too, in this process; empty where its user told it to keep them."""
    import jax

    return "" if jax.config.jax_enable_x64 else USUAL


def is_wide(arrays: Iterable[Any]) -> bool:
    """Whether any of these is an array of floating point that JAX keeps only where it is told to."""
    return any(_is_wide(getattr(each, "dtype", None)) for each in arrays)


def _is_wide(dtype: Any) -> bool:
    return getattr(dtype, "kind", "") in {"f", "c"} and np.finfo(dtype).bits >= WIDE


def mode(*, wide: bool) -> AbstractContextManager[Any]:
    """A context in which JAX keeps float64, or else the user's own."""
    return double() if wide else nullcontext()


def double() -> Any:
    """A context in which JAX keeps float64."""
    import jax

    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)  # noqa: FBT003 - JAX's own signature
    from jax.experimental import enable_x64

    return enable_x64()


def demand_own(error: BaseException, narrow: Callable[[], object]) -> None:
    """Look at what a layer raised in double precision: ``narrow`` makes the same call in its user's own mode.

    Raises NotImplementedError where that one does not raise: its user never meets such an error.
    """
    if not usual():
        return
    try:
        narrow()
    except RAISED:
        return
    first_line = text_of(error).partition("\n")[0]
    raise NotImplementedError(REFUSAL.format(type(error).__name__, printable(first_line))) from error


def in_usual(value: Any) -> Any:
    """An array as JAX makes it in its own mode; what is no array as it is."""
    if not (isinstance(value, np.ndarray) and _is_wide(value.dtype)):
        return value
    return value.astype(np.complex64 if value.dtype.kind == "c" else USUAL)
