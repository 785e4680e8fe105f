"""The arguments of a call as source, spelled as a callable's own signature takes them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from inspect import BoundArguments, Parameter
from types import SimpleNamespace
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.imports import home_of_class
from checks.adapters.signature import Plan
from checks.errors import UnscriptedError
from checks.types import Config

#: Entries of an array that is held, up to which it is spelled out.
MOST_SPELLED = 64


class Name(str):
    """The name of an array: its source is itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def call_text(plan: Plan, names: Mapping[str, str], config: Config) -> str:
    """Source of the arguments of a call, from the names of arrays and a configuration: ``x, w, b, pad=1``.

    The dictionary of the keywords gets a name where one is given.
    """
    bound = plan.bind(named(names), config)
    if plan.bundle:
        whole = _together(plan, bound.arguments[plan.bundle], config)
        bound.arguments[plan.bundle] = Name(f"({plan.bundle} := {_source(whole)})") if plan.bundle in names else whole
    return spelled(bound)


def _together(plan: Plan, given: Any, config: Config) -> Any:
    """All keywords as their parameter takes them: a dictionary, or source of an object."""
    if plan.packed:
        return Name(_of_class(plan.packed.kind, plan.packed.told(config)))
    asked = {key: given[key] for key in given if key in plan.asked} or dict(given)
    return Name(_of_class(SimpleNamespace, asked)) if plan.of_attributes else asked


def _of_class(kind: Callable[..., Any], fields: Mapping[str, Any]) -> str:
    """Source of an object; a class of the user's is where the layer is."""
    told = ", ".join(f"{name}={plain(each)}" for name, each in fields.items())
    return f'__import__("{home_of_class(kind)}").{name_of(kind)}({told})'


def held(function: Any, arguments: str) -> str:
    """The arguments of a call of what ``partial`` may hold others for: those as source, room for what has none.

    It may do so within whatever stands around a function. Raises UnscriptedError where an array that it holds is too
    large to be read.
    """
    told = set[str]()
    while function is not None:
        first, last = _kept(function) if isinstance(function, partial) else ((), {})
        named = [f"{name}={plain(each)}" for name, each in last.items() if name not in told]
        arguments = ", ".join([*map(plain, first), *filter(None, [arguments]), *named])
        told |= last.keys()  # what stands around another one has the last word
        function = getattr(function, "func", None) or getattr(function, "__wrapped__", None)
    return arguments


def _kept(function: partial[Any]) -> tuple[tuple[Any, ...], Mapping[str, Any]]:
    """What it holds by place and by name, as it was before its first call."""
    return function.args, getattr(function, "said", function.keywords)


def plain(value: Any) -> str:
    """Source of a plain value or a small array; three dots where there is none.

    Raises UnscriptedError where an array is too large to be read.
    """
    if isinstance(value, (int, float, str, type(None))) and not isinstance(value, np.generic):
        return repr(value)
    if type(value) is dict:
        return f"{{{', '.join(f'{key!r}: {plain(each)}' for key, each in value.items())}}}"
    if type(value) in {tuple, list}:
        return repr(type(value)(Name(plain(each)) for each in value))
    return _array(type(value).__name__, value)


def _array(kind: str, value: Any) -> str:
    """The same of an array of NumPy's, PyTorch's or JAX's."""
    if kind == "ndarray" and value.dtype.kind in "biuf":
        return f"np.array({_readable(value.tolist(), value.size)}, np.{value.dtype})"
    if kind == "Tensor":
        return f"torch.tensor({_readable(value.tolist(), value.numel())}, dtype={value.dtype})"
    if kind == "ArrayImpl":
        return f'__import__("jax").numpy.array({_readable(value.tolist(), value.size)}, "{value.dtype}")'
    return "..."


def _readable(numbers: Any, count: int) -> Any:
    if count > MOST_SPELLED:
        raise UnscriptedError(f"the layer holds an array of {count} numbers, and nobody reads more than {MOST_SPELLED}")
    return numbers


def named(names: Mapping[str, str]) -> dict[str, Any]:
    """Names of arrays in the place of these, to be bound and spelled."""
    return {argument: Name(name) for argument, name in names.items()}


def spelled(bound: BoundArguments) -> str:
    """Source of the arguments of a call, of which arrays are names."""
    return ", ".join(_spelled(bound))


def _spelled(bound: BoundArguments) -> Iterator[str]:
    """In the order of the signature: arrays and dictionaries by place while nothing was left out, else by name."""
    parameters, named = bound.signature.parameters.values(), False
    rest = any(bound.arguments.get(each.name) for each in parameters if each.kind is Parameter.VAR_POSITIONAL)
    for parameter in parameters:
        value = bound.arguments.get(parameter.name)
        if parameter.name not in bound.arguments:
            named = True
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            yield from map(_source, value or ())
            rest = False
        elif parameter.kind is Parameter.VAR_KEYWORD:
            yield from (f"{name}={_source(each)}" for name, each in (value or {}).items())
        elif rest or _has_a_place(parameter, value, named):
            yield _source(value)
        else:
            named = True
            yield f"{parameter.name}={_source(value)}"


def _has_a_place(parameter: Parameter, value: Any, named: bool) -> bool:  # noqa: FBT001 - whether a name went before
    if parameter.kind is not Parameter.POSITIONAL_OR_KEYWORD:
        return parameter.kind is Parameter.POSITIONAL_ONLY
    return not named and isinstance(value, (Name, dict))


def _source(value: Any) -> str:
    if isinstance(value, dict):
        pairs = ", ".join(f'"{key}": {each!r}' for key, each in value.items())
        return f"{{{pairs}}}"
    return repr(value)
