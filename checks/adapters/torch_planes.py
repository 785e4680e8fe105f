"""Convolutions of three axes without oneDNN: of float32 and less it writes past its memory there.

README tells of it (Beside other checkers). Where it does follows from no rule that anybody knows, and it may end the
process: it is turned off for such calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.adapters.torch_surroundings import surrounded
from checks.types import Arrays

#: Axes of x and of a kernel.
AXES = 5

_DOUBLE = np.dtype(np.float64)

#: What is said of it.
SAID = (
    "convolutions of three axes of float32 and less are called without oneDNN, by which PyTorch's write past their "
    "memory (README, Beside other checkers)"
)


def safely(call: Callable[[], Any], arrays: Arrays, remarks: list[str]) -> Any:
    """What a call of a layer on a CPU gives, without oneDNN where it may be such a convolution; so is its backward.

    ``remarks`` is told.
    """
    if not _may_convolve(arrays):
        return call()
    if SAID not in remarks:
        remarks.append(SAID)
    surrounded(without_one_dnn)
    return without_one_dnn(call)


def _may_convolve(arrays: Arrays) -> bool:
    """Whether two of the arrays are of so many axes, and not of float64."""
    return len([value for value in arrays.values() if value.ndim == AXES and value.dtype != _DOUBLE]) > 1


def without_one_dnn(run: Callable[[], Any]) -> Any:
    """What ``run`` gives while PyTorch makes no use of oneDNN; its own flags take longer, and warn."""
    import torch

    before = torch._C._get_mkldnn_enabled()  # noqa: SLF001 - as above
    torch._C._set_mkldnn_enabled(False)  # noqa: SLF001, FBT003 - as above
    try:
        return run()
    finally:
        torch._C._set_mkldnn_enabled(before)  # noqa: SLF001 - as above
