"""Keywords in an object of a class, as its annotation or its default says: ``cfg: ConvConfig = ConvConfig()``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from inspect import Parameter, signature, unwrap
from typing import Any, get_args, is_typeddict

from checks.adapters.built_window import POOLED
from checks.adapters.callables import VARIADIC
from checks.adapters.fields import refilled
from checks.adapters.letters import lettered
from checks.adapters.words import WORDS, named, per_axis
from checks.refusals import ARRAYS, TENSORS
from checks.types import Config

#: Keywords of which an object holds one, whatever it is called; one that is called like a dictionary may hold others.
TELLING = frozenset({"stride", "padding"})

#: Libraries whose classes hold no keywords, arrays for one.
_NEVER = frozenset({"builtins", "typing", *ARRAYS, *TENSORS})

#: An annotation of as many whole numbers as it names.
_NUMBERS = re.compile(r"(typing\.)?[tT]uple\[int(, int)*\]")


@dataclass(frozen=True)
class Packed:
    """How the object is made: of ``kind`` from its ``fields``, or of ``base``, the default, with other values in them.

    ``words`` are the fields that hold one keyword, ``spread`` the two that hold one for two axes; ``counts`` says how
    many numbers a keyword has where its field has several.
    """

    kind: Callable[..., Any]
    fields: tuple[str, ...]
    words: Mapping[str, str]
    spread: Mapping[str, tuple[str, str]]
    counts: Mapping[str, int]
    base: Any = None

    @property
    def keys(self) -> frozenset[str]:
        """The keywords that it holds."""
        return frozenset({*self.words, *self.spread})

    @property
    def square(self) -> frozenset[str]:
        """Those that are one number for all axes."""
        return frozenset(self.words.keys() - self.counts.keys())

    def of(self, names: Collection[str]) -> Packed:
        """The same for those fields alone of which a layer is seen to read some; all of them where it reads none."""
        words = {word: name for word, name in self.words.items() if name in names}
        spread = {word: pair for word, pair in self.spread.items() if set(pair) & set(names)}
        counts = {word: count for word, count in self.counts.items() if word in words}
        return replace(self, words=words, spread=spread, counts=counts) if words or spread else self

    def filled(self, config: Config) -> Any:
        """A new object of these keywords."""
        values = self._values(config)
        if self.base is None:
            return self.kind(**values)
        if hasattr(self.base, "_replace"):
            return self.base._replace(**values)
        return refilled(self.base, values)

    def told(self, config: Config) -> dict[str, Any]:
        """What its fields hold then, by name, as far as it shows them."""
        held = self.filled(config)
        return {name: getattr(held, name) for name in self.fields if hasattr(held, name)}

    def _values(self, config: Config) -> dict[str, Any]:
        given = {name: config[word] for word, name in self.words.items() if config.get(word) is not None}
        for word, count in self.counts.items():
            if isinstance(value := config.get(word), int):
                given[self.words[word]] = (value,) * count
        for word, names in self.spread.items():
            value = config.get(word, 0)
            given |= zip(names, value if isinstance(value, tuple) else (value, value), strict=True)
        return given


def class_of(call: Callable[..., Any], parameter: Parameter) -> type | None:
    """The class of which a parameter takes an object, as its default or its annotation says; None for a dictionary."""
    default = parameter.default
    unsaid = default is parameter.empty or default is None
    kind = _annotated(call, parameter.annotation) if unsaid else type(default)
    if not isinstance(kind, type) or kind is parameter.empty or issubclass(kind, Mapping) or is_typeddict(kind):
        return None
    return None if kind.__module__.partition(".")[0] in _NEVER else kind


def packed_in(kind: type, parameter: Parameter) -> Packed | None:
    """How an object of a class that a parameter takes is made of keywords; None where it holds none, or wants more."""
    base = None if parameter.default is parameter.empty else parameter.default
    own = _fields(kind, base)
    words = {named(name, WORDS): name for name in own if named(name, WORDS)}
    spread = {word: names for word, names in per_axis(own).items() if word not in words}
    window = next((name for name in own if name.lower() in POOLED), "")  # no field of settings is an array
    words |= {"kernel_size": window} if window and "kernel_size" not in {*words, *spread} else {}
    words |= lettered(list(own.values()), {*words, *spread})
    known = {*words.values(), *(name for names in spread.values() for name in names)}
    asks = any(each.default is each.empty and name not in known for name, each in own.items())
    counts = {word: count for word, name in words.items() if (count := numbers_of(own[name]))}
    return Packed(kind, tuple(own), words, spread, counts, base) if known and not asks else None


def numbers_of(parameter: Parameter) -> int:
    """How many numbers a keyword has, from its default or its annotation; 0 where it may be a single one."""
    if isinstance(parameter.default, tuple) and all(isinstance(number, int) for number in parameter.default):
        return len(parameter.default)
    found = _NUMBERS.fullmatch(str(parameter.annotation))
    return found[0].count("int") if found else 0


def _annotated(call: Callable[..., Any], annotation: Any) -> Any:
    """What an annotation names, without None; a text is looked up where the callable was defined."""
    if isinstance(annotation, str):
        first, *rest = annotation.removesuffix("| None").strip().removeprefix("Optional[").removesuffix("]").split(".")
        annotation = getattr(unwrap(getattr(call, "__func__", call)), "__globals__", {}).get(first)
        for name in rest:
            annotation = getattr(annotation, name, None)
    return next((each for each in get_args(annotation) if each is not type(None)), annotation)


def _fields(kind: type, base: Any) -> dict[str, Parameter]:
    """What its constructor takes; of a default what that holds."""
    try:
        own = {each.name: each for each in signature(kind).parameters.values() if each.kind not in VARIADIC}
    except (TypeError, ValueError):  # a built-in one says nothing of itself
        own = {}
    if base is None:
        return own
    names = vars(base) if hasattr(base, "__dict__") else own
    standing = {name: getattr(base, name) for name in names if name.isidentifier() and hasattr(base, name)}
    return {
        name: own.get(name, Parameter(name, Parameter.KEYWORD_ONLY)).replace(default=value)
        for name, value in standing.items()
    }
