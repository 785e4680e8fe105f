"""Names for the shapes of things that travel between rooms."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Arrays: TypeAlias = dict[str, Array]
Config: TypeAlias = Mapping[str, Any]
Shape: TypeAlias = tuple[int, ...]
Shapes: TypeAlias = Mapping[str, Shape]


@cache
def gradient_of(argument: str) -> str:
    """Name of the gradient of an argument: ``x`` gives ``dx``."""
    return f"d{argument}"


#: The word under which a format says what it carries.
CARRIED = "carries"

#: float32 that says of itself that it carries bfloat16: NumPy hands such words on with a format, and ignores them.
_CARRYING: np.dtype[Any] = np.dtype(np.float32, metadata={CARRIED: "bfloat16"})


def carrier(dtype: str) -> np.dtype[Any]:
    """NumPy format that holds every value of ``dtype``; NumPy has no bfloat16, float32 carries it, and says so."""
    return _CARRYING if dtype == "bfloat16" else np.dtype(dtype)


def carrying(arrays: Arrays, dtype: str) -> Arrays:
    """Arrays in the format that carries ``dtype`` which say so, whatever they were made of."""
    if (form := carrier(dtype)).metadata is None:
        return arrays
    return {name: value.view(form) if value.dtype == form else value for name, value in arrays.items()}


def carries(dtype: np.dtype[Any]) -> bool:
    """Whether a format says that it carries another one."""
    return dtype.metadata is not None and CARRIED in dtype.metadata


def format_name(dtype: np.dtype[Any]) -> str:
    """What a format is called, which may be one that it carries."""
    said: Mapping[str, Any] = dtype.metadata or {}
    return str(said[CARRIED]) if CARRIED in said else _plain_name(dtype)


@cache
def _plain_name(dtype: np.dtype[Any]) -> str:
    """NumPy takes long to spell one; to it formats are alike that carry different ones."""
    return str(dtype)
