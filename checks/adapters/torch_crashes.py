"""Arrays on which PyTorch's own operations are known to end their process; README tells of them, with scripts."""

from __future__ import annotations

from collections.abc import Sequence

from checks.types import Array, Arrays, Config

_WHY = (
    "PyTorch's convolution by oneDNN writes past its memory where x of float32 is channels last and the kernel is "
    "1x1 at a stride of 2 or more (README, Beside other checkers): it is not asked in this process"
)


def crash(arrays: Arrays, config: Config) -> str:
    """Why these very arrays are not handed to a PyTorch layer on a CPU; empty where they may be.

    An example says nothing of strides: there any may be.
    """
    narrow = [array for array in arrays.values() if array.dtype == "float32" and array.ndim == len("NCHW")]
    dense = config.get("stride", 2) in {1, (1, 1)}
    by_one = any(array.shape[2:] == (1, 1) for array in narrow)
    return _WHY if by_one and not dense and any(map(_is_channels_last, narrow)) else ""


def _is_channels_last(array: Array) -> bool:
    """Whether PyTorch may take its strides for those of channels last.

    Its own rule does not pass over axes that have one number alone; some of its operations do.
    """
    dense = (1, 3, 2, 0)
    kept = [axis for axis in dense if array.shape[axis] > 1 or axis == 1] if array.shape[2:] != (1, 1) else []
    return array.strides[1] > 0 and (_rises(array, dense) or (bool(kept) and _rises(array, kept)))


def _rises(array: Array, axes: Sequence[int]) -> bool:
    """Whether each of these axes steps over the whole of those before it (c10, is_channels_last_strides_2d)."""
    least = 0
    for axis in axes:
        stride = array.strides[axis]
        if stride < least or (axis == 0 and least == array.strides[1]):
            return False
        least = stride * array.shape[axis]
    return True
