"""How a callable takes the arrays and keywords of a case, read from its signature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from inspect import Parameter
from string import ascii_lowercase
from typing import Any

from checks.adapters import flags
from checks.adapters.callables import VARIADIC, held_by_name, name_of, signature_of
from checks.adapters.letters import lettered
from checks.adapters.methods import methods_of
from checks.adapters.plan import Plan
from checks.adapters.templates import METHODS, not_understood, template
from checks.adapters.together import together
from checks.adapters.words import ARRAYS, COUNTS, SIZES, WINDOWS, WORDS, fixed_by, named, names_of, per_axis
from checks.errors import UsageError

__all__ = ["NOT_DATA", "Plan", "read"]

#: Parameters of a method that are never data: its object, its class, a context to save things in.
NOT_DATA = frozenset({"self", "cls", "ctx"})


def read(call: Callable[..., Any], arguments: tuple[str, ...], kind: str) -> Plan:
    """The plan of a callable that takes ``arguments`` (some may be optional) and configuration keywords.

    Raises UsageError where a parameter without a default is neither, with the adapter to write for this ``kind``.
    """
    name, signature = name_of(call), signature_of(call, kind, arguments)
    hidden = frozenset() if kind == "function" else NOT_DATA
    data = {key: parameter for key, parameter in signature.parameters.items() if key not in hidden}
    if kind in {"class", "module"} and all(any(p.kind is each for p in data.values()) for each in VARIADIC):
        data = {key: p for key, p in data.items() if p.kind is not Parameter.VAR_KEYWORD}  # of a decorator around it
    signature = signature.replace(parameters=list(data.values()))
    single = [parameter for parameter in data.values() if parameter.kind not in VARIADIC]
    known = {**WORDS, **SIZES}
    words = {named(p.name, known): p.name for p in single if named(p.name, known) and p.name not in arguments}
    pairs = {word: names for word, names in per_axis(p.name for p in single).items() if word not in words}
    words |= _numbers_of_arrays(single, {*words, *pairs}) if kind == "constructor" else {}
    words |= {} if "kernel_size" in {*words, *pairs} else _window_of(single, arguments, kind)
    words |= lettered(
        [p for p in single if p.name not in arguments], {*words, *pairs, *_shown(single, arguments, kind)}
    )
    held = held_by_name(call)
    packed = together(call, [p for p in single if p.name not in {*held, *arguments, *words.values()}])
    taken = {*words.values(), packed.parameter, *(name for names in pairs.values() for name in names)}
    alight = flags.required(p for p in single if p.name not in {*taken, *arguments}) if kind != "constructor" else {}
    free = [p for p in single if p.name not in {*taken, *alight}]
    fixed = fixed_by(held)
    words = {word: parameter for word, parameter in words.items() if word not in fixed}
    data_free = [p for p in free if p.name not in packed.opaque]
    slots = _spelled(data_free, arguments) if kind == "constructor" else _slots(data_free, arguments)
    unknown = [p.name for p in free if p.name not in slots.values() and p.default is Parameter.empty]
    adapter = template(kind, _said(call), arguments, _methods(call), _owner(call))
    if unknown:
        raise UsageError(not_understood(_said(call), signature, slots, unknown, kind, adapter))
    at_once = packed.parameter, packed.keys
    found = Plan(name, signature, slots, words, *at_once, fixed, pairs, packed.asked, alight)
    return replace(found, packed=packed.packed, adapter=adapter)


def _shown(single: list[Parameter], arguments: tuple[str, ...], kind: str) -> set[str]:
    """The window where a weight among the arrays shows it; a constructor takes a weight under its name alone."""
    weighted = any(named(p.name, ARRAYS) == "weight" for p in single) or (
        kind != "constructor" and "weight" in arguments
    )
    return {"kernel_size"} if weighted else set()


def _said(call: Callable[..., Any]) -> str:
    """What its user calls: of a class of PyTorch's that has its forward there, ``apply``."""
    return f"{name_of(call)}.apply" if hasattr(getattr(call, "func", None), "applies") else name_of(call)


def _methods(call: Callable[..., Any]) -> tuple[str, str]:
    """The methods of the layer that a class makes, or that this is a method of."""
    owner = _owner(call)
    found = None if owner is None else methods_of(owner)
    return (found.forward, found.backward) if found else METHODS


def _owner(call: Callable[..., Any]) -> Any:
    """The class, or the layer whose method this is; None of a function."""
    return call if isinstance(call, type) else getattr(call, "__self__", None)


def _numbers_of_arrays(single: list[Parameter], words: set[str]) -> dict[str, str]:
    """What a constructor calls like a weight and takes as a number: ``filters`` beside the size of a kernel.

    Or ``kernel`` beside a number of channels: where either is asked for, there is no array to be handed over.
    """
    spelled = {p.name.lower(): p for p in single}
    windows = [spelled[name].name for name in WINDOWS if name in spelled and "kernel_size" not in words]
    counts = [spelled[name] for name in COUNTS if name in spelled and "out_channels" not in words]
    found = [p.name for p in counts if windows or "kernel_size" in words or p.annotation in {int, "int"}]
    numbers = {"out_channels": found, "kernel_size": windows if found or "out_channels" in words else []}
    return {word: names[0] for word, names in numbers.items() if names}


def _window_of(single: list[Parameter], arguments: tuple[str, ...], kind: str) -> dict[str, str]:
    """What is called like a weight where there is none: the ``kernel`` of a pooling layer, beside its stride.

    Or by itself where a constructor takes it.
    """
    names = [p.name for p in single if p.name.lower() in WINDOWS]
    strided = any(named(p.name, WORDS) == "stride" for p in single)
    alone = kind == "constructor" and len(single) == 1
    return {"kernel_size": names[0]} if names and (strided or alone) and arguments in {(), ("x",)} else {}


def _spelled(free: list[Parameter], arguments: tuple[str, ...]) -> dict[str, str]:
    """By name alone: a constructor takes numbers too, for which nobody can tell an array."""
    slots: dict[str, str] = {}
    for argument in arguments:
        names = {name.lower() for name in names_of(argument)}
        able = (p for p in free if not (argument == "x" and type(p.default) in {int, float}))  # z=1 is no input
        spelled = [p.name for p in able if p.name.lower() in names and p.name not in slots.values()]
        slots |= {argument: spelled[0]} if spelled else {}
    return slots


def _slots(free: list[Parameter], arguments: tuple[str, ...]) -> dict[str, str]:
    """By name first; what is left over, in order. Letters that count, a, b and c, name nothing."""
    slots = {} if _counts(free, arguments) else _spelled(free, arguments)
    open_parameters = [p.name for p in free if p.name not in slots.values() and p.default is Parameter.empty]
    waiting = [argument for argument in arguments if argument not in slots]
    return slots | dict(zip(waiting, open_parameters, strict=False))


def _counts(free: list[Parameter], arguments: tuple[str, ...]) -> bool:
    """Whether the parameters that must be given are called by the first letters of the alphabet, in their order.

    Not where the arguments themselves are.
    """
    names = [p.name.lower() for p in free if p.default is Parameter.empty]
    return len(names) > 1 and names == [*ascii_lowercase[: len(names)]] and not {*names} & {*arguments}
