"""Lazy modules of PyTorch: a first forward tells them the shapes of their parameters."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.own_names import parameter_of
from checks.adapters.switches import EVAL
from checks.adapters.tensors import each
from checks.adapters.torch_kinds import is_module, uncompiled
from checks.errors import UsageError
from checks.refusals import RAISED


def built(obj: Any, inputs: Any) -> tuple[Any, list[str]]:
    """A copy of a lazy module that has run once on an example, in eval mode, and what is to be said of it.

    Anything else as it is. Raises UsageError where it does not run, or does not know all of its shapes then.
    """
    if not is_module(obj) or isinstance(obj, type) or not (lazy := _lazy(obj)):
        return obj, []
    unknown = f"{name_of(uncompiled(obj))} does not know the shape of {', '.join(lazy)} yet"
    expected = "expected an example that it takes, or a module that has run once: call it with an input first"
    if uncompiled(obj) is not obj:  # no copy of it can be called
        raise UsageError(
            f"{unknown}; expected a module that has run once, or the module as it was before torch.compile"
        )
    twin = _copy(obj, lazy)
    try:
        _run(twin, inputs, next(iter(lazy.values())).data)
    except RAISED as error:
        raise UsageError(f"{unknown}, and on the example raised {type(error).__name__}: {error}; {expected}") from error
    if left := _lazy(twin):
        raise UsageError(f"{unknown}, and the example does not tell it that of {', '.join(left)}; {expected}")
    return twin, [f"a copy of the layer has run once on the example, which tells it the shape of {', '.join(lazy)}"]


def _lazy(module: Any) -> dict[str, Any]:
    """Parameters and buffers whose shapes are not known yet, by dotted name."""
    from torch.nn.parameter import is_lazy

    plain = uncompiled(module)
    return {name: value for name, value in [*plain.named_parameters(), *plain.named_buffers()] if is_lazy(value)}


def _copy(module: Any, lazy: Mapping[str, Any]) -> Any:
    """A copy of a module; PyTorch copies no lazy buffer."""
    from torch.nn.parameter import UninitializedBuffer

    empty: Any = UninitializedBuffer
    buffers = [value for value in lazy.values() if isinstance(value, UninitializedBuffer)]
    return deepcopy(module, {id(one): empty(device=one.data.device, dtype=one.data.dtype) for one in buffers})


def _run(module: Any, inputs: Any, like: Any) -> None:
    """Call a module with an example in the format of its parameters, which are drawn anew in the same way each time."""
    import torch

    from checks.adapters.torch_module import in_mode
    from checks.adapters.torch_seeds import SEED, Seeded

    many = inputs if isinstance(inputs, (Mapping, tuple, list)) else [inputs]
    given = each(partial(_handed, like=like), many)
    named = {parameter_of(module, name): value for name, value in given.items()} if isinstance(given, dict) else {}
    with torch.no_grad(), Seeded("cpu", SEED):
        in_mode(module, EVAL, partial(module, **named) if named else partial(module, *given))


def _handed(value: Any, like: Any) -> Any:
    import torch

    if isinstance(value, np.ndarray):
        value = torch.from_numpy(value.copy())
    if not isinstance(value, torch.Tensor):
        return each(partial(_handed, like=like), value)
    return value.detach().to(like.device, like.dtype if value.is_floating_point() else value.dtype)
