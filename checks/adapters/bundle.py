"""Keywords in one dictionary, as cs231n's layers take them: ``conv_param={'stride': 1, 'pad': 0}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from checks.adapters.words import WORDS, named
from checks.types import Config

_NAME = re.compile(r".*(param|params|hparam|hparams|hparameters|config|cfg|options)")

#: Keys that stand for one axis of the kernel.
_POOL = ("pool_height", "pool_width")


def is_bundle(parameter: str) -> bool:
    """Whether a parameter of this name takes all keywords at once."""
    return _NAME.fullmatch(parameter.lower()) is not None


def fill(config: Config) -> dict[str, Any]:
    """The dictionary with every keyword under each of its names, and cs231n's pool_height and pool_width."""
    given = {name: value for word, value in config.items() for name in (word, *WORDS.get(word, ()))}
    if "kernel_size" not in config:
        return given
    size = config["kernel_size"]
    return given | dict(zip(_POOL, (size, size) if isinstance(size, int) else size, strict=False))


def written(given: dict[str, Any], config: Config) -> tuple[list[str], list[str]]:
    """What was added to a dictionary that was filled with a configuration, and what else was changed in it, in words.

    It is as it was filled then.
    """
    was = fill(config)
    added = [f"key {key!r} added" for key in given if key not in was]
    gone = [f"key {key!r} removed" for key in was if key not in given]
    changed = [f"{key!r} is {given[key]!r}, was {value!r}" for key, value in was.items() if _differs(given, key, value)]
    given.clear()
    given.update(was)
    return added, [*gone, *changed]


def _differs(given: dict[str, Any], key: str, value: Any) -> bool:
    return key in given and (type(given[key]) is not type(value) or given[key] != value)


def keys_of(call: Callable[..., Any]) -> frozenset[str]:
    """Keywords that a callable asks its dictionary for, from the strings in its code; all but modes where none is."""
    asked = asked_for(call)
    found = {named(text, WORDS) for text in asked} | ({"kernel_size"} if asked & set(_POOL) else set())
    return frozenset(found - {""}) or frozenset({"kernel_size", "stride", "padding"})


def asked_for(call: Callable[..., Any]) -> frozenset[str]:
    """Strings in the code of a callable that are keys of such a dictionary; none where it hands the dictionary on."""
    code = getattr(call, "__code__", None)
    return frozenset(text for text in (_strings(code) if code else ()) if text in _POOL or named(text, WORDS))


def _strings(code: Any) -> Iterator[str]:
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple):
            yield from (item for item in constant if isinstance(item, str))
        elif hasattr(constant, "co_consts"):
            yield from _strings(constant)
