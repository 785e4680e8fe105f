"""Types that more than one layer uses."""

from collections.abc import Iterable
from types import EllipsisType
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[Any]
Ints: TypeAlias = tuple[int, ...]
PerAxis: TypeAlias = int | tuple[int, ...] | list[int]
Padding: TypeAlias = int | str | tuple[int | tuple[int, int], ...] | list[int | tuple[int, int]]


def spatial(steps: Iterable[int | slice]) -> tuple[EllipsisType | int | slice, ...]:
    """Index the last axes: x[spatial(steps)] is x[..., step, step, ...]."""
    return (..., *steps)


class ConvGradients(NamedTuple):
    """The gradients of a convolution, each with its argument's shape and dtype; dbias is None where bias was None."""

    dx: Array
    dweight: Array
    dbias: Array | None


def working_dtype(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """Give the format in which arrays of ``dtype`` are summed: their own in native byte order, float32 for float16."""
    return np.promote_types(dtype, np.float32)
