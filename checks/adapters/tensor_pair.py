"""Hand-written forwards and backwards on PyTorch's tensors: they are handed tensors, and what they give is read.

Nothing here imports PyTorch: whoever writes such a layer has.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from functools import partial, wraps
from typing import Any

import numpy as np

from checks.adapters.callables import signature_of
from checks.adapters.given import by_argument
from checks.adapters.instead import put_around
from checks.adapters.methods import methods_of
from checks.adapters.recognise import framework_of
from checks.refusals import RAISED
from checks.subject import Subject

#: Said of such a layer.
REMARK = "the layer's forward and backward are handed tensors"


def on_tensors(obj: Any, inputs: Any) -> tuple[Any, list[str]]:
    """A layer of arrays made of one whose two methods take tensors, as a call shows, and what is to be said of it.

    Anything else as it is.
    """
    if "torch" not in sys.modules or isinstance(obj, (type, Subject)) or not _by_hand(obj):
        return obj, []
    given = by_argument(obj, inputs)
    tensors = any(map(_is_tensor, given.values()))
    if not tensors and framework_of(_forward_of(obj)) != "torch":
        return obj, []
    if not tensors and _answers(obj, given, _copied):
        return obj, []
    return (_tensored(obj), [REMARK]) if _answers(obj, given, _tensor_of) else (obj, [])


def _by_hand(obj: Any) -> bool:
    """Whether it is a forward and a backward that no framework derives."""
    pair = isinstance(obj, (tuple, list)) and all(map(callable, obj))
    return pair or (methods_of(obj) is not None and framework_of(obj) == "")


def _forward_of(layer: Any) -> Callable[..., Any]:
    methods = methods_of(layer)
    found: Callable[..., Any] = methods.ahead(layer) if methods else layer[0]
    return found


def _tensored(obj: Any) -> Any:
    if isinstance(obj, (tuple, list)):
        return tuple(_around(each, place) for place, each in enumerate(obj))
    methods, found = methods_of(obj), copy(obj)
    for place, name in enumerate((methods.forward, methods.backward) if methods else ()):
        put_around(found, name, partial(_around, place=place))
    return found


def _around(method: Callable[..., Any], place: int) -> Callable[..., Any]:
    """A method that takes and gives arrays; of a forward (place 0) what follows y stays as it is, for the backward."""

    @wraps(method)
    def called(*given: Any, **named: Any) -> Any:
        result = method(*map(_tensor, given), **{name: _tensor(each) for name, each in named.items()})
        if place == 0 and isinstance(result, tuple):
            return (_read(result[0]), *result[1:])
        return _read(result)

    called.__signature__ = signature_of(method, "function", ("x",))  # type: ignore[attr-defined]
    return called


def _answers(layer: Any, given: Mapping[str, Any], handed: Callable[[Any], Any]) -> bool:
    """Whether a forward takes these examples, as ``handed`` makes them, and gives y in the same kind of array."""
    try:
        result = _forward_of(deepcopy(layer))(**{name: handed(value) for name, value in given.items()})
    except RAISED:
        return False
    y = result[0] if isinstance(result, tuple) else result
    return _is_tensor(y) == any(_is_tensor(handed(value)) for value in given.values())


def _copied(value: Any) -> Any:
    """A copy of an example, in arrays."""
    return deepcopy(_read(value))


def _tensor_of(value: Any) -> Any:
    return _tensor(_copied(value))


def _is_tensor(value: Any) -> bool:
    return isinstance(value, sys.modules["torch"].Tensor)


def _tensor(value: Any) -> Any:
    """A tensor of each array, in its own memory where PyTorch takes that; anything else as it is."""
    if not isinstance(value, np.ndarray):
        return _each(_tensor, value)
    shared = value.flags.writeable and value.flags.aligned and min(value.strides, default=0) >= 0
    return sys.modules["torch"].from_numpy(value if shared else value.copy())


def _read(value: Any) -> Any:
    """The numbers of tensors, in whatever they stand."""
    return value.detach().cpu().numpy() if _is_tensor(value) else _each(_read, value)


def _each(change: Callable[[Any], Any], value: Any) -> Any:
    """A structure of what ``change`` makes of each thing in it; what is none as it is."""
    if isinstance(value, Mapping):
        return {name: change(each) for name, each in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(change, value))
    return type(value)(map(change, value)) if isinstance(value, (tuple, list)) else value
