"""What a layer itself calls the arrays that it takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from inspect import Parameter
from typing import Any

from checks.adapters.callables import signature_of
from checks.adapters.foreign import Foreign
from checks.adapters.frameworks import framework_of
from checks.adapters.methods import methods_of
from checks.adapters.recognise import ARGUMENTS
from checks.adapters.signature import NOT_DATA
from checks.adapters.torch_kinds import forward_of, function_class, is_module, is_operator
from checks.adapters.words import names_of
from checks.subject import Subject

#: Kinds of parameters that take whatever is left over.
OPEN = (Parameter.VAR_POSITIONAL, Parameter.VAR_KEYWORD)


def by_position(obj: Any) -> list[str]:
    """Names of the parameters that take what is given without names, in their order."""
    if isinstance(obj, Subject):
        return list(obj.arguments or ARGUMENTS)
    every = [each for each in parameters_of(obj) if each.kind not in OPEN]
    behind = _behind_held(own_code(_plain(obj)))
    places = [each.name for each in every if each.kind is not Parameter.KEYWORD_ONLY]
    named = [each for each in every if each.kind is Parameter.KEYWORD_ONLY]
    return places + [each.name for each in named if each.default is each.empty or each.name in behind]


def _behind_held(call: Any) -> set[str]:
    """Parameters behind one that ``functools.partial`` holds by name: they have to be named, and had places before."""
    if not isinstance(call, partial) or not call.keywords:
        return set()
    whole = signature_of(call.func, "function", ("x",)).parameters.values()
    placed = {each.name for each in whole if each.kind is Parameter.POSITIONAL_OR_KEYWORD}
    return (placed | _behind_held(call.func)) - call.keywords.keys()


def needed(obj: Any, given: Iterable[str]) -> list[str]:
    """Names of the parameters that have no default and that none of these names spells."""
    if isinstance(obj, Subject):
        return []
    spelled = {each.lower() for name in given for each in names_of(name)}
    each = (each for each in parameters_of(obj) if each.default is each.empty and each.kind not in OPEN)
    return [parameter.name for parameter in each if parameter.name.lower() not in spelled]


def takes(obj: Any, name: str) -> bool:
    """Whether an array may be called so: a parameter is, or any name will do; an object may hold it as an attribute."""
    if isinstance(obj, Subject) or (own_code(obj) is not obj and methods_of(obj)):
        return True
    parameters = parameters_of(obj)
    spelled = {each.name.lower() for each in parameters}
    return any(each.kind in OPEN for each in parameters) or not spelled.isdisjoint(map(str.lower, names_of(name)))


def takes_any(obj: Any) -> bool:
    """Whether it takes whatever it is given by position, as what a decorator makes of a function does."""
    return not isinstance(obj, Subject) and any(each.kind is each.VAR_POSITIONAL for each in parameters_of(obj))


def parameter_of(obj: Any, name: str) -> str:
    """The name of the parameter that an array of this name is for; the name itself where there is none."""
    there = [] if isinstance(obj, Subject) else [each.name for each in parameters_of(obj)]
    spelled = {each.lower() for each in names_of(name)}
    return name if name in there else next((each for each in there if each.lower() in spelled), name)


def in_order(obj: Any, given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given by names, in the order of the parameters: gradients in a tuple come in that; the others behind."""
    there = [] if isinstance(obj, Subject) else [each.name for each in parameters_of(obj)]
    places = {name: place for place, name in enumerate(there)}

    def place(name: Any) -> int:
        return places.get(parameter_of(obj, name), len(places)) if isinstance(name, str) else len(places)

    return {name: given[name] for name in sorted(given, key=place)}


def parameters_of(obj: Any) -> list[Parameter]:
    """Those that take its arrays, and whatever else it takes beside these."""
    plain = _plain(obj)
    forward = own_code(plain)
    hidden = frozenset() if forward is plain or framework_of(plain) == "torch" else NOT_DATA
    found = signature_of(forward, "function", ("x",)).parameters.values()
    return [each for each in found if each.name not in hidden]


def _plain(obj: Any) -> Any:
    return obj.function if isinstance(obj, Foreign) else obj


def own_code(obj: Any) -> Callable[..., Any]:
    """What is called with the arrays, or what has its signature."""
    if isinstance(obj, (tuple, list)):
        return obj[0]  # type: ignore[no-any-return] # a forward and its backward
    framework = framework_of(obj)
    if framework == "torch":
        return _of_torch(obj)
    methods = methods_of(obj)
    found: Callable[..., Any] = methods.ahead(obj) if methods else getattr(obj, "forward", obj)
    return getattr(found, "fun", found) if framework == "autograd" else found  # a primitive hides what it takes


def _of_torch(obj: Any) -> Callable[..., Any]:
    from checks.adapters import torch_function

    if kind := function_class(obj):
        return torch_function.without_context(kind)
    if is_operator(obj):
        return torch_function.from_schema(obj)
    if is_module(obj) and not isinstance(obj, type):
        return forward_of(obj)  # type: ignore[no-any-return] # of a module
    found: Callable[..., Any] = getattr(obj, "forward", obj)
    return found
