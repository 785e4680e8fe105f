"""Arrays on which PyTorch's own operations end their process, or which they misread; README has scripts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checks.types import Array, Arrays, Config, Shape

_WHY = (
    "PyTorch's convolution by oneDNN writes past its memory where x of float32 is channels last and the kernel is "
    "1x1 at a stride of 2 or more (README, Beside other checkers): it is not asked in this process"
)

_MISREAD = (
    "PyTorch's batch normalization goes back through a weight with strides as if its numbers lay side by side (README, "
    "Beside other checkers), as those of a module do"
)


def crash_of(module: Any, places: Mapping[str, str]) -> Callable[[Arrays, Config], str]:
    """The same for a module, whose parameters stand at these places by name of the argument."""
    parts = (place for place, part in module.named_modules() if "BatchNorm" in _kind(part))
    weights = {f"{place}.weight".lstrip(".") for place in parts}
    names = [name for name, place in places.items() if place in weights]

    def said(arrays: Arrays, config: Config) -> str:
        misread = any(not arrays[name].flags.c_contiguous for name in names if name in arrays)
        return _MISREAD if misread else crash(arrays, config)

    return said


def _kind(part: Any) -> str:
    """The name of a module's class; of a scripted one that of its original."""
    return str(getattr(part, "original_name", type(part).__name__))


def crash(arrays: Arrays, config: Config) -> str:
    """Why these very arrays are not handed to a PyTorch layer on a CPU; empty where they may be.

    An example says nothing of strides: there any may be.
    """
    narrow = [array for array in arrays.values() if array.dtype == "float32" and array.ndim == len("NCHW")]
    dense = config.get("stride", 2) in {1, (1, 1)}
    by_one = any(array.shape[2:] == (1, 1) for array in narrow)
    return _WHY if by_one and not dense and any(map(_is_channels_last, narrow)) else ""


def _is_channels_last(array: Array) -> bool:
    """Whether PyTorch takes its strides for those of channels last; of a 1x1 array it would not care."""
    images, channels, *plane = array.strides
    spread: Shape = tuple(plane)
    return array.shape[2:] != (1, 1) and 0 < channels <= spread[1] <= spread[0] <= images
