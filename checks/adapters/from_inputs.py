"""A backward that is told the inputs of its forward again: ``backward(dy, x, weight, stride=1)``."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from checks.adapters.callables import name_of, signature_of
from checks.adapters.signature import Plan, read
from checks.adapters.words import UPSTREAM
from checks.types import Array, Arrays, Config


@dataclass(frozen=True)
class Called:
    """What a forward was called with, for a backward to which nothing else was saved."""

    arrays: Arrays
    config: Config


def from_inputs(backward: Callable[..., Any], arguments: tuple[str, ...]) -> Callable[[Array, Called], Any]:
    """A backward of dy and what its forward was called with, which gets arrays and keywords as its signature asks.

    Raises UsageError where that is not understood.
    """
    upstream, plan = plan_of(backward, arguments)
    return lambda dy, called: backward(**{upstream: dy}, **plan.bind(called.arrays, called.config).arguments)


def plan_of(backward: Callable[..., Any], arguments: tuple[str, ...]) -> tuple[str, Plan]:
    """The parameter of a backward that takes dy, by such a name or else the first, and how the others are taken.

    Raises UsageError where they are not understood.
    """
    signature = signature_of(backward, "pair", arguments)
    names = list(signature.parameters)
    upstream = next((name for name in names if name.lower() in UPSTREAM), names[0])
    rest = signature.replace(parameters=[each for name, each in signature.parameters.items() if name != upstream])
    return upstream, read(_of_signature(name_of(backward), rest), arguments, "pair")


def _of_signature(name: str, signature: inspect.Signature) -> Callable[..., Any]:
    def stands_in() -> None:
        """A function of that name and signature."""

    stands_in.__name__, stands_in.__signature__ = name, signature  # type: ignore[attr-defined]
    return stands_in
