"""What PyTorch's layers share: how all of them compute, and where."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from checks.computing import CAST
from checks.invariants.place import Place

#: Less than a normal number: half of it is nothing where PyTorch flushes them, in all that its thread computes.
_SUBNORMAL = 1e-310

#: What decides by which algorithm cuDNN computes.
_CUDNN = ("enabled", "benchmark", "deterministic")


def torch_places(torch: Any) -> Iterator[Place]:
    """Each of them, of the PyTorch that is loaded."""
    yield Place("PyTorch's default dtype", torch.get_default_dtype, torch.set_default_dtype)
    yield Place("PyTorch's default device", torch.get_default_device, partial(_set_device, torch))
    yield Place("PyTorch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled)
    yield Place("PyTorch's autocast", partial(_autocast, torch), partial(_set_autocast, torch))
    yield Place("PyTorch's anomaly detection", torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly)
    yield Place("PyTorch's number of threads", torch.get_num_threads, torch.set_num_threads)
    yield Place(
        "PyTorch's choice of deterministic algorithms",
        torch.are_deterministic_algorithms_enabled,
        torch.use_deterministic_algorithms,
    )
    yield Place(
        "PyTorch's precision of products",
        partial(_said, torch.get_float32_matmul_precision),
        lambda before: before and torch.set_float32_matmul_precision(before),
    )
    yield Place("the flushing of subnormal numbers", _flushes, torch.set_flush_denormal)
    yield Place("cuDNN's settings", partial(_settings, torch.backends.cudnn), partial(_set, torch.backends.cudnn))


def _said(read: Callable[[], Any]) -> Any:
    """None where PyTorch does not say it: its older and its newer words for a precision do not mix."""
    try:
        return read()
    except RuntimeError:
        return None


def _set_device(torch: Any, before: Any) -> None:
    torch.set_default_device(None if before.type == "cpu" else before)


def _autocast(torch: Any) -> dict[str, bool]:
    return {device: torch.is_autocast_enabled(device) for device in CAST}


def _set_autocast(torch: Any, before: dict[str, bool]) -> None:
    for device, enabled in before.items():
        torch.set_autocast_enabled(device, enabled)


def _flushes() -> bool:
    return not _SUBNORMAL / 2


def _settings(module: Any) -> dict[str, Any]:
    return {name: getattr(module, name) for name in _CUDNN}


def _set(module: Any, before: dict[str, Any]) -> None:
    for name, value in before.items():
        setattr(module, name, value)
