"""Arrays on which PyTorch's own operations are known to end their process; README tells of them, with scripts."""

from __future__ import annotations

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
    """Whether PyTorch takes its strides for those of channels last; of a 1x1 array it would not care.

    Nor does it care how far apart the numbers of an axis lie that has one alone.
    """
    if array.shape[2:] == (1, 1):
        return False
    channels, (height, width, images) = array.strides[1], (2, 3, 0)
    rising = [channels, *(array.strides[axis] for axis in (width, height, images) if array.shape[axis] > 1)]
    return channels > 0 and rising == sorted(rising)
