"""Arrays that a framework would differentiate by, and that a function or a plain object holds where none asks for it.

A module of PyTorch's says what its parameters are; a closure, or an object that is called, says nothing of the weight
that it holds. Its gradient is asked of nobody, and that is told.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from types import FunctionType, MethodType
from typing import Any

from checks.adapters.methods import methods_of
from checks.adapters.outlasting import names_in
from checks.adapters.paths import Attribute, Path, steps
from checks.adapters.slots import spelled
from checks.adapters.torch_kinds import function_class, is_module, is_operator
from checks.refusals import RAISED

#: Steps from what is called to what it holds, after which nobody looks further.
DEEPEST = 6

#: Where flax's variables keep their array.
_BOXES = frozenset({"raw_value", "_raw_value", "value", "_value"})

#: Said of them.
SAID = (
    "the layer holds {0}, by which its framework would differentiate: that is not examined; hand it over as an "
    "argument, examine(lambda x, w: ..., inputs=(x, w)), or keep what is PyTorch's in a torch.nn.Module"
)


def held_leaves(layer: Any) -> tuple[str, ...]:
    """Their names, as what is called reaches them; none of what says itself which its parameters are."""
    if isinstance(layer, (type, tuple, list)) or function_class(layer) or is_operator(layer):
        return ()
    with suppress(*RAISED):  # whatever something says of being looked into
        if not is_module(layer) and methods_of(layer) is None:
            return tuple(dict.fromkeys(_held(layer)))
    return ()


def _held(layer: Any) -> Iterator[str]:
    match layer:
        case partial():  # what it holds its user meant to be held
            yield from _held(layer.func)
        case MethodType():
            yield from _inside((), layer.__self__, set())
        case FunctionType():
            for name, value in _around(layer):
                yield from _inside((Attribute(name),), value, set())
        case _:
            yield from _inside((), layer, set())


def _around(function: FunctionType) -> Iterator[tuple[str, Any]]:
    """What a function finds in its closure, and by name in its module."""
    for name, cell in zip(function.__code__.co_freevars, function.__closure__ or (), strict=True):
        with suppress(ValueError):  # that is empty yet
            yield name, cell.cell_contents
    named = sorted(names_in(function.__code__) & function.__globals__.keys())
    yield from ((name, function.__globals__[name]) for name in named)


def _inside(way: Path, thing: Any, seen: set[int]) -> Iterator[str]:
    """The names of the leaves in a thing, at the end of a way."""
    if id(thing) in seen or len(way) > DEEPEST:
        return
    seen.add(id(thing))
    if _is_leaf(thing):
        yield spelled(way[:-1] if len(way) > 1 and way[-1].key in _BOXES else way)
    elif is_module(thing):
        trained = (name for name, each in thing.named_parameters() if each.requires_grad)
        yield from (spelled((*way, Attribute(name))) for name in trained)
    else:
        for step in steps(thing):
            yield from _inside((*way, step), step.get(thing), seen)


def _is_leaf(value: Any) -> bool:
    """Of PyTorch what requires a gradient; of JAX any array of numbers with a point."""
    jax = sys.modules.get("jax")
    array = getattr(jax, "Array", None)
    if array is not None and isinstance(value, array):
        return bool(jax.numpy.issubdtype(value.dtype, jax.numpy.floating))  # type: ignore[union-attr] # it is loaded
    tensor = getattr(sys.modules.get("torch"), "Tensor", None)
    return tensor is not None and isinstance(value, tensor) and bool(value.requires_grad and value.is_leaf)
