"""Which parameter of a callable takes which array or keyword, and a call of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from inspect import Parameter
from itertools import takewhile
from typing import Any

from checks.adapters.bundle import Keywords, fill, written
from checks.adapters.callables import VARIADIC
from checks.adapters.packed import Packed, numbers_of
from checks.adapters.words import SIZES, SQUARE, WORDS, Fixed
from checks.types import Config


@dataclass(frozen=True)
class Plan:
    """``slots`` says which parameter takes which argument, ``words`` which takes which configuration keyword.

    ``bundle`` names a parameter that takes all keywords in one dictionary, or in an object that ``packed`` makes;
    ``keys`` are the ones that it is asked for.
    ``fixed`` holds keywords that were settled beforehand (functools.partial). ``spread`` says which two parameters take
    a keyword, one for each of two axes. ``asked`` holds the names under which its code looks into the dictionary.
    ``flags`` are parameters that it asks for and that say that a backward follows, with what they hold. ``ignored``
    are keywords that it would take without a name for them, and does nothing with. ``adapter`` is what to write where
    its parameters mean something else.
    """

    name: str
    signature: inspect.Signature
    slots: Mapping[str, str]
    words: Mapping[str, str]
    bundle: str = ""
    keys: frozenset[str] = field(default_factory=frozenset)
    fixed: Mapping[str, Fixed] = field(default_factory=dict)
    spread: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    asked: frozenset[str] = frozenset()
    flags: Mapping[str, Any] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    packed: Packed | None = None
    adapter: str = ""

    def bind(self, arrays: Mapping[str, Any], config: Config) -> inspect.BoundArguments:
        """Arguments of a call; keywords that the callable does not take are left out."""
        return inspect.BoundArguments(self.signature, self._given(arrays, config))

    def call(self, function: Callable[..., Any], arrays: Mapping[str, Any], config: Config) -> Any:
        """What a function with this signature gives for arrays and keywords."""
        if self.variadic:
            bound = self.bind(arrays, config)
            return function(*bound.args, **bound.kwargs)
        named = self._given(arrays, config)
        if tuple(named) == self._places[: len(named)]:
            return function(*named.values())
        given = [named.pop(name) for name in takewhile(named.__contains__, self._places)]
        return function(*given, **named)

    def _given(self, arrays: Mapping[str, Any], config: Config) -> dict[str, Any]:
        """What each parameter is given, in their order."""
        given = {self.slots[name]: array for name, array in arrays.items() if name in self.slots}
        for word, name in self.words.items():
            value = config.get(word)
            if (value := self._said(word, value) if self.worded else value) is not None:
                given[name] = self._formed(word, value) if self._counts else value
        for word, names in self.spread.items():
            value = config.get(word, 0)
            given |= zip(names, value if isinstance(value, tuple) else (value, value), strict=True)
        if self.bundle:
            given[self.bundle] = self.packed.filled(config) if self.packed else self._dictionary(config)
        given |= self.flags
        for parameter in self._rest:
            given[parameter] = tuple(array for name, array in arrays.items() if name not in self.slots)
        for parameter in self._open:
            named = {} if self._rest or self.slots else dict(arrays)  # it names none: all are told by name
            unnamed = (word for word in config if word not in {*self.words, *self.ignored})
            given[parameter] = named | {word: config[word] for word in unnamed}
        return {name: given[name] for name in self._parameters if name in given}

    def _said(self, word: str, value: Any) -> Any:
        """A keyword in words where it is one unless it is said: none for no padding, in capitals where that is."""
        default = self.worded.get(word, "")
        if value == 0 and default.lower() == "valid":
            return None
        return value.upper() if isinstance(value, str) and default.isupper() else value

    def _formed(self, word: str, value: Any) -> Any:
        """A keyword as the callable takes it: one number for each axis where its default or annotation has as many."""
        count = self._counts.get(word)
        return (value,) * count if count and isinstance(value, int) else value

    def written(self, config: Config) -> tuple[str, list[str], list[str]]:
        """See ``Subject.written``."""
        return self.bundle, *written(self._dictionary(config), config)

    def _dictionary(self, config: Config) -> Keywords:
        """The very one of earlier calls: a caller hands over the same one, whatever a layer wrote to it."""
        return self._filled.setdefault(repr(config), fill(config))

    @property
    def of_attributes(self) -> bool:
        """Whether keywords were asked for as attributes of their dictionary."""
        return any(each.of_attributes for each in self._filled.values())

    @cached_property
    def _filled(self) -> dict[str, Keywords]:
        return {}

    @cached_property
    def _counts(self) -> dict[str, int]:
        """A window that says nothing of itself has as many numbers as the other keywords have."""
        slots = {word: self.signature.parameters[name] for word, name in self.words.items() if word not in SIZES}
        found = {word: count for word, parameter in slots.items() if (count := numbers_of(parameter))}
        silent = (word for word, each in slots.items() if each.default is each.annotation is Parameter.empty)
        return {**dict.fromkeys(silent, max(found.values())), **found} if found else {}

    @cached_property
    def worded(self) -> dict[str, str]:
        """Keywords that are a word unless they are said: ``padding="valid"``."""
        name = self.words.get("padding")
        default = self.signature.parameters[name].default if name else None
        return {"padding": default} if isinstance(default, str) else {}

    @property
    def open(self) -> bool:
        """Whether it takes any keyword."""
        return bool(self._open)

    @property
    def by_place(self) -> bool:
        """Whether it takes any array by position."""
        return bool(self._rest)

    @cached_property
    def variadic(self) -> bool:
        """Whether it takes anything that it does not name."""
        return bool(self._open or self._rest)

    def closed(self) -> Plan:
        """The same for what it names alone."""
        named = [each for each in self.signature.parameters.values() if each.kind not in VARIADIC]
        return replace(self, signature=self.signature.replace(parameters=named))

    def taken(self, inputs: Sequence[str]) -> frozenset[str]:
        """Which arguments of a method it takes: by name, or those of ``inputs`` by position where it names none."""
        return frozenset(self.slots) | (frozenset(inputs) if self.by_place and not self.slots else frozenset())

    @cached_property
    def _parameters(self) -> tuple[str, ...]:
        return tuple(self.signature.parameters)

    @cached_property
    def _places(self) -> tuple[str, ...]:
        """Parameters that may be given by position, in their order."""
        return (*self._of_kind(Parameter.POSITIONAL_ONLY), *self._of_kind(Parameter.POSITIONAL_OR_KEYWORD))

    @cached_property
    def _rest(self) -> list[str]:
        return self._of_kind(Parameter.VAR_POSITIONAL)

    @cached_property
    def _open(self) -> list[str]:
        return self._of_kind(Parameter.VAR_KEYWORD)

    def limits(self) -> dict[str, Any]:
        """What the signature alone says about the cases that the callable can take."""
        named = frozenset(self.words) | self.keys | self.fixed.keys() | self.spread.keys()
        unnamed = WORDS.keys() - self.ignored if self.open else frozenset()
        found: dict[str, Any] = {} if self.open and not self.ignored else {"words": named | unnamed}
        whole = {word for word, name in self.words.items() if word in SQUARE and self._wants_int(name)}
        whole |= self.packed.square if self.packed else self.keys - {"kernel_size"}
        found |= {"square": frozenset(whole)} if whole else {}
        found |= (
            {"same": False, "valid": False, "asymmetric": False}
            if "padding" in whole | self._counts.keys() | self.spread.keys() | self._packed_apart
            else {}
        )
        return {**found, **self._bias_limit(), **self._axes_limit(), **self.fixed}

    @property
    def _packed_apart(self) -> set[str]:
        """Keywords that an object holds in several numbers."""
        return {*self.packed.spread, *self.packed.counts} if self.packed else set()

    def _bias_limit(self) -> dict[str, Any]:
        if "weight" not in self.slots or self._rest:
            return {}
        if "bias" not in self.slots:
            return {"bias": False}
        required = self.signature.parameters[self.slots["bias"]].default is Parameter.empty
        return {"bias": True} if required else {}

    def _axes_limit(self) -> dict[str, Any]:
        """As many as a keyword has numbers; cs231n's dictionaries are for two."""
        if counts := {**self._counts, **(self.packed.counts if self.packed else {})}:
            return {"axes": max(counts.values())}
        return {"axes": 2} if self.bundle or self.spread else {}

    def _wants_int(self, name: str) -> bool:
        return self.signature.parameters[name].annotation in {int, "int"}

    def _of_kind(self, kind: Any) -> list[str]:
        return [name for name, parameter in self.signature.parameters.items() if parameter.kind is kind]
