"""Arrays on which PyTorch's own operations are known to end their process, or to give what is no function of them.

README tells of them, soak/ has scripts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from checks.types import Array, Arrays, Config

_WHY = (
    "PyTorch's convolution by oneDNN writes past its memory where x of float32 is channels last and the kernel is "
    "1x1 at a stride of 2 or more (README, Beside other checkers): it is not asked in this process"
)
_MISSED = (
    "PyTorch's convolution by oneDNN ends its process where x or weight of float32 is channels last and two or more "
    "windows along the last axis all miss x (README, Beside other checkers): it is not asked in this process"
)
_UNREAD = (
    "PyTorch's convolution by oneDNN gives what lies in memory beside x where x or weight of float32 is channels last, "
    "with one channel and one window along the last axis at a stride of 2 or more (README, Beside other checkers): it "
    "is not asked for that"
)

_ASTRIDE = (
    "PyTorch's complex operations end their process on real and imaginary parts that lie between two numbers "
    "(unaligned): a layer of which nobody knows what it computes is not asked for that"
)

_USUAL = {"stride": 1, "dilation": 1, "padding": 0}


def crash(arrays: Arrays, config: Config) -> str:
    """Why these very arrays are not handed to a PyTorch layer on a CPU; empty where they may be.

    An example says nothing of strides: there any may be. It says nothing of padding either: there is none.
    """
    if "stride" not in config and not all(array.flags.aligned for array in arrays.values()):
        return _ASTRIDE
    narrow = [array for array in arrays.values() if array.dtype == "float32"]
    if _strided_points([array for array in narrow if array.ndim == len("NCHW")], config):
        return _WHY
    x, weight = arrays.get("x"), arrays.get("weight")
    if x is None or weight is None or x.dtype != "float32" or weight.dtype != "float32":
        return ""
    if not (_by_rule(x) or _by_rule(weight)):
        return ""
    starts, taps, stride = _along_last_axis(x, weight, config)
    if len(starts) == 1 and stride > 1 and x.shape[1] == 1 and x.ndim > len("NCL"):
        return _UNREAD
    return _MISSED if len(starts) > 1 and _all_miss(starts, taps, x.shape[-1]) else ""


def _strided_points(planes: Sequence[Array], config: Config) -> bool:
    """Whether there are kernels of 1x1 at a stride, and something is channels last."""
    dense = config.get("stride", 2) in {1, (1, 1)}
    return any(array.shape[2:] == (1, 1) for array in planes) and not dense and any(map(_is_channels_last, planes))


def _along_last_axis(x: Array, weight: Array, config: Config) -> tuple[range, range, int]:
    """Where windows begin along the last axis, which cells of them a kernel reads, and the stride."""
    kernel = weight.shape[-1]
    stride, dilation, padding = (_of_last_axis(config.get(name, usual)) for name, usual in _USUAL.items())
    if isinstance(padding, str):
        padding = (dilation * (kernel - 1) // 2, dilation * kernel // 2) if padding == "same" else 0
    before, after = padding if isinstance(padding, tuple) else (padding, padding)
    starts = range(-before, x.shape[-1] + after - dilation * (kernel - 1), stride)
    return starts, range(0, dilation * kernel, dilation), stride


def _all_miss(starts: range, taps: range, size: int) -> bool:
    """Whether the taps of each window meet padding alone."""
    return not any(0 <= start + tap < size for start in starts for tap in taps)


def _of_last_axis(setting: Any) -> Any:
    return setting[-1] if isinstance(setting, tuple) else setting


def _is_channels_last(array: Array) -> bool:
    """Whether PyTorch may take its strides for those of channels last.

    Its own rule does not pass over axes that have one number alone; some of its operations do.
    """
    dense = (1, 3, 2, 0)
    kept = [axis for axis in dense if array.shape[axis] > 1 or axis == 1] if array.shape[2:] != (1, 1) else []
    if array.strides[1] <= 0:
        return False
    return _rises(array.shape, array.strides, dense) or (bool(kept) and _rises(array.shape, array.strides, kept))


def _by_rule(array: Array) -> bool:
    """Whether an array of one to three axes of space is channels last by PyTorch's own rule; of one, as a row of two.

    What PyTorch copies, because it steps back in memory, lies as usual.
    """
    shape, strides = array.shape, array.strides
    if array.ndim < len("NCL"):
        return False
    if array.ndim == len("NCL"):
        shape, strides = (*shape[:2], 1, shape[2]), (*strides[:2], strides[2] * shape[2], strides[2])
    return min(strides) >= 0 and strides[1] > 0 and _rises(shape, strides, (1, *range(len(shape) - 1, 1, -1), 0))


def _rises(shape: Sequence[int], strides: Sequence[int], axes: Sequence[int]) -> bool:
    """Whether each of these axes steps over the whole of those before it (c10, is_channels_last_strides_2d)."""
    least = 0
    for axis in axes:
        if strides[axis] < least or (axis == 0 and least == strides[1]):
            return False
        least = strides[axis] * shape[axis]
    return True
