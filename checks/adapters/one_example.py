"""One example, which holds what a layer takes, beside a list of several such."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.own_names import by_position, needed, parameter_of
from checks.adapters.structures import is_structure
from checks.counted import count
from checks.errors import UsageError


def demand_one_example(obj: Any, inputs: Any) -> None:
    """Look at a list of tuples or dictionaries: what is meant is no structure where each is all that a layer takes.

    Raises UsageError where it is so.
    """
    if type(inputs) is not list or not inputs or not all(_may_be_one(each) for each in inputs):
        return
    names = by_position(obj)
    if not all(_is_whole(obj, names, each) for each in inputs):
        return
    layer, given = name_of(obj[0] if isinstance(obj, (tuple, list)) else obj), ", ".join(_told(obj, names, inputs[0]))
    raise UsageError(
        f"inputs is a list of {count(len(inputs), 'example')}, since each entry holds all that {layer} takes, {given}; "
        "expected one example, such as inputs=(x, w), or a Hypothesis strategy that draws one of several: "
        "inputs=st.sampled_from([(x, w), (x2, w2)]); of a layer that takes tuples they stand in a tuple, no list: "
        "inputs=((h, c), x)"
    )


def _may_be_one(entry: Any) -> bool:
    """Whether an entry is a plain tuple or a dictionary, of more than plain numbers."""
    return (type(entry) is tuple or isinstance(entry, Mapping)) and is_structure(entry)


def _is_whole(obj: Any, names: list[str], entry: Any) -> bool:
    """Whether it has something for each argument without a default, and nothing beside arguments."""
    given = _told(obj, names, entry)
    return len(entry) == len(given) and set(given) <= set(names) and not needed(obj, given)


def _told(obj: Any, names: list[str], entry: Any) -> list[str]:
    """The arguments that it holds something for, by position or by name."""
    if isinstance(entry, Mapping):
        return [parameter_of(obj, name) for name in entry if isinstance(name, str)]
    return names[: len(entry)]
