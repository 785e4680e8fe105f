"""Callables that take tuples, lists or dictionaries of arrays, called with each array by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from inspect import BoundArguments, Parameter, Signature
from typing import Any

from checks.adapters.callables import name_of, signature_of
from checks.adapters.structures import parts, rebuilt


class Part(Parameter):
    """A parameter for one array of a structure, called as nothing is in Python: ``hx[0]``."""

    __slots__ = ("part", "whole")

    def __init__(self, part: str, whole: Parameter) -> None:
        """``whole`` is the parameter for the structure."""
        kind = Parameter.POSITIONAL_OR_KEYWORD if whole.kind is Parameter.POSITIONAL_ONLY else whole.kind
        super().__init__("part", kind, default=whole.default)
        self.part, self.whole = part, whole

    def replace(self, **changes: Any) -> Part:
        """The same with changes, as ``functools.partial`` makes them."""
        return Part(self.part, self.whole.replace(**changes))

    @property
    def name(self) -> str:
        """With what stands in brackets."""
        return self.part


@dataclass(frozen=True)
class Flat:
    """A callable that takes the arrays of some structures one by one; ``forms`` are those of its parameters."""

    func: Callable[..., Any]
    forms: Mapping[str, Any]

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it with the structures."""
        whole, flat = self._whole, self._parted.bind(*given, **named).arguments
        held = {name: self._held(name, flat) for name in whole.parameters}
        bound = BoundArguments(whole, {name: value[0] for name, value in held.items() if value})
        return self.func(*bound.args, **bound.kwargs)

    @property
    def __name__(self) -> str:
        """Its own."""
        return name_of(self.func)

    @property
    def __signature__(self) -> Signature:
        """With a parameter for each array."""
        return self._parted

    def __getstate__(self) -> dict[str, Any]:
        """What it was made of: signatures are read again in another process."""
        return {each.name: self.__dict__[each.name] for each in fields(self)}

    @cached_property
    def _parted(self) -> Signature:
        whole = self._whole
        return whole.replace(parameters=[each for one in whole.parameters.values() for each in self._flat(one)])

    @cached_property
    def _whole(self) -> Signature:
        return signature_of(self.func, "function", tuple(self.forms))

    def _flat(self, parameter: Parameter) -> Iterator[Parameter]:
        if parameter.name not in self.forms:
            yield parameter
            return
        for part in parts(self.forms[parameter.name], parameter.name):
            yield Part(part, parameter)

    def _held(self, name: str, flat: Mapping[str, Any]) -> list[Any]:
        """The argument of a call under this name, if there is one."""
        if name not in self.forms:
            return [flat[name]] if name in flat else []
        names = list(parts(self.forms[name], name))
        return [rebuilt(self.forms[name], (flat[part] for part in names))] if set(names) <= flat.keys() else []


@dataclass(frozen=True)
class Again(Flat):
    """A backward that is told the arguments of its forward again, by name; or dy and what was saved, by place."""

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it with the structures, or as it is."""
        return super().__call__(*given, **named) if named else self.func(*given)
