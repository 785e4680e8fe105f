"""Keywords in one dictionary, as cs231n's layers take them: ``conv_param={'stride': 1, 'pad': 0}``.

Or in an object of nobody knows which class, ``cfg.stride``: the dictionary has them as attributes, too.
"""

from __future__ import annotations

import dis
import re
from collections.abc import Callable, Collection, Iterator
from inspect import unwrap
from types import FunctionType
from typing import Any

from checks.adapters.callables import without_held
from checks.adapters.words import WORDS, named
from checks.types import Config

_NAME = re.compile(r".*(param|params|hparam|hparams|hparameters|config|cfg|options)")

#: Keys that stand for one axis of the kernel, and letters that stand for all of it.
_POOL, _LETTERS = ("pool_height", "pool_width"), ("f", "k")


class Keywords(dict[str, Any]):
    """A dictionary whose keys are its attributes; ``of_attributes`` says whether any was asked for as one.

    ``missed`` is the last key that was looked for in vain and is no word for any setting; empty where none was.
    """

    of_attributes = False
    missed = ""

    def __missing__(self, key: Any) -> Any:
        """Nothing.

        Raises KeyError.
        """
        if isinstance(key, str) and not named(key, WORDS):
            object.__setattr__(self, "missed", key)
        raise KeyError(key)

    def __getattr__(self, name: str) -> Any:
        """The keyword of this name.

        Raises AttributeError where there is none.
        """
        if name not in self:
            raise AttributeError(f"the keywords {', '.join(self)} have no attribute {name!r}")
        object.__setattr__(self, "of_attributes", True)
        return self[name]

    def __setattr__(self, name: str, value: Any) -> None:
        """Write to the keyword of this name."""
        self[name] = value


def is_bundle(parameter: str) -> bool:
    """Whether a parameter of this name takes all keywords at once."""
    return _NAME.fullmatch(parameter.lower()) is not None


def fill(config: Config) -> Keywords:
    """The dictionary with every keyword under each of its names, and those that a kernel has in dictionaries alone."""
    given = Keywords({name: value for word, value in config.items() for name in (word, *WORDS.get(word, ()))})
    if "kernel_size" not in config:
        return given
    size = config["kernel_size"]
    given.update(zip(_POOL, (size, size) if isinstance(size, int) else size, strict=False))
    given.update(dict.fromkeys(_LETTERS, size))
    return given


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


def keys_of(asked: Collection[str]) -> frozenset[str]:
    """Keywords of the names under which a callable looks into its dictionary; all but modes where none is known."""
    return frozenset(map(_word, asked)) or frozenset({"kernel_size", "stride", "padding"})


def asked_for(call: Callable[..., Any], parameter: str) -> frozenset[str]:
    """Strings in the code of a callable that are keys of such a dictionary, and attributes that it reads of it.

    A letter where it is the key of this very parameter. Where there is none the dictionary is handed on: those of the
    functions beside it that take one.
    """
    return _asked_by(call, parameter, frozenset())


def _asked_by(call: Callable[..., Any], parameter: str, before: frozenset[Any]) -> frozenset[str]:
    """The same; ``before`` are the codes that handed the dictionary on so far."""
    code, looked = _code(call), looked_up(call, parameter)
    if code is None or code in before:
        return frozenset()
    found = {text for text in (*_strings(code), *looked) if text in _POOL or named(text, WORDS)}
    if not found | looked.intersection(_LETTERS):
        return frozenset().union(*(_asked_by(*each, before | {code}) for each in _beside(call, code)))
    return frozenset(found | looked.intersection(_LETTERS) if "kernel_size" not in map(_word, found) else found)


def _beside(call: Callable[..., Any], code: Any) -> Iterator[tuple[Callable[..., Any], str]]:
    """Functions of the same module that a code names, each with its parameter that takes all keywords at once."""
    known = getattr(unwrap(without_held(call)), "__globals__", {})
    for other in (known[name] for name in code.co_names if isinstance(known.get(name), FunctionType)):
        taken = other.__code__.co_varnames[: other.__code__.co_argcount]
        yield from ((other, name) for name in taken if is_bundle(name))


def _word(name: str) -> str:
    return "kernel_size" if name in {*_POOL, *_LETTERS} else named(name, WORDS)


def looked_up(call: Callable[..., Any], parameter: str) -> frozenset[str]:
    """Attributes that a callable reads of a parameter, and keys that it looks up in it, as its own code shows."""
    return frozenset(_looked_up(_code(call), parameter))


def _code(call: Callable[..., Any]) -> Any:
    return getattr(unwrap(without_held(call)), "__code__", None)


def _looked_up(code: Any, parameter: str) -> Iterator[str]:
    """The same; one opcode may load several names."""
    held: Any = ()
    for each in dis.get_instructions(code) if code else ():
        if parameter in held[-1:] and each.opname in {"LOAD_ATTR", "LOAD_CONST"} and isinstance(each.argval, str):
            yield each.argval
        held = each.argval if isinstance(each.argval, tuple) else (each.argval,)


def _strings(code: Any) -> Iterator[str]:
    """Strings in a code, but the names of keywords in its calls: those are another callable's."""
    keywords = set(_of_calls(code))
    for constant in code.co_consts:
        if isinstance(constant, str):
            yield constant
        elif isinstance(constant, tuple) and constant not in keywords:
            yield from (item for item in constant if isinstance(item, str))
        elif hasattr(constant, "co_consts"):
            yield from _strings(constant)


def _of_calls(code: Any) -> Iterator[tuple[Any, ...]]:
    """The names of keywords of each call: an opcode of its own holds them, or the constant before the call."""
    held: Any = None
    for each in dis.get_instructions(code):
        if each.opname == "KW_NAMES":
            yield code.co_consts[each.arg]
        elif each.opname == "CALL_KW":
            yield held
        held = each.argval
