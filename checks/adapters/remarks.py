"""Sentences about what is not examined."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from checks.adapters.callables import name_of
from checks.adapters.grown import FLUSHING
from checks.adapters.kept import Kept
from checks.adapters.slots import spelled
from checks.adapters.steps import Steps

#: How what the object of a pair's methods keeps is examined.
_AS_ARGUMENTS = (
    "expected a pair that takes it, and gives its gradient: def forward(x, w): layer.w = w; return layer.forward(x), "
    "layer; def backward(dy, layer): return layer.backward(dy), layer.dw"
)


def held_at_values(options: Mapping[str, Any]) -> list[str]:
    """About options, by name; nothing where there are none."""
    told = ", ".join(f"{name}={_told(value)}" for name, value in options.items())
    return [f"held at its value, since the backward gives no gradient of it: {told}"] if told else []


def about(kept: Kept, given: Collection[str]) -> Iterator[str]:
    """About what an object keeps beside the arrays that are ``given``."""
    yield from about_steps(kept.steps, kept.odd)
    if kept.order:
        yield f"the backward gives its gradients in the order {', '.join(kept.order)}, as their names or shapes show"
    if unfound := about_unfound(kept, given):
        yield unfound
    if kept.idle:
        yield f"y does not depend on {', '.join(kept.idle)} at the example: a gradient of 0 there shows nothing"
    if kept.growing:
        yield (
            f"{' and '.join(kept.growing)} is a list that grows with each forward of the layer, whose backward may go "
            f"back through all of it; {_wanted(kept)}"
        )


def about_unfound(kept: Kept, given: Collection[str]) -> str:
    """About parameters beside which no gradient was found, and where it would be; empty where there are none."""
    left = [name for name in kept.unexamined if name not in {*given, *kept.odd}]
    if left and kept.beside_pair:
        return f"the object of these two methods keeps {', '.join(left)}: that is not examined; {_AS_ARGUMENTS}"
    keeps = f"the layer keeps {', '.join(left)}, beside which no gradient was found: that is not examined"
    return f"{keeps}; {_sought(left[0])}" if left else ""


def _sought(name: str) -> str:
    """Where a gradient would be found."""
    last = name.rpartition(".")[2]
    return (
        f"it would be found where the backward leaves it as d{last}, grad_{last}, {last}_grad, {last}_gradient or the "
        f"like, or in grads[{last!r}], or where it returns it after those of its arguments: return dx, [d{last}]"
    )


def _wanted(kept: Kept) -> str:
    """What is expected of the layer, or what its own method does not do."""
    *others, last = FLUSHING
    called = " and ".join(f"{name}()" for name in kept.emptied)
    return (
        f"{called} is called before each forward and does not empty it"
        if called
        else f"expected a method that empties it, called {', '.join(others)} or {last}"
    )


def about_steps(steps: Steps, odd: Mapping[str, str]) -> Iterator[str]:
    """About what a backward moves, and why no gradient shows in some of it."""
    rate, read = steps.rate, steps.read
    if read:
        where = ", ".join([*rate.arguments, *(spelled(spot) for spot in rate.spots)])
        yield (
            f"the gradients of {', '.join(read)} are read from the steps of the backward, (before - after) / rate, "
            f"where {where} is a power of two so large that rounding what is moved is nothing beside such a step"
        )
    if steps.moved:
        yield f"the backward moves {', '.join(steps.moved)}: put back after each"
    if steps.late:
        yield (
            f"what the backward returns changes with its rate: it is computed after {', '.join(steps.moved)} moved, "
            "from what that made of them; the gradient is that of what stood there in the forward, so compute it first"
        )
    for name, why in odd.items():
        yield f"no gradient shows in how the backward moves {name}, which is not examined: {why}"


def _told(value: Any) -> str:
    if hasattr(value, "shape"):
        return f"{value.dtype} of shape {tuple(value.shape)}"
    return name_of(value) if callable(value) else repr(value)
