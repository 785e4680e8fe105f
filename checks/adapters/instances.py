"""The object that is examined on examples: what was given, or one that is built where a class was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from inspect import signature
from types import MethodType
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.frameworks import framework_of
from checks.adapters.methods import methods_of
from checks.adapters.own_names import OPEN
from checks.adapters.partials import whole
from checks.adapters.slotted import with_dictionary
from checks.adapters.torch_kinds import holding, is_module
from checks.errors import UsageError
from checks.refusals import RAISED


def instance(obj: Any) -> Any:
    """The object itself; of a class of modules, or one with methods, an object that is built without arguments.

    A module or an object that ``functools.partial`` holds some arguments for stays one.

    The forward and the backward of one object are that object, with what it keeps.

    It is the same one for every case, as in training. A class with methods that needs arguments is left as it is: it
    may want the examples. Raises UsageError where it cannot be built.
    """
    if isinstance(obj, partial):
        return _held(obj)
    if isinstance(obj, (tuple, list)) and all(isinstance(each, MethodType) for each in obj):
        return _whole_object(obj)
    if not isinstance(obj, type) or not (is_module(obj) or _builds_itself(obj)):
        return obj
    name = name_of(obj)
    expected = f"an object: examine({name}(...), inputs=...), or a class that needs no arguments"
    return _built(obj, f"{name} is a class and {name}()", expected)


def _whole_object(pair: Sequence[MethodType]) -> Any:
    """The object whose forward and backward these are; what was given where they are of two, or other methods."""
    owner = pair[0].__self__
    methods = None if isinstance(owner, (type, tuple, list)) else methods_of(owner)
    own = [methods.forward, methods.backward] if methods else []
    return owner if own == [each.__name__ for each in pair] and pair[1].__self__ is owner else pair


def _held(held: partial[Any]) -> Any:
    """What ``functools.partial`` holds arguments for; those of a class are its constructor's."""
    is_layer = is_module(held.func) or methods_of(held.func)
    if not isinstance(held.func, type) or not is_layer:
        return holding(held) if is_module(held.func) else whole(held)
    name, given = name_of(held), ", ".join([*("..." for _ in held.args), *(f"{word}=..." for word in held.keywords)])
    expected = f"an object, where its forward is to be given that: functools.partial({name}(...), {given})"
    return _built(held, f"functools.partial has a class, {name}, and {name}({given})", expected)


def _built(kind: Callable[[], Any], call: str, expected: str) -> Any:
    """An object of a class; of modules one with the same parameters each time.

    Raises UsageError where it cannot be built.
    """
    try:
        if not is_module(getattr(kind, "func", kind)):
            return with_dictionary(kind())
        from checks.adapters.torch_seeds import SEED, Seeded

        with Seeded("cpu", SEED):
            return kind()
    except RAISED as error:
        raise UsageError(f"{call} raised {type(error).__name__}: {error}; expected {expected}") from error


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
