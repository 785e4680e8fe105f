"""Convolutions without oneDNN where that is known to be wrong.

Of three axes, in float32 and less, it writes past its memory; where it does follows from no rule that anybody knows,
and it may end the process. In bfloat16 it leaves what lay in memory in entries of the weight's gradient. README tells
of both (Beside other checkers). Nor is NNPACK used there, which PyTorch takes in oneDNN's place for a layer that widens
its arrays to float32: it transforms them, so that sums of whole numbers are not whole.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from checks.adapters.torch_surroundings import surrounded
from checks.types import Array, Arrays, carries

#: Axes of x and of a kernel; the fewest that they have.
AXES, FEWEST = 5, 3

_DOUBLE = np.dtype(np.float64)

#: What is said of it, by what the arrays are.
SAID = (
    "convolutions of three axes of float32 and less are called without oneDNN, by which PyTorch's write past their "
    "memory (README, Beside other checkers)"
)
SAID_OF_BFLOAT16 = (
    "calls on several planes of bfloat16 are made without oneDNN, by which PyTorch's convolutions leave entries of the "
    "weight's gradient unset (README, Beside other checkers), and without NNPACK"
)


def safely(call: Callable[[], Any], arrays: Arrays, remarks: list[str]) -> Any:
    """What a call of a layer on a CPU gives, without oneDNN where it may be such a convolution; so is its backward.

    ``remarks`` is told.
    """
    if not (said := of_convolution(arrays.values())):
        return call()
    if said not in remarks:
        remarks.append(said)
    surrounded(without_one_dnn)
    return without_one_dnn(call)


def of_convolution(arrays: Iterable[Array]) -> str:
    """What is said where two of the arrays may be x and the weight of such a convolution; empty where none are."""
    planes = [value for value in arrays if value.ndim >= FEWEST]
    if len(planes) <= 1:
        return ""
    if len([value for value in planes if value.ndim == AXES and value.dtype != _DOUBLE]) > 1:
        return SAID
    return SAID_OF_BFLOAT16 if any(carries(value.dtype) for value in planes) else ""


@contextmanager
def no_one_dnn() -> Iterator[None]:
    """A context in which PyTorch makes no use of oneDNN, nor of NNPACK; its own flags take longer, and warn."""
    import torch

    before = torch._C._get_mkldnn_enabled(), torch._C._get_nnpack_enabled()  # noqa: SLF001 - as above
    _enable((False, False))
    try:
        yield
    finally:
        _enable(before)


def _enable(both: tuple[bool, bool]) -> None:
    import torch

    torch._C._set_mkldnn_enabled(both[0])  # noqa: SLF001 - as above
    torch._C._set_nnpack_enabled(both[1])  # noqa: SLF001 - as above


def without_one_dnn(run: Callable[[], Any]) -> Any:
    """What ``run`` gives there."""
    with no_one_dnn():
        return run()
