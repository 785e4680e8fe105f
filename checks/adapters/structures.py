"""Tuples, lists and dictionaries of arrays, taken apart into arrays by name (``hx[0]``, ``state['h']``), and whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from numbers import Number
from typing import Any


def is_structure(value: Any) -> bool:
    """Whether it holds several things: a list of plain numbers, nested or not, is one array."""
    if isinstance(value, Mapping):
        return True
    return isinstance(value, (tuple, list)) and bool(value) and not all(map(_is_number, value))


def _is_number(value: Any) -> bool:
    nested = isinstance(value, (tuple, list)) and bool(value)
    return all(map(_is_number, value)) if nested else isinstance(value, Number)


def form_of(value: Any) -> Any:
    """The same structure with None in place of each array."""
    return rebuilt(value, iter(lambda: None, 0))


def parts(form: Any, name: str) -> Iterator[str]:
    """Names of the arrays of a structure of this name, in their order."""
    if not is_structure(form):
        yield name
        return
    for key, each in _items(form):
        yield from parts(each, f"{name}[{key!r}]")


def has_form(form: Any, value: Any) -> bool:
    """Whether a value can be taken apart as a structure of this form."""
    if not is_structure(form):
        return not is_structure(value)
    if not is_structure(value) or isinstance(form, Mapping) != isinstance(value, Mapping):
        return False
    ours, theirs = dict(_items(form)), dict(_items(value))
    return ours.keys() == theirs.keys() and all(has_form(each, theirs[key]) for key, each in ours.items())


def leaves(form: Any, value: Any) -> Iterator[Any]:
    """What a value that fits holds, in the order of the form; None all along where it is None."""
    if not is_structure(form):
        yield value
        return
    held = None if value is None else dict(_items(value))
    for key, each in _items(form):
        yield from leaves(each, held and held[key])


def rebuilt(form: Any, given: Iterator[Any]) -> Any:
    """A structure of this form that holds what is given, in its order."""
    if not is_structure(form):
        return next(given)
    each = {key: rebuilt(one, given) for key, one in _items(form)}
    if isinstance(form, Mapping):
        return each
    return type(form)(*each.values()) if hasattr(form, "_fields") else type(form)(each.values())


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    yield from value.items() if isinstance(value, Mapping) else enumerate(value)
