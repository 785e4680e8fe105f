"""Forwards that take whatever follows by position, ``forward(x, *weights)``, with a name for each array of an example.

They are called as ever: ``weights_0`` and ``weights_1`` are the first and the second of ``*weights``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import Parameter, Signature
from typing import Any

from checks.adapters.callables import name_of, signature_of
from checks.errors import UsageError


@dataclass(frozen=True)
class Named:
    """A function in whose signature as many parameters stand in place of its ``*rest``."""

    func: Callable[..., Any]
    count: int

    def __call__(self, *given: Any, **named: Any) -> Any:
        """Call it."""
        bound = self.__signature__.bind(*given, **named)
        return self.func(*bound.args, **bound.kwargs)

    @property
    def __name__(self) -> str:
        """Its own."""
        return name_of(self.func)

    @cached_property
    def __signature__(self) -> Signature:
        """With a name for each of the rest, which none of them can do without.

        Raises ValueError where one with a default stands before them.
        """
        whole = signature_of(self.func, "function", ("x",))
        return whole.replace(parameters=[one for each in whole.parameters.values() for one in self._named(each)])

    def _named(self, parameter: Parameter) -> list[Parameter]:
        if parameter.kind is not Parameter.VAR_POSITIONAL:
            return [parameter]
        names = (f"{parameter.name}_{place}" for place in range(self.count))
        return [Parameter(name, Parameter.POSITIONAL_OR_KEYWORD) for name in names]


def with_named_rest(obj: Any, inputs: Any) -> tuple[Any, Any]:
    """A pair or a function that takes a rest, and an example of more arrays than it names; others as they are.

    A dictionary may hold the rest in a tuple under its name.
    """
    pair = isinstance(obj, (tuple, list))
    forward = obj[0] if pair and obj else obj
    rest, before = _taken(forward)
    if not rest or not before:
        return obj, inputs
    given = inputs.get(rest) if isinstance(inputs, Mapping) else inputs[len(before) :] if _is_tuple(inputs) else None
    if not _is_tuple(given) or not given or not _fits(named := Named(forward, len(given))):
        return obj, inputs
    if isinstance(inputs, Mapping):
        names = {f"{rest}_{place}": each for place, each in enumerate(given)}
        inputs = {**{name: each for name, each in inputs.items() if name != rest}, **names}
    return ((named, *obj[1:]) if pair else named), inputs


def _taken(forward: Any) -> tuple[str, list[str]]:
    """The name of what takes the rest of a plain function, and of what stands before it; nothing of anything else."""
    if not hasattr(forward, "__code__"):
        return "", []
    try:
        every = signature_of(forward, "function", ("x",)).parameters.values()
    except UsageError:
        return "", []
    rest = [each.name for each in every if each.kind is Parameter.VAR_POSITIONAL]
    places = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
    return "".join(rest), [each.name for each in every if each.kind in places]


def _fits(named: Named) -> bool:
    try:
        return bool(named.__signature__.parameters)
    except ValueError:
        return False


def _is_tuple(value: Any) -> bool:
    return isinstance(value, (tuple, list))
