"""An accelerator that a kernel has broken: after an illegal access nothing that this process asks of it is answered."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import Any

from checks.errors import LostDeviceError


def _synchronize_torch(torch: Any) -> None:
    if torch.cuda.is_initialized():
        torch.cuda.synchronize()


def _synchronize_cupy(cupy: Any) -> None:
    cupy.cuda.runtime.deviceSynchronize()


def _synchronize_numba(cuda: Any) -> None:
    cuda.synchronize()


#: How each library that has been loaded waits for its device; a broken one raises.
WAITS: Mapping[str, Callable[[Any], None]] = {
    "torch": _synchronize_torch,
    "cupy": _synchronize_cupy,
    "numba.cuda": _synchronize_numba,
}

#: What libraries say where there is no device, or none that they reach: nothing was lost.
NEVER_THERE = (
    "cudaErrorNoDevice",
    "cudaErrorInsufficientDriver",
    "CUDA_ERROR_NO_DEVICE",
    "Error at driver init",
    "CUDA driver library cannot be found",
)


def lost(error: BaseException) -> str:
    """What is to be said where the device is lost since a subject raised ``error``; empty where it answers."""
    for name, wait in WAITS.items():
        try:
            if name in sys.modules:
                wait(sys.modules[name])
        except Exception as broken:  # noqa: BLE001 - each library has errors of its own
            if any(words in str(broken) for words in NEVER_THERE):
                continue
            said = str(error).split("\n", 1)[0]
            return (
                f"{type(error).__name__}: {said}: the device answers nothing any more ({type(broken).__name__}), and "
                "nothing more can be asked in this process; isolate=True examines a layer in processes of its own, "
                "CUDA_LAUNCH_BLOCKING=1 and compute-sanitizer name the kernel"
            )
    return ""


def demand_device(error: BaseException) -> None:
    """Nothing where the device still answers; else no layer said no, and every later error is an echo of this one.

    Raises LostDeviceError from ``error``.
    """
    if why := lost(error):
        raise LostDeviceError(why) from error
