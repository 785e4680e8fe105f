"""Reading of arguments: each function returns the usable value, or raises with value, expectation and remedy."""

import math
from functools import cache
from typing import Any, TypeVar

import numpy as np

from reference_impl.errors import ConfigurationError, DtypeError, SavedError, ShapeError
from reference_impl.types import Array, Ints

REAL = ("float16", "float32", "float64", "longdouble")
REAL_OR_COMPLEX = (*REAL, "complex64", "complex128")
SPATIAL_RANKS = (3, 4, 5)
LARGEST = 2**31 - 1  # beyond this no array has cells, and positions would leave NumPy's integers

T = TypeVar("T")


def array(name: str, value: object, dtypes: tuple[str, ...] = REAL) -> Array:
    """Return ``value`` as it is if it is a plain array of one of ``dtypes`` (in any byte order).

    Raises DtypeError otherwise: conversions are left to the caller, who knows which precision is meant.
    """
    if not isinstance(value, np.ndarray) or isinstance(value, np.ma.MaskedArray):
        raise DtypeError(
            f"{name} is a {type(value).__module__}.{type(value).__qualname__}; expected a plain numpy.ndarray. "
            f"Convert it, for example with numpy.asarray({name}, dtype=numpy.float64)."
        )
    if not _among(value.dtype, dtypes):
        raise DtypeError(
            f"{name} has dtype {value.dtype}; expected one of {', '.join(dtypes)}. "
            f"Convert it, for example with {name}.astype(numpy.float64)."
        )
    return np.asarray(value)


@cache
def _among(dtype: np.dtype[Any], dtypes: tuple[str, ...]) -> bool:
    return any(native(dtype) == np.dtype(each) for each in dtypes)


def native(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Give the same dtype in this machine's byte order."""
    return dtype.newbyteorder("=")


def feature_map(name: str, value: object, dtypes: tuple[str, ...] = REAL) -> Array:
    """Return ``value`` if it has shape (N, C, *spatial) with 1 to 3 spatial axes; only N may be 0.

    Raises DtypeError and ShapeError.
    """
    x = array(name, value, dtypes)
    if x.ndim not in SPATIAL_RANKS:
        raise ShapeError(
            f"{name} has shape {x.shape}, {x.ndim} axes; expected (N, C, *spatial) with 1, 2 or 3 spatial axes. "
            f"Add the missing batch or channel axis, for example {name}[None]."
        )
    if 0 in x.shape[1:]:
        raise ShapeError(
            f"{name} has shape {x.shape}; expected at least one channel and one cell along each spatial axis. "
            "Only the batch (the first axis) may be empty: look for what emptied the others."
        )
    return x


def same_dtype(name: str, value: Array, other: str, dtype: np.dtype[Any]) -> None:
    """Check that ``value`` has ``dtype``, which is that of ``other``. Raises DtypeError."""
    if value.dtype != dtype and native(value.dtype) != native(dtype):
        raise DtypeError(
            f"{name} has dtype {value.dtype}; expected {native(dtype)}, the dtype of {other}. "
            f"Convert one of them, for example {name}.astype({other}.dtype): layers do not mix precisions."
        )


def upstream(value: object, shape: Ints, dtype: np.dtype[Any]) -> Array:
    """Return dy if it has the shape and the dtype of y. Raises DtypeError and ShapeError."""
    dy = array("dy", value, REAL_OR_COMPLEX)
    same_dtype("dy", dy, "y", dtype)
    if dy.shape != shape:
        raise ShapeError(
            f"dy has shape {dy.shape}; expected {shape}, the shape of the y that the forward returned. "
            "Pass one upstream value for each entry of y (broadcasting is not done: it would hide mistakes)."
        )
    return dy


def saved_by(forward: str, kind: type[T], value: object) -> T:
    """Return ``value`` if ``forward`` saved it. Raises SavedError."""
    if not isinstance(value, kind):
        raise SavedError(
            f"saved is a {type(value).__qualname__}; expected the {kind.__qualname__} that {forward} returned. "
            f"Call `y, saved = {forward}(...)` and pass on that second value, after dy."
        )
    return value


def integer(name: str, value: object, minimum: int) -> int:
    """Return ``value`` as an int if it is an integer from ``minimum`` to LARGEST. Raises ConfigurationError."""
    if isinstance(value, bool | np.bool_) or not isinstance(value, int | np.integer) or not minimum <= value <= LARGEST:
        raise ConfigurationError(
            f"{name}={value!r}; expected an integer from {minimum} to {LARGEST}. "
            f"Pass one of type int: not a float, a bool or a string."
        )
    return int(value)


def per_axis(name: str, value: object, axes: int, minimum: int) -> Ints:
    """Return one integer for each of ``axes`` spatial axes; a single one counts for all. Raises ConfigurationError."""
    if not isinstance(value, tuple | list):
        return (integer(name, value, minimum),) * axes
    if len(value) != axes:
        raise ConfigurationError(
            f"{name}={value!r} has {len(value)} values; expected {axes}, one for each spatial axis of x. "
            "Pass that many, or a single integer for all axes."
        )
    return tuple(integer(f"{name}[{axis}]", entry, minimum) for axis, entry in enumerate(value))


def switch(name: str, value: object) -> bool:
    """Return ``value`` if it is a bool. Raises ConfigurationError."""
    if not isinstance(value, bool | np.bool_):
        raise ConfigurationError(
            f"{name}={value!r}; expected True or False. Numbers and strings are not read as switches."
        )
    return bool(value)


def finite(name: str, value: object, dtype: np.dtype[Any]) -> float:
    """Return ``value`` as a float if it is a real number that ``dtype`` can hold. Raises ConfigurationError."""
    is_number = isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool)
    limit = float(np.finfo(dtype).max) if dtype != np.longdouble else float(np.finfo(np.float64).max)
    if not is_number or not math.isfinite(value) or abs(value) > limit:  # type: ignore[arg-type]
        raise ConfigurationError(
            f"{name}={value!r}; expected a finite number that {native(dtype)} can hold, such as 0.0 or 1.0."
        )
    return float(value)  # type: ignore[arg-type]
