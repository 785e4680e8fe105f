"""A pair of methods of one object that keeps its state or its parameters: it is that object, gone through by these."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import partial
from inspect import signature
from types import CellType, CodeType, FunctionType, MethodType
from typing import Any

from checks.adapters.callables import without_held
from checks.adapters.code_of_methods import attributes_read, codes_of, reached, sets_attributes
from checks.adapters.holders import attributes, there
from checks.adapters.instead import choose
from checks.adapters.methods import Methods, is_derived, methods_of
from checks.adapters.partials import holding_arguments
from checks.adapters.paths import Path, arrays_in
from checks.adapters.words import ARRAYS, named
from checks.refusals import RAISED


def object_of(ahead: Callable[..., Any], back: Callable[..., Any]) -> Any:
    """The object whose two methods these are, to be gone through by them; None where they are a pair by themselves.

    A copy of it where it would be gone through by other methods. Its forward may have arguments from ``partial``. They
    are a pair where their object keeps nothing, where the forward is handed a weight, and where nobody can copy it.
    """
    layer, names = _owner(ahead, back)
    if layer is None or not _is_layer(layer, names, without_held(ahead), back):
        return None
    found = layer if methods_of(layer) == names else _gone_through_by(layer, names)
    held = isinstance(ahead, partial) and found is not None
    return holding_arguments(found, names, *ahead.args, **ahead.keywords) if held else found  # type: ignore[attr-defined]


def beside(ahead: Callable[..., Any], back: Callable[..., Any]) -> tuple[Any, list[Path]]:
    """The object of a pair's methods, and ways to the arrays of floating point that it holds and its forward reads."""
    layer, names = _owner(ahead, without_held(back))
    return layer, list(_arrays_of(layer, names)) if layer is not None else []


def _owner(ahead: Callable[..., Any], back: Callable[..., Any]) -> tuple[Any, Methods]:
    """The object of both methods, and their names; None where they are of none, or are not found by their names."""
    whole, layer = without_held(ahead), getattr(back, "__self__", None)
    names = Methods(getattr(whole, "__name__", "__call__"), getattr(back, "__name__", ""))
    own = whole is layer or (isinstance(whole, MethodType) and whole.__self__ is layer)
    mine = own and isinstance(back, MethodType) and not isinstance(layer, type) and not is_derived(layer)
    found = mine and there(layer, names.backward) == back and callable(there(layer, names.forward))
    return (layer if found else None), names


def _is_layer(layer: Any, names: Methods, ahead: Callable[..., Any], back: Callable[..., Any]) -> bool:
    """Whether the object is more than the place where two functions stand: it keeps what these need, or set."""
    if len(signature(back).parameters) == 1 and methods_of(layer) == names:
        return True
    if any(named(each, ARRAYS) == "weight" for each in signature(ahead).parameters):
        return False
    codes = reached(_codes(layer), (names.forward, names.backward))
    return any(map(sets_attributes, codes)) or any(_arrays_of(layer, names))


def _codes(layer: Any) -> dict[str, CodeType]:
    """The code of each of its methods, and of each function that it holds."""
    held = {name: each.__code__ for name, each in attributes(layer).items() if isinstance(each, FunctionType)}
    return {**codes_of(type(layer)), **held}


def _arrays_of(layer: Any, names: Methods) -> Iterator[Path]:
    read = {name for code in reached(_codes(layer), [names.forward]) for name in attributes_read(code)}
    return (path for path, value in arrays_in(layer) if value.dtype.kind == "f" and path[0].key in read)


def _gone_through_by(layer: Any, names: Methods) -> Any:
    """A copy of an object that is gone through by these methods; None where it has no room for their names.

    Or where a function that it holds is its own by a closure: in a copy it would still be the first one's.
    """
    if not hasattr(layer, "__dict__") or any(_encloses(each, layer) for each in attributes(layer).values()):
        return None
    try:
        found = deepcopy(layer)
    except RAISED:
        return None
    choose(found, names.forward, names.backward)
    return found


def _encloses(function: Any, layer: Any) -> bool:
    cells = getattr(function, "__closure__", None) if isinstance(function, FunctionType) else None
    return any(cell != CellType() and cell.cell_contents is layer for cell in cells or ())
