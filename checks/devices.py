"""Accelerators: one that a kernel has broken, which answers nothing any more; one that has other work to do first."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any

from checks.errors import LostDeviceError
from checks.used_up import used_up


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
    """What is to be said where the device, or the process, is lost since a subject raised ``error``; empty if not."""
    if why := used_up(error):
        return why
    for name, wait in WAITS.items():
        try:
            if name in sys.modules:
                wait(sys.modules[name])
        except AttributeError:  # a stand-in under that name, which has no device to ask
            continue
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
    """Nothing where device and process still answer; else no layer said no, and later errors are echoes of this one.

    Raises LostDeviceError from ``error``.
    """
    if why := lost(error):
        raise LostDeviceError(why) from error


#: For how long a GPU is kept busy before a tensor is ready, in its cycles: milliseconds, in which any kernel starts.
BUSY = 5_000_000

#: Whether the tensors that are made now come behind other work.
_behind: list[None] = []


@contextmanager
def behind_other_work() -> Iterator[None]:
    """Tensors that are made on a GPU are ready when it has done what it had to do before: whoever reads them waits."""
    _behind.append(None)
    try:
        yield
    finally:
        _behind.pop()
        if "torch" in sys.modules:
            _synchronize_torch(sys.modules["torch"])


@contextmanager
def on_a_stream_apart() -> Iterator[None]:
    """The same on another stream than the one on which a GPU computes unless it is told otherwise."""
    torch: Any = sys.modules.get("torch")
    there = torch is not None and torch.cuda.is_available()
    with torch.cuda.stream(torch.cuda.Stream()) if there else nullcontext(), behind_other_work():
        yield


@contextmanager
def unwritten_is_nan() -> Iterator[None]:
    """Memory that PyTorch hands out holds NaN: what an earlier call has left there may be the right answer."""
    torch: Any = sys.modules.get("torch")
    if torch is None:
        yield
        return
    before = torch.are_deterministic_algorithms_enabled()
    warns = torch.is_deterministic_algorithms_warn_only_enabled()
    torch.use_deterministic_algorithms(True, warn_only=True)  # noqa: FBT003 - PyTorch's own signature
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before, warn_only=warns)


def when_ready(tensor: Any) -> Any:
    """A tensor of PyTorch's as it is; behind other work a copy that holds NaN, or 0, until that is done."""
    if not (_behind and tensor.is_cuda):
        return tensor
    torch = sys.modules["torch"]
    late = torch.full_like(tensor, float("nan") if tensor.is_floating_point() else 0)
    torch.cuda._sleep(BUSY)  # noqa: SLF001 - there is no other way to keep a stream busy and its device free
    return late.copy_(tensor)
