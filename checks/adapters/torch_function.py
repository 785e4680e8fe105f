"""PyTorch functions that autograd differentiates: plain ones, ``torch.autograd.Function`` and custom operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from inspect import signature
from typing import Any

from checks.adapters.callables import importable, name_of
from checks.adapters.described import watched
from checks.adapters.imports import home_of, imported
from checks.adapters.schemas import of_schema, schema_of
from checks.adapters.signature import Plan, read
from checks.adapters.spelling import call_text, held
from checks.adapters.torch_arity import Arity, up_to_needed
from checks.adapters.torch_preamble import Called, shown
from checks.adapters.torch_tensors import Format, spared, torch_subject
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Arrays, Config


def adapt_function(function: Callable[..., Any], arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a function of tensors.

    Raises UsageError where its signature cannot be understood.
    """
    plan = read(function, arguments, "function")

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        return plan.call(function, leaves, config)

    inner = function.func if isinstance(function, partial) else function

    def called(names: Mapping[str, str], _: Arrays, config: Config) -> Called:
        given = {name: f"{each}.clone()" for name, each in names.items()} if _in_place(function) else names
        yours = imported(importable(inner), names.values(), home_of(inner, importable(inner)))
        return Called([f"{yours.line}\n\n"], f"{yours.name}({held(function, call_text(plan, given, config))})")

    run = spared(layer) if _in_place(function) else layer
    subject = torch_subject(name_of(function), run, {**plan.limits(), **fmt.limits()}, fmt)
    return shown(watched(plan, subject), called, fmt)


def _in_place(function: Callable[..., Any]) -> bool:
    """Whether a function says that it writes to its input, by PyTorch's underscore or ``inplace=True``."""
    name = name_of(function)
    said = isinstance(function, partial) and function.keywords.get("inplace") is True
    return said or (name.endswith("_") and not name.endswith("__"))


def adapt_autograd_function(kind: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from a class derived from ``torch.autograd.Function``; ``apply`` takes everything by position.

    Or from a ``partial`` of ``without_context`` of one, which holds some of its arguments. Raises UsageError where the
    signature of its ``forward`` cannot be understood.
    """
    apply = kind if isinstance(kind, partial) else partial(without_context(kind))
    kind, plan = vars(apply.func)["applies"], read(apply, arguments, "function")

    arity = Arity(kind, apply, plan, fmt.outputs.remarks)

    def called(names: Mapping[str, str], _: Arrays, config: Config) -> Called:
        given = {name: f"{each}.clone()" for name, each in names.items()} if _marks_dirty(kind) else names
        yours = imported(name_of(kind), names.values())
        return Called([f"{yours.line}\n\n"], f"{yours.name}.apply({arity.source(given, config)})")

    run = spared(arity.call) if _marks_dirty(kind) else arity.call
    subject = torch_subject(name_of(kind), run, {**plan.limits(), **fmt.limits()}, fmt)
    return shown(watched(plan, subject), called, fmt)


def _marks_dirty(kind: Any) -> bool:
    """Whether an autograd function says that it writes to its input."""
    codes = (getattr(getattr(kind, name), "__code__", None) for name in ("forward", "setup_context"))
    return any("mark_dirty" in code.co_names for code in codes if code)


def adapt_operator(operator: Any, arguments: tuple[str, ...], fmt: Format) -> Subject:
    """Subject from an operator of ``torch.library``; a list of integers in its schema gets one number for each axis.

    ``functools.partial`` may hold some of its arguments. Raises UsageError where its schema cannot be understood, or
    tells of no output.
    """
    overload = overload_of(operator.func if isinstance(operator, partial) else operator)
    _demand_output(overload)
    plan = read(from_schema(operator), arguments, "function")
    lists = {item.name for item in overload._schema.arguments if str(item.type).startswith("List[")}  # noqa: SLF001
    whole = {item.name for item in overload._schema.arguments if str(item.type) == "int"}  # noqa: SLF001
    square = frozenset(word for word, name in plan.words.items() if name in whole)

    def layer(leaves: Mapping[str, Any], config: Config) -> Any:
        return plan.call(operator, leaves, _each_axis(plan, config, lists, next(iter(leaves.values())).ndim - 2))

    def called(names: Mapping[str, str], arrays: Arrays, config: Config) -> Called:
        axes = next(iter(arrays.values())).ndim - 2
        space, _, name = str(getattr(overload, "_name", overload)).partition("::")
        given = held(operator, call_text(plan, names, _each_axis(plan, config, lists, axes)))
        return Called(["import your_module  # defines the operator\n\n"], f"torch.ops.{space}.{name}({given})")

    limits = {**plan.limits(), **({"square": square} if square else {}), **fmt.limits()}
    return shown(torch_subject(str(overload), layer, limits, fmt), called, fmt)


def _demand_output(overload: Any) -> None:
    if not overload._schema.returns:  # noqa: SLF001 - PyTorch shows it nowhere else
        raise UsageError(
            f"the operator {overload} returns nothing, so that PyTorch has no gradient of it; expected one that "
            "returns y, or a function around it that does: def layer(x): y = x.clone(); operator(y); return y"
        )


def without_context(kind: Any) -> Callable[..., Any]:
    """``forward`` as ``apply`` takes it: the context, whatever its name, comes first unless there is setup_context."""
    import torch

    told = signature(kind.forward)
    if kind.setup_context is torch.autograd.Function.setup_context:
        told = told.replace(parameters=list(told.parameters.values())[1:])

    @wraps(kind.forward)
    def apply(*arguments: Any, **named: Any) -> Any:
        return kind.apply(*up_to_needed(told.bind(*arguments, **named)))

    apply.__signature__ = told  # type: ignore[attr-defined]
    apply.applies = kind  # type: ignore[attr-defined]
    apply.__name__, apply.__module__ = name_of(kind), torch.__name__  # a forward may name nothing of PyTorch's
    return apply


def overload_of(operator: Any) -> Any:
    """The overload that an operator of ``torch.library`` calls where it is called by its name."""
    return getattr(operator, "_opoverload", None) or getattr(operator, "default", operator)


def from_schema(operator: Any) -> Callable[..., Any]:
    """A function that calls an operator, with the signature that its schema tells, less what ``partial`` holds."""
    if isinstance(operator, partial):
        return partial(from_schema(operator.func), *operator.args, **operator.keywords)
    overload = overload_of(operator)

    def function(*arguments: Any, **keywords: Any) -> Any:
        return overload(*arguments, **keywords)

    function.__signature__ = of_schema(schema_of(overload))  # type: ignore[attr-defined]
    function.__qualname__ = str(overload)
    return function


def _each_axis(plan: Plan, config: Config, lists: set[str], axes: int) -> Config:
    wanted = {word for word, name in plan.words.items() if name in lists and isinstance(config.get(word), int)}
    return {**config, **{word: [config[word]] * axes for word in wanted}}
