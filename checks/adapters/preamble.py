"""A forward and a backward of an object as source: its class as its user calls it, with arrays in their places."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from inspect import signature
from typing import Any

from checks.adapters.answered import Answer as Answered
from checks.adapters.answered import asked
from checks.adapters.gradients import field_of
from checks.adapters.grown import ZEROING, before_forward, emptying
from checks.adapters.imports import imported
from checks.adapters.instead import method_of
from checks.adapters.methods import Methods
from checks.adapters.paths import Path
from checks.adapters.slots import Slot
from checks.adapters.sources import StepLines, placed, source, variable, zeroed
from checks.adapters.spelling import held
from checks.adapters.steps import Steps
from checks.types import Shape, gradient_of


@dataclass(frozen=True)
class Shown:
    """An object that is to be shown, and how: everything but the names of its methods is of one case.

    ``arguments`` are those of the case, ``call`` what its own forward is handed of them; ``slots`` are the places of
    the others, ``zeros`` the shape of one that the case lacks. ``built`` are the lines that build it, ``ahead`` those
    with which each forward begins. ``answer`` and ``result`` are what it gave last, None where it has given nothing;
    ``ways`` lead to the gradients that it keeps, ``grown`` names those that are set to zero before each backward;
    ``steps`` are those that its backward takes; of ``renewed`` room for the gradient is made in the size of the case,
    and what ``emptied`` leads to is zeros before each backward.
    """

    layer: Any
    methods: Methods
    arguments: Sequence[str]
    call: str
    slots: Mapping[str, Slot]
    returned: tuple[str, ...]
    ways: Mapping[str, Path]
    built: Sequence[str]
    ahead: Sequence[str] = ()
    zeros: Mapping[str, Shape] = field(default_factory=dict)
    answer: Answered | None = None
    result: Any = None
    grown: Collection[str] = ()
    steps: Steps = field(default_factory=Steps)
    renewed: Collection[str] = ()
    emptied: Sequence[Path] = ()


def preamble(shown: Shown) -> str:
    """Lines that import the class and define ``forward(...) -> (y, layer)`` and ``backward(dy, layer) -> gradients``.

    Empty where the backward is told more than dy and what the forward gave, or a gradient is nowhere.
    """
    more, answer = len(asked(shown.layer, shown.methods)) > 1, shown.answer
    if (answer and ((answer.parted and not answer.alone) or answer.of_one)) or (more and not (answer and answer.cache)):
        return ""
    gradients = _gradients(shown)
    if shown.result is not None and len(gradients) < len(shown.arguments):
        return ""
    return "\n".join([*shown.built, *_forward(shown), *_backward(shown, gradients)])


def as_you_build_it(layer: Any) -> str:
    """How an object is built as nobody but its user knows: room for arguments, where its class asks for any."""
    kind = type(layer)
    name = imported(kind.__name__).name
    try:
        signature(kind).bind()
    except (TypeError, ValueError):
        return f"{name}(...)"
    return f"{name}()"


def lines_of(name: str, built: str, then: Sequence[str] = ()) -> list[str]:
    """Lines that import a class by its name and build an object of it, where it has the name that ``imported`` says.

    ``then`` is what is done with the object first.
    """
    return [f"{imported(name).line}\n", "\n".join([f"layer = {built}", *then, "\n"])]


def _forward(shown: Shown) -> Iterator[str]:
    call, is_held = (
        called(shown.layer, shown.methods, shown.call),
        isinstance(shown.methods.ahead(shown.layer), partial),
    )
    yield f"def forward({', '.join(map(variable, shown.arguments))}):"
    yield from (f"    {line}" for line in shown.ahead)
    yield from (f"    {line}" for line in _placed(shown))
    yield from (f"    layer.{name}()" for name, _ in before_forward(shown.layer))
    note = "  # with what you hold" if is_held else ""
    if shown.answer and shown.answer.left:
        yield f"    {call}{note}"
        yield f"    return layer.{shown.answer.left}.copy(), layer\n\n"
    elif shown.answer and shown.answer.cache:
        yield from way.of_object(call, note) if (way := shown.answer.division) else [f"    y, *cache = {call}{note}"]
        yield "    return y, (layer, cache)\n\n"
    else:
        yield f"    return {call}{shown.answer.alone if shown.answer else ''}, layer{note}\n\n"


def called(layer: Any, methods: Methods, arguments: str) -> str:
    """A call of the forward of an object, with room for what its user holds."""
    name = "layer" if methods.forward == "__call__" else f"layer.{methods.forward}"
    return f"{name}({held(methods.ahead(layer), arguments)})"


def _placed(shown: Shown) -> Iterator[str]:
    """Lines that put arrays in their places."""
    for name, slot in shown.slots.items():
        zero = f"np.zeros({shown.zeros[name]}, dtype=weight.dtype)" if name in shown.zeros else ""
        yield placed(shown.layer, slot, zero or variable(name))
        if name in shown.renewed and (way := shown.ways.get(name)):
            yield f"{source(shown.layer, way)} = np.zeros_like({variable(name)})"


def _gradients(shown: Shown) -> dict[str, str]:
    """Where the gradient of each argument is found after a backward, as source."""
    returned = {name: field_of(shown.result, shown.returned, name) for name in shown.returned}
    stored = StepLines(shown.layer, shown.steps).gradients()
    stored |= {name: f"{source(shown.layer, way)}.copy()" for name, way in shown.ways.items() if way}
    every = {name: f"given{text}" for name, text in returned.items() if text is not None}
    return {name: text for name in shown.arguments if (text := {**stored, **every}.get(name, ""))}


def _backward(shown: Shown, gradients: Mapping[str, str]) -> Iterator[str]:
    layer, methods, cached = shown.layer, shown.methods, bool(shown.answer and shown.answer.cache)
    times = "" if methods.asks(layer) else " * dy"
    yield f"def backward(dy, {'saved' if cached else 'layer'}):"
    if cached:
        yield "    layer, cache = saved"
    yield from (f"    layer.{name}()" for name, _ in emptying(layer, ZEROING))
    yield from (f"    {text} = np.zeros_like({text})" for text in (source(layer, way) for way in shown.emptied))
    yield from (f"    {zeroed(layer, way)}" for name, way in shown.ways.items() if name in shown.grown and way)
    steps = StepLines(layer, shown.steps)
    yield from (f"    {line}" for line in steps.before())
    handed = [*([] if times else ["dy"]), *(["*cache"] if cached else []), *steps.rates(methods.steps(layer))]
    call = f"layer.{methods.backward}({held(method_of(layer, methods.backward), ', '.join(handed))})"
    if not gradients:  # it has never given any
        yield f"    return {call}\n\n"
        return
    used = any(text.startswith("given") for text in gradients.values())
    yield f"    {'given = ' if used else ''}{call}"
    yield from (f"    {line}" for line in steps.after())
    pairs = (f'"{gradient_of(name)}": {text}{times}' for name, text in gradients.items())
    yield f"    return {{{', '.join(pairs)}}}\n\n"
