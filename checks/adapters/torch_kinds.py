"""Kinds of PyTorch's layers, told from the names of their types: PyTorch is not imported to find out."""

from __future__ import annotations

from copy import copy
from functools import partial, wraps
from typing import Any

from checks.errors import UsageError

#: Where what ``torch.compile`` made of a module keeps it.
COMPILED = "_orig_mod"


def function_class(obj: Any) -> Any:
    """The class of ``torch.autograd.Function`` that an object is, or whose ``apply`` it is, or None."""
    kind = getattr(obj, "__self__", obj) if getattr(obj, "__name__", "") == "apply" else obj
    return kind if "torch.autograd.function.Function" in _bases(kind) else None


def applied(obj: Any) -> Any:
    """One ``partial`` of what applies a class of ``torch.autograd.Function``, also where several held it; or None."""
    if not isinstance(obj, partial):
        return None
    if inner := applied(obj.func):
        return partial(inner.func, *inner.args, *obj.args, **{**inner.keywords, **obj.keywords})
    return obj if hasattr(obj.func, "applies") else None


def is_module(obj: Any) -> bool:
    """Whether it is a ``torch.nn.Module`` or a class of them."""
    return "torch.nn.modules.module.Module" in _bases(obj)


def is_scripted(obj: Any) -> bool:
    """Whether ``torch.jit.script`` or ``torch.jit.trace`` made this module."""
    return not isinstance(obj, type) and "torch.jit._script.ScriptModule" in _bases(obj)


def uncompiled(module: Any) -> Any:
    """The module that was compiled, or the module itself."""
    return getattr(module, COMPILED, module)


def forward_of(module: Any) -> Any:
    """What a module is called by, with a signature: what was compiled says nothing of its own.

    Raises UsageError where a scripted one has several forwards, as recurrent layers have.
    """
    if is_scripted(module) and not hasattr(module, "forward"):
        raise UsageError(
            f"{module.original_name}, scripted by itself, has several forwards (__overloads__) and none that can be "
            "asked; expected the module before torch.jit.script, or a scripted module whose forward calls it: "
            "self.inner(x)"
        )
    plain = uncompiled(module)
    own = vars(module).get("forward")
    if plain is module or isinstance(own, partial):
        return module.forward
    return wraps(plain.forward)(module.forward)


def calling(module: Any, forward: Any) -> Any:
    """The same module, parameters and all, with another forward."""
    found = _again(module) if is_scripted(module) else copy(module)
    found.forward = forward
    return found


def holding(held: partial[Any]) -> Any:
    """A module for which ``functools.partial`` holds some arguments, as a module with the same parameters."""
    return calling(held.func, partial(forward_of(held.func), *held.args, **held.keywords))


def _again(scripted: Any) -> Any:
    """Another object for the same scripted module: what ``copy`` makes has parameters of its own."""
    from torch.jit._recursive import wrap_cpp_module

    return wrap_cpp_module(scripted._c)  # type: ignore[no-untyped-call]  # noqa: SLF001 - no other way


def is_operator(obj: Any) -> bool:
    """Whether it is an operator of ``torch.library``, in any of the forms in which people hold one.

    Also one that ``functools.partial`` holds some arguments for.
    """
    obj = obj.func if isinstance(obj, partial) else obj
    return hasattr(obj, "_opoverload") or type(obj).__name__ in {"OpOverload", "OpOverloadPacket"}


def _bases(obj: Any) -> set[str]:
    kinds = obj.__mro__ if isinstance(obj, type) else type(obj).__mro__
    return {f"{kind.__module__}.{kind.__qualname__}" for kind in kinds}
