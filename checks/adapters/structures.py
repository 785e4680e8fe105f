"""Tuples, lists, dictionaries and dataclasses of arrays, taken apart by name (``hx[0]``, ``state['h']``), and whole."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from numbers import Integral, Number
from typing import Any

from checks.adapters.fields import fields_of, has_fields, refilled

#: The key of a dictionary at the end of the name of an array in it.
_KEY = re.compile(r"\['(\w+)'\]\Z")


@dataclass(frozen=True)
class Option:
    """What stands in a structure and has no gradient: a word, a truth value, None, whole numbers."""

    value: Any


def is_structure(value: Any) -> bool:
    """Whether it holds several things: a list of plain numbers, nested or not, is one array."""
    if _has_names(value):
        return True
    return isinstance(value, (tuple, list)) and bool(value) and not all(map(_is_number, value))


def is_numbers(value: Any) -> bool:
    """Whether it is a tuple or a list of plain numbers, nested or not: one array."""
    return isinstance(value, (tuple, list)) and _is_number(value)


def _has_names(value: Any) -> bool:
    return isinstance(value, Mapping) or (has_fields(value) and not isinstance(value, Option))


def _is_number(value: Any) -> bool:
    nested = isinstance(value, (tuple, list)) and bool(value)
    return all(map(_is_number, value)) if nested else isinstance(value, Number)


def form_of(value: Any) -> Any:
    """The same structure with None in place of each array, and with its options."""
    if is_structure(value):
        return _alike(value, {key: form_of(each) for key, each in _items(value)})
    return Option(deepcopy(value)) if is_option(value) else None


def is_option(value: Any) -> bool:
    """Whether a value can have no gradient, whatever the backward gives."""
    if isinstance(value, (tuple, list)):
        return all(map(is_option, value))
    return value is None or isinstance(value, (str, bool, Integral))


def options(form: Any, name: str) -> Iterator[tuple[str, Any]]:
    """Names and values of the options in a structure of this name."""
    if isinstance(form, Option):
        yield name, form.value
    for key, each in _items(form) if is_structure(form) else ():
        yield from options(each, f"{name}[{key!r}]")


def parts(form: Any, name: str) -> Iterator[str]:
    """Names of the arrays of a structure of this name, in their order."""
    if not is_structure(form):
        yield from [] if isinstance(form, Option) else [name]
        return
    for key, each in _items(form):
        yield from parts(each, f"{name}[{key!r}]")


def part_key(part: str) -> str:
    """The key under which the array of this name stands in its dictionary: Wax of ``parameters['Wax']``; else empty."""
    found = _KEY.search(part)
    return found[1] if found else ""


def classes_in(form: Any) -> Iterator[type]:
    """The classes of which a structure of this form holds things with fields, itself among them."""
    if not is_structure(form):
        return
    if has_fields(form) or hasattr(form, "_fields"):
        yield type(form)
    for _, each in _items(form):
        yield from classes_in(each)


def has_form(form: Any, value: Any) -> bool:
    """Whether a value can be taken apart as a structure of this form, whatever it has in place of its options."""
    if not is_structure(form):
        return not is_structure(value)
    if not is_structure(value) or _has_names(form) != _has_names(value):
        return False
    ours, theirs = dict(_items(form)), dict(_items(value))
    arrays = [key for key, each in ours.items() if not isinstance(each, Option)]
    same = set(arrays) <= theirs.keys() <= ours.keys()
    return same and all(has_form(ours[key], theirs[key]) for key in arrays)


def is_part_of(form: Any, gradient: Any) -> bool:
    """Whether a gradient has some of the names of a structure, each in its form, and none beside them."""
    if not (is_structure(gradient) and _has_names(form) and _has_names(gradient)):
        return False
    ours, theirs = dict(_items(form)), dict(_items(gradient))
    return bool(theirs) and theirs.keys() <= ours.keys() and all(has_form(ours[key], theirs[key]) for key in theirs)


def leaves(form: Any, value: Any) -> Iterator[Any]:
    """The arrays that a value that fits holds, in the order of the form; None all along where it is None."""
    if not is_structure(form):
        yield from [] if isinstance(form, Option) else [value]
        return
    held = {} if value is None else dict(_items(value))
    for key, each in _items(form):
        yield from leaves(each, held.get(key))


def rebuilt(form: Any, given: Iterator[Any]) -> Any:
    """A structure of this form that holds what is given, in its order, and its options, which nobody else holds."""
    if isinstance(form, Option):
        return deepcopy(form.value)
    if not is_structure(form):
        return next(given)
    return _alike(form, {key: rebuilt(one, given) for key, one in _items(form)})


def _alike(whole: Any, each: Mapping[Any, Any]) -> Any:
    if isinstance(whole, Mapping):
        return dict(each)
    if has_fields(whole):
        return refilled(whole, each)
    return type(whole)(*each.values()) if hasattr(whole, "_fields") else type(whole)(each.values())


def _items(value: Any) -> Iterator[tuple[Any, Any]]:
    if has_fields(value):
        yield from fields_of(value).items()
    else:
        yield from value.items() if isinstance(value, Mapping) else enumerate(value)
