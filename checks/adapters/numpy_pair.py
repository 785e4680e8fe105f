"""A NumPy pair: ``forward(...) -> (y, saved)`` and ``backward(dy, saved) -> gradients``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from inspect import signature
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.from_inputs import Called, from_inputs
from checks.adapters.outputs import Outputs, Parted, several
from checks.adapters.signature import read
from checks.adapters.spelling import call_text
from checks.adapters.words import UPSTREAM, first_present, gradient_names
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
    remarks: list[str] = []

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return forward(*(arrays[argument] for argument in arguments if argument in arrays), **config)

    def pull(dy: Array, saved: object) -> Arrays:
        return by_name(backward(dy, saved), arguments, remarks)

    return Subject(name, run, pull, refusals=(), remarks=remarks)


def adapt_pair(
    forward: Callable[..., tuple[Array, Any]],
    backward: Callable[[Array, Any], Any],
    arguments: tuple[str, ...],
    outputs: Outputs,
) -> Subject:
    """Subject from two NumPy functions in anyone's words: arrays and keywords go where the signature asks for them.

    Of several outputs the backward is told as many upstream gradients, in the same form, or one by one where its
    signature has a place for each.

    Raises UsageError where the signature of ``forward`` cannot be understood.
    """
    plan, back = read(forward, arguments, "pair"), _dy_first(backward)
    again = cache(lambda: from_inputs(backward, arguments))  # read where it is needed: few backwards are of that kind

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        bound = plan.bind(arrays, config)
        told = Called({name: value.copy() for name, value in arrays.items()}, config)
        y, saved = _parted(forward(*bound.args, **bound.kwargs), told)
        if not several(y):
            return y, saved
        parted = Parted.of(y, outputs)
        return parted.joined(), (parted, saved)

    def pull(dy: Array, saved: Any) -> Arrays:
        match saved:
            case (Parted() as parted, inner):
                return by_name(_one_by_one(backward, parted)(parted.upstream(dy), inner), arguments, outputs.remarks)
        found = again()(dy, saved) if isinstance(saved, Called) else back(dy, saved)
        return by_name(found, arguments, outputs.remarks)

    spelled, remarks = partial(call_text, plan), outputs.remarks
    return Subject(name_of(forward), run, pull, plan.limits(), spelled=spelled, remarks=remarks)


def _one_by_one(backward: Callable[..., Any], parted: Parted) -> Callable[[Any, Any], Any]:
    """A backward that takes all upstream gradients at once, from one that may take each by itself."""
    try:
        required = [each for each in signature(backward).parameters.values() if each.default is each.empty]
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return backward
    if len(required) != len(parted.y) + 1 or not isinstance(parted.y, (tuple, list)):
        return _dy_first(backward)
    return lambda upstream, saved: backward(*upstream, saved)


def _parted(result: Any, called: Called) -> tuple[Array, Any]:
    """Y and what was saved; where a forward gives y alone, its backward must be told the inputs again."""
    if isinstance(result, (np.ndarray, np.generic, float)):
        return np.asarray(result), called
    if not isinstance(result, (tuple, list)) or len(result) < len(("y", "saved")):
        raise TypeError(f"the forward returned {type(result).__name__}; expected (y, saved)")
    y, *saved = result
    return y, saved[0] if len(saved) == 1 else tuple(saved)


def _dy_first(backward: Callable[..., Any]) -> Callable[[Array, Any], Any]:
    """A backward that takes dy first, from one that may take what was saved first, as JAX's do."""
    try:
        names = [name.lower() for name in signature(backward).parameters]
    except (TypeError, ValueError):  # a built-in function says nothing of itself
        return backward
    if len(names) < len(("saved", "dy")) or names[1] not in UPSTREAM or names[0] in UPSTREAM:
        return backward
    return lambda dy, saved: backward(saved, dy)


def by_name(gradients: Any, arguments: tuple[str, ...], remarks: list[str] | None = None) -> Arrays:
    """Gradients by name, from one array, a tuple in the order of ``arguments``, or names; None is left out.

    Names are keys of a mapping, or fields of a dataclass, a named tuple or a namespace, and may be spelled in other
    ways (``dW``, ``grad_weight``). ``remarks`` is told of gradients for which there is no argument.
    """
    gradients = with_names(gradients, arguments)
    if isinstance(gradients, Mapping):
        keys = {argument: first_present(gradient_names(argument), gradients) for argument in arguments}
        return {gradient_of(name): gradients[key] for name, key in keys.items() if key and gradients[key] is not None}
    whole = gradients if isinstance(gradients, (tuple, list)) else (gradients,)
    each = _for_arguments(whole, len(arguments), [] if remarks is None else remarks)
    return {gradient_of(argument): value for argument, value in zip(arguments, each, strict=False) if value is not None}


def with_names(gradients: Any, arguments: tuple[str, ...]) -> Any:
    """A mapping of what has fields for the gradients; everything else as it is."""
    fields = gradients._asdict() if hasattr(gradients, "_asdict") else getattr(gradients, "__dict__", {})
    return fields if any(name in fields for each in arguments for name in gradient_names(each)) else gradients


def _for_arguments(each: Sequence[Any], count: int, remarks: list[str]) -> Sequence[Any]:
    """As many gradients as there are arguments: None stands for what has none, a number of samples or an index."""
    there = [value for value in each if value is not None]
    if len(each) <= count or len(there) == count:
        return each if len(each) <= count else there
    remark = f"the backward gives {len(each)} gradients for {count} argument{'s' * (count > 1)}: the first are examined"
    if len(there) > count and remark not in remarks:
        remarks.append(remark)
    return each
