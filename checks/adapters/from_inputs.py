"""A backward that is told the inputs of its forward again: ``backward(dy, x, weight, stride=1)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import unwrap
from typing import Any

from checks.adapters.backward_order import output_among
from checks.adapters.callables import held_by_name, name_of, signature_of
from checks.adapters.signature import Plan, read
from checks.adapters.words import UPSTREAM, names_of
from checks.types import Arrays, Config


@dataclass(frozen=True)
class Called:
    """What a forward was called with and gave, for a backward to which nothing else was saved."""

    arrays: Arrays
    config: Config
    y: Any = None


@dataclass(frozen=True)
class Again:
    """How a backward takes what its forward was called with: ``upstream`` takes dy, ``output`` y where any does."""

    upstream: str
    output: str
    plan: Plan

    @classmethod
    def of(cls, backward: Callable[..., Any], arguments: tuple[str, ...]) -> Again:
        """Read from its signature: dy goes to a parameter of such a name, or else to the first.

        Raises UsageError where the others are not understood.
        """
        whole, told = signature_of(backward, "pair", arguments), held_by_name(unwrap(backward))
        signature = whole.replace(parameters=[each for name, each in whole.parameters.items() if name not in told])
        names = list(signature.parameters)
        upstream = next((name for name in names if name.lower() in UPSTREAM), names[0])
        spelled = {each.lower() for argument in arguments for each in names_of(argument)}
        free = (name for name in names if name != upstream and name.lower() not in spelled)
        output = output_among([name for name in free if not _is_setting(signature.parameters[name])], upstream)
        rest = [each for name, each in signature.parameters.items() if name not in {upstream, output}]
        plan = read(_of_signature(name_of(backward), signature.replace(parameters=rest)), arguments, "pair")
        return cls(upstream, output, plan)

    def told(self, arrays: Mapping[str, Any], config: Config, dy: Any, y: Any) -> dict[str, Any]:
        """The arguments of a call, by the names of its parameters."""
        others = {self.output: y} if self.output else {}
        return {self.upstream: dy, **others, **self.plan.bind(arrays, config).arguments}

    def remark(self) -> str:
        """What is to be said where a parameter is given an argument of the forward and is not called like it."""
        given = ((argument, name) for argument, name in self.plan.slots.items() if argument != name)
        other = [(argument, name) for argument, name in given if name.lower() not in names_of(argument)]
        if not other:
            return ""
        argument, name = other[0]
        return (
            f"the forward saves nothing, so {self.plan.name} is handed {argument} as {name}; where that should be y, "
            f"call it y, or let the forward give (y, {name})"
        )


def _is_setting(parameter: inspect.Parameter) -> bool:
    """Whether a parameter has a value of its own where nothing is told: y has none."""
    return parameter.default is not inspect.Parameter.empty and parameter.default is not None


def _of_signature(name: str, signature: inspect.Signature) -> Callable[..., Any]:
    def stands_in() -> None:
        """A function of that name and signature."""

    stands_in.__name__, stands_in.__signature__ = name, signature  # type: ignore[attr-defined]
    return stands_in
