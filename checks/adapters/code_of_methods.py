"""The code of a class's methods, and what of it two of them reach."""

from __future__ import annotations

import dis
from collections.abc import Iterable, Iterator, Mapping
from inspect import unwrap
from types import CodeType, FunctionType

#: Instructions that read an attribute.
_READS = frozenset({"LOAD_ATTR", "LOAD_METHOD"})


def codes_of(kind: type) -> dict[str, CodeType]:
    """The code of each method and property of a class, by its name."""
    own = {key: value for each in reversed(kind.__mro__[:-1]) for key, value in vars(each).items()}
    functions = {key: unwrap(found) for key, value in own.items() if callable(found := getattr(value, "fget", value))}
    return {key: each.__code__ for key, each in functions.items() if isinstance(each, FunctionType)}


def reached(known: Mapping[str, CodeType], names: Iterable[str]) -> list[CodeType]:
    """The codes of these methods, of those that they name, and so on."""
    waiting, used = list(names), dict[str, CodeType]()
    while waiting:
        if (key := waiting.pop()) in known and key not in used:
            used[key] = known[key]
            waiting.extend(known[key].co_names)
    return list(used.values())


def attributes_read(code: CodeType) -> Iterator[str]:
    """Names of the attributes that a code reads, of whatever thing."""
    return (each.argval for each in dis.get_instructions(code) if each.opname in _READS)


def sets_attributes(code: CodeType) -> bool:
    """Whether a code sets an attribute, of whatever thing."""
    return any(each.opname == "STORE_ATTR" for each in dis.get_instructions(code))
