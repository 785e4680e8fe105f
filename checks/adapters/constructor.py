"""How the constructor of a class takes the sizes, settings and arrays of a case."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from inspect import BoundArguments, Signature
from typing import Any

from checks.adapters.signature import Plan, read
from checks.adapters.words import Turn, as_it_comes, forms, sizes
from checks.types import Arrays, Config


@dataclass(frozen=True)
class Constructor:
    """``plan`` says which parameter takes what, ``flags`` which one says that there is an array: ``bias=True``."""

    plan: Plan
    flags: Mapping[str, str]
    turn: Turn = as_it_comes

    @classmethod
    def of(cls, kind: type, arguments: tuple[str, ...], turn: Turn = as_it_comes) -> Constructor:
        """The constructor of a class that may take ``arguments``; ``turn`` makes our shapes of theirs.

        Raises UsageError where its signature cannot be understood.
        """
        whole = read(kind, arguments, "constructor")
        flags = {name: parameter for name, parameter in whole.slots.items() if _is_flag(whole.signature, parameter)}
        return cls(
            replace(whole, slots={name: slot for name, slot in whole.slots.items() if name not in flags}), flags, turn
        )

    def forms(self, arrays: Arrays, config: Config) -> list[Config]:
        """Sizes and keywords of a case as it may want them, the likeliest first."""
        return forms({**sizes(arrays, self.turn), **config})

    def bind(self, arrays: Mapping[str, Any], numbers: Config) -> BoundArguments:
        """What it is called with."""
        bound = self.plan.bind(arrays, numbers)
        bound.arguments |= {parameter: name in arrays for name, parameter in self.flags.items()}
        return bound

    def handed(self, arrays: Mapping[str, Any]) -> dict[str, str]:
        """The arrays that it takes, by name of its parameter."""
        return {slot: name for name, slot in self.plan.slots.items() if name in arrays}


def _is_flag(signature: Signature, name: str) -> bool:
    """Whether a parameter says that there is an array, and does not hold it: ``bias=True``."""
    parameter = signature.parameters[name]
    return isinstance(parameter.default, bool) or parameter.annotation in {bool, "bool"}
