"""A NumPy pair: ``forward(...) -> (y, saved)`` and ``backward(dy, saved) -> gradients``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from checks.adapters.signature import name_of, read
from checks.adapters.words import first_present, gradient_names
from checks.subject import Subject
from checks.types import Array, Arrays, Config, gradient_of


def numpy_pair(
    name: str,
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], Any],
    arguments: tuple[str, ...],
) -> Subject:
    """Subject from two NumPy functions in our own words.

    ``forward(x, [weight, bias,] **keywords)`` takes the arguments in the order of ``arguments``, those that a case
    lacks left out; ``backward(dy, saved)`` gives one array, a tuple in the same order, or a mapping with names such
    as ``dx``.
    """

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return forward(*(arrays[argument] for argument in arguments if argument in arrays), **config)

    def pull(dy: Array, saved: object) -> Arrays:
        return by_name(backward(dy, saved), arguments)

    return Subject(name, run, pull, refusals=())


def adapt_pair(
    forward: Callable[..., tuple[Array, Any]], backward: Callable[[Array, Any], Any], arguments: tuple[str, ...]
) -> Subject:
    """Subject from two NumPy functions in anyone's words: arrays and keywords go where the signature asks for them.

    Raises UsageError where the signature of ``forward`` cannot be understood.
    """
    plan = read(forward, arguments, "pair")

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        bound = plan.bind(arrays, config)
        return forward(*bound.args, **bound.kwargs)

    def pull(dy: Array, saved: object) -> Arrays:
        return by_name(backward(dy, saved), arguments)

    return Subject(name_of(forward), run, pull, plan.limits())


def by_name(gradients: Any, arguments: tuple[str, ...]) -> Arrays:
    """Gradients by name, from one array, a tuple in the order of ``arguments``, or a mapping; None is left out.

    The keys of a mapping may be spelled in other ways (``dW``, ``grad_weight``).
    """
    if isinstance(gradients, Mapping):
        keys = {argument: first_present(gradient_names(argument), gradients) for argument in arguments}
        return {gradient_of(name): gradients[key] for name, key in keys.items() if key and gradients[key] is not None}
    each = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    return {gradient_of(argument): value for argument, value in zip(arguments, each, strict=False) if value is not None}
