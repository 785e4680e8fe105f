"""Kinds of PyTorch's layers, told from the names of their types: PyTorch is not imported to find out."""

from __future__ import annotations

from copy import copy
from functools import partial
from typing import Any


def function_class(obj: Any) -> Any:
    """The class of ``torch.autograd.Function`` that an object is, or whose ``apply`` it is, or None."""
    kind = getattr(obj, "__self__", obj) if getattr(obj, "__name__", "") == "apply" else obj
    return kind if "torch.autograd.function.Function" in _bases(kind) else None


def is_module(obj: Any) -> bool:
    """Whether it is a ``torch.nn.Module`` or a class of them."""
    return "torch.nn.modules.module.Module" in _bases(obj)


def holding(held: partial[Any]) -> Any:
    """A module for which ``functools.partial`` holds some arguments, as a module with the same parameters."""
    found = copy(held.func)
    found.forward = partial(found.forward, *held.args, **held.keywords)  # type: ignore[attr-defined] # of a module
    return found


def is_operator(obj: Any) -> bool:
    """Whether it is an operator of ``torch.library``, in any of the forms in which people hold one."""
    return hasattr(obj, "_opoverload") or type(obj).__name__ in {"OpOverload", "OpOverloadPacket"}


def _bases(obj: Any) -> set[str]:
    kinds = obj.__mro__ if isinstance(obj, type) else type(obj).__mro__
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
