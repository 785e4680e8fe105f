"""A forward and a backward of an object as source: its class as its user calls it, with arrays in their places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from inspect import getattr_static, isgeneratorfunction, signature
from typing import Any

from checks.adapters.answered import asked
from checks.adapters.grown import ZEROING
from checks.adapters.kept_parameters import Kept
from checks.adapters.methods import Methods
from checks.adapters.paths import Answer, Attribute, Path, at
from checks.adapters.signature import Plan
from checks.adapters.slots import Slot
from checks.adapters.spelling import call_text
from checks.adapters.words import first_present, gradient_names
from checks.types import gradient_of


def variable(name: str) -> str:
    """A name as Python takes it: ``layers_0_W`` for ``layers[0].W``."""
    return re.sub(r"\W+", "_", name).strip("_")


def preamble(layer: Any, methods: Methods, method: Plan, inputs: Sequence[str], kept: Kept) -> str:
    """Lines that import the class and define ``forward(...) -> (y, layer)`` and ``backward(dy, layer) -> gradients``.

    ``method`` says how its forward takes the ``inputs``. Empty where the backward is told more than dy, or does not
    give the gradients of all inputs.
    """
    returned = {name: _returned(kept.result, place, name) for place, name in enumerate((*inputs, *kept.returned))}
    if len(asked(layer, methods)) > 1 or not all(returned.values()):
        return ""
    ahead, back = _forward(layer, methods, method, inputs, kept), _backward(layer, methods, returned, kept)
    return "\n".join([*_built(layer), *ahead, *back])


def _built(layer: Any) -> Iterator[str]:
    kind = type(layer).__name__
    try:
        signature(type(layer)).bind()
        arguments = ""
    except (TypeError, ValueError):
        arguments = "..."
    yield from (f"from your_module import {kind}\n", f"layer = {kind}({arguments})  # as you build it\n\n")


def _forward(layer: Any, methods: Methods, method: Plan, inputs: Sequence[str], kept: Kept) -> Iterator[str]:
    held = methods.ahead(layer)
    first, last = (held.args, held.keywords) if isinstance(held, partial) else ((), {})
    arrays = call_text(method, {name: variable(name) for name in inputs}, {})
    given = [*("..." for _ in first), *filter(None, [arrays]), *(f"{name}=..." for name in last)]
    call = f"layer.{methods.forward}({', '.join(given)})"
    yield f"def forward({', '.join(map(variable, (*inputs, *kept.slots)))}):"
    if kept.built:
        yield f"    {call}  # builds its parameters"
    yield from (f"    {_place(layer, slot)} = {variable(name)}" for name, slot in kept.slots.items())
    yield f"    return {call}, layer{'  # with what you hold' if first or last else ''}\n\n"


def _backward(layer: Any, methods: Methods, returned: Mapping[str, str], kept: Kept) -> Iterator[str]:
    ways = {name: slot.gradient for name, slot in kept.slots.items() if name not in returned}
    stored = {name: f"{_source(layer, way)}.copy()" for name, way in ways.items()}
    times = "" if methods.asks(layer) else " * dy"
    yield "def backward(dy, layer):"
    yield from (f"    layer.{name}()" for name in ZEROING if callable(getattr(layer, name, None)))
    yield f"    given = layer.{methods.backward}({'' if times else 'dy'})"
    pairs = (f'"{gradient_of(name)}": {text}{times}' for name, text in {**returned, **stored}.items())
    yield f"    return {{{', '.join(pairs)}}}\n\n"


def _returned(result: Any, place: int, name: str) -> str:
    """How the gradient of an argument is taken from what the backward gives; empty where it is not there."""
    if isinstance(result, Mapping):
        key = first_present(gradient_names(name), result)
        return f'given["{key}"]' if key else ""
    if isinstance(result, (tuple, list)):
        return f"given[{place}]" if place < len(result) else ""
    return "" if place else "given"


def _place(layer: Any, slot: Slot) -> str:
    """The left side of an assignment; what stands in a tuple, or is a part of another array, is written to."""
    text = _source(layer, slot.spots[0])
    fixed = slot.shares or isinstance(at(layer, slot.spots[0][:-1]), tuple)
    return f"{text}[...]" if fixed else text


def _source(layer: Any, path: Path) -> str:
    text = "layer"
    for place, step in enumerate(path):
        if isinstance(step, Attribute):
            text += f".{step.key}"
        elif isinstance(step, Answer):
            text = _answer(text, step.key, at(layer, path[:place]))
        else:
            text += f"[{step.key!r}]"
    return text


def _answer(text: str, name: str, holder: Any) -> str:
    """A call of a method, or the name of a property; what a generator gives is made a list."""
    found, text = getattr_static(type(holder), name), f"{text}.{name}"
    if isinstance(found, property):
        return text
    return f"list({text}())" if isgeneratorfunction(found) else f"{text}()"
