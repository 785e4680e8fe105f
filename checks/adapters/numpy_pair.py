"""A NumPy pair: ``forward(...) -> (y, saved)`` and ``backward(dy, saved) -> gradients``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


def numpy_pair(
    name: str,
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], Any],
    arguments: tuple[str, ...],
) -> Subject:
    """Subject from two NumPy functions.

    ``forward(x, [weight, bias,] **keywords)`` takes the arguments in the order of ``arguments``, those that a case
    lacks left out; ``backward(dy, saved)`` gives one array, a tuple in the same order, or a mapping with names such
    as ``dx``.
    """

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return forward(*(arrays[argument] for argument in arguments if argument in arrays), **config)

    def pull(dy: Array, saved: object) -> Arrays:
        return by_name(backward(dy, saved), arguments)

    return Subject(name, run, pull)


def by_name(gradients: Any, arguments: tuple[str, ...]) -> Arrays:
    """Gradients by name, from one array, a tuple in the order of ``arguments``, or a mapping; None is left out."""
    if isinstance(gradients, Mapping):
        return {name: value for name, value in gradients.items() if value is not None}
    each = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    return {gradient_of(argument): value for argument, value in zip(arguments, each, strict=False) if value is not None}
