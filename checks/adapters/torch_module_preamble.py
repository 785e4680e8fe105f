"""A ``torch.nn.Module`` as source: the case's arrays stand in for its parameters, as they do for its adapter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from inspect import BoundArguments
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.imports import imported
from checks.adapters.preamble import as_you_build_it, lines_of
from checks.adapters.signature import Plan
from checks.adapters.spelling import MOST_SPELLED, Name, named, plain, spelled
from checks.adapters.torch_buffers import Buffers
from checks.adapters.torch_kinds import is_scripted
from checks.adapters.torch_parameters import places_of
from checks.adapters.torch_preamble import Called, Calling
from checks.adapters.torch_scripted import can_be_shown, has_scripts
from checks.adapters.torch_seeds import SEED, Seeded
from checks.adapters.torch_tensors import Format
from checks.errors import UnscriptedError
from checks.refusals import RAISED
from checks.types import Arrays, Config, format_name


def as_it_is(
    module: Any, plan: Plan, places: Mapping[str, str], fmt: Format, clone: str, step: str, held: Buffers
) -> Calling:
    """How a module is called, as its user builds it; ``clone`` copies what it writes to, ``step`` sets its mode.

    ``held`` are the buffers with which its calls begin.
    """

    def called(names: Mapping[str, str], arrays: Arrays, config: Config) -> Called:
        if has_scripts(module) and not can_be_shown(module):
            raise UnscriptedError(
                "torch.jit made a part of this module, or it keeps a list of its weights, so that no few lines put "
                "arrays in place of its parameters; examine it as it was before torch.jit for a script"
            )
        given = {name: f"{each}{clone}" for name, each in names.items()}
        bound = plan.bind(named({name: each for name, each in given.items() if name not in places}), config)
        state = {places[name]: each for name, each in given.items() if name in places}
        first, last = _held(module.forward)
        by_name = {**bound.kwargs, **last}
        call = [_tuple([*first, *bound.args]), *([_dictionary(by_name)] if by_name else [])]
        dtype = fmt.dtype or _format(arrays)
        rest = _at_rest(held, dtype)
        if is_scripted(module):
            return _called_scripted(module, {**state, **rest}, call, dtype, step)
        found = _called(module, as_you_build_it(module) + step, state, call, dtype, "  # as you build it")
        begun = [f'buffers["{name}"] = {text}  # as it comes to rest' for name, text in rest.items()]
        return replace(found, before=[*found.before, *begun, *_hooked(module, places, names)])

    return called


def as_it_is_compiled(*_: Any) -> Called:
    """How a compiled module is called.

    Raises UnscriptedError: nobody can say it.
    """
    raise UnscriptedError(
        "torch.compile made this module, and nobody but you knows how; examine it as it was before for a script"
    )


def _at_rest(held: Buffers, dtype: str) -> dict[str, str]:
    """Source of the buffers that calls begin with, and that the module does not hold like this, by dotted name.

    Raises UnscriptedError where one is too large to be spelled out.
    """
    import torch

    rest = {
        name: value.to(getattr(torch, dtype)) if value.is_floating_point() else value
        for name, value in (held.current or {}).items()
    }
    if long := [name for name, value in rest.items() if value.numel() > MOST_SPELLED]:
        raise UnscriptedError(
            f"each call begins with the buffer {long[0]} as earlier calls leave it at rest, and nobody reads its "
            f"{rest[long[0]].numel():,} numbers"
        )
    return {name: plain(value) for name, value in rest.items()}


def _hooked(module: Any, places: Mapping[str, str], names: Mapping[str, str]) -> Iterator[str]:
    """Lines that give the arrays that stand in for parameters their hooks."""
    own = dict(module.named_parameters())
    for name, place in places.items():
        if name in names and own[place]._backward_hooks:  # noqa: SLF001 - no other way
            hooks = f'layer.get_parameter("{place}")._backward_hooks.values()'
            yield f"for hook in {hooks} if {names[name]}.requires_grad else ():"
            yield f"    {names[name]}.register_hook(hook)"


def _held(forward: Callable[..., Any]) -> tuple[list[Name], dict[str, Name]]:
    """What ``partial`` holds of a forward, by place and by name, as source."""
    if not isinstance(forward, partial):
        return [], {}
    return [Name(plain(each)) for each in forward.args], named(
        {name: plain(each) for name, each in forward.keywords.items()}
    )


def as_it_is_built(
    kind: Any, bind: Callable[[Mapping[str, Any], Config], BoundArguments], fmt: Format, step: str
) -> Calling:
    """How a module of a class is called that is built for the case, whose constructor is called as ``bind`` says."""

    def called(names: Mapping[str, str], arrays: Arrays, config: Config) -> Called:
        bound = bind(arrays, config)
        built = f"{imported(name_of(kind)).name}({spelled(bound)}){step}"
        try:
            with Seeded("cpu", SEED):
                module = kind(*bound.args, **bound.kwargs)
        except RAISED:  # it shows that where it is built
            return Called(lines_of(name_of(kind), built), f"layer({', '.join(names.values())})")
        places = places_of(module, tuple(names))
        state = {places[name]: each for name, each in names.items() if name in places}
        inputs = named({name: each for name, each in names.items() if name not in places})
        found = _called(module, built, state, [_tuple(inputs.values())], fmt.dtype or _format(arrays))
        return replace(found, before=[*found.before, *_hooked(module, places, names)])

    return called


def _called(module: Any, built: str, state: Mapping[str, str], given: list[str], dtype: str, note: str = "") -> Called:
    """A call with names of arrays in the place of parameters, and copies of its buffers in the format ``dtype``."""
    buffers = any(True for _ in module.buffers())
    pairs = [*["**buffers"] * buffers, *(f'"{place}": {name}' for place, name in state.items())]
    call = f"torch.func.functional_call(layer, {{{', '.join(pairs)}}}, {', '.join(given)})"
    before = ["buffers = {name: each.clone() for name, each in layer.named_buffers()}"] * buffers
    return Called(lines_of(name_of(module), built + f".to(torch.{dtype})" * buffers + note), call, before)


def _called_scripted(module: Any, state: Mapping[str, str], given: list[str], dtype: str, step: str) -> Called:
    """A call of a copy of what was scripted or traced, whose own slots are given the arrays."""
    to = f"layer = layer.to(torch.{dtype})\n" * any(True for _ in module.buffers())
    mode = f"layer{step}\n" if step else ""
    slots = [(*name.rpartition("."), array) for name, array in state.items()]
    puts = [f'parts["{path}"]._c.setattr("{last}", {array})' for path, _, last, array in slots]
    before = ["own = copy.deepcopy(layer)", "parts = dict(own.named_modules())", *puts]
    call = ", ".join(stars + each for stars, each in zip(("*", "**"), given, strict=False))
    built = ["import copy\n", f"from your_module import layer  # as you script or trace it\n{mode}{to}\n"]
    return Called(built, f"own({call})", before)


def _format(arrays: Arrays) -> str:
    return format_name(next(iter(arrays.values())).dtype)


def _tuple(values: Iterable[Any]) -> str:
    each = [repr(value) for value in values]
    return f"({', '.join(each)}{',' * (len(each) == 1)})"


def _dictionary(values: Mapping[str, Any]) -> str:
    pairs = ", ".join(f'"{name}": {each!r}' for name, each in values.items())
    return f"{{{pairs}}}"
