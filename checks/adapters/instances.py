"""The object that is examined on examples: what was given, or one that is built where a class was."""

from __future__ import annotations

from functools import partial
from inspect import signature
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.methods import methods_of
from checks.adapters.own_names import OPEN
from checks.adapters.partials import whole
from checks.adapters.recognise import framework_of
from checks.adapters.torch_kinds import holding, is_module
from checks.errors import UsageError
from checks.refusals import RAISED


def instance(obj: Any) -> Any:
    """The object itself; of a class of modules, or one with methods, an object that is built without arguments.

    A module or an object that ``functools.partial`` holds some arguments for stays one.

    It is the same one for every case, as in training. A class with methods that needs arguments is left as it is: it
    may want the examples. Raises UsageError where it cannot be built.
    """
    if isinstance(obj, partial):
        return holding(obj) if is_module(obj.func) else whole(obj)
    if not isinstance(obj, type) or not (is_module(obj) or _builds_itself(obj)):
        return obj
    name = name_of(obj)
    try:
        return _built(obj)
    except RAISED as error:
        raise UsageError(
            f"{name} is a class and {name}() raised {type(error).__name__}: {error}; expected an object: "
            f"examine({name}(...), inputs=...), or a class that needs no arguments"
        ) from error


def _built(kind: type) -> Any:
    """An object of a class; of modules one with the same parameters each time."""
    if not is_module(kind):
        return kind()
    from checks.adapters.torch_tensors import SEED, seeded

    with seeded("cpu", SEED):
        return kind()


def _builds_itself(kind: type) -> bool:
    """Whether a class with methods, of no framework, needs no arguments."""
    return framework_of(kind) != "torch" and bool(methods_of(kind)) and not _needed(kind)


def _needed(kind: type) -> bool:
    """Whether a class cannot be built without arguments, or does not say so."""
    try:
        parameters = signature(kind).parameters.values()
    except (TypeError, ValueError):  # a built-in class says nothing of itself
        return True
    return any(each.default is each.empty and each.kind not in OPEN for each in parameters)
