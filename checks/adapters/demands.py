"""What examples must be: an array for each argument, of floating point, finite, of one format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.methods import methods_of
from checks.adapters.own_names import needed
from checks.adapters.torch_kinds import is_module
from checks.array_kinds import masked
from checks.errors import SeveralFormatsError, UsageError
from checks.types import Array, Arrays

#: Formats in which examples are examined.
FORMATS = ("float64", "float32", "float16")

#: The largest numbers of examples: some variations are 8 times as large, and steps on both sides up to 4 times as long.
LARGEST = float(np.finfo(np.float64).max) / 64


def called(obj: Any) -> str:
    """What a layer is called: of a pair, its forward."""
    return name_of(obj[0] if isinstance(obj, (tuple, list)) else obj)


def demand_all(obj: Any, inputs: Any, given: Sequence[str]) -> None:
    """Raise UsageError where there is no example, or none for an argument that the layer needs."""
    if not given:
        raise UsageError(
            f"inputs={inputs!r} holds no array; expected an example for each argument, such as inputs=(x,)"
        )
    if missing := needed(obj, given):
        held = missing[-1]
        raise UsageError(
            f"inputs has examples for {', '.join(given)}, and {called(obj)} also needs {', '.join(missing)}; expected "
            f"one for each, by position or by name; what has no gradient is held: "
            f"functools.partial({_part(obj)}, {held}={held})"
        )


def demand_format(obj: Any, name: str, array: Array, real: str, beside: str = "") -> None:
    """Raise UsageError where an example is of no format that is examined; ``real`` is what to give in its place.

    ``beside`` says why nothing else of the layer has a gradient, beside which the example could be what it is.
    """
    if array.dtype.kind == "c":
        raise UsageError(
            f"inputs: {name} is of {array.dtype}, and complex numbers are not examined on examples; expected their "
            f"real and imaginary parts: examine(lambda re, im: layer(re + 1j * im), inputs=({name}.real, {name}.imag))"
        )
    if array.dtype.kind != "f":
        raise UsageError(
            f"inputs: {name} is of {array.dtype}; expected floating point, since gradients are what is examined, such "
            f"as {real}; or hold it in the layer: {_holding(obj, name)}{beside and f'; {beside}'}"
        )
    if array.dtype.name not in FORMATS:
        raise UsageError(f"inputs: {name} is of {array.dtype}; expected {', '.join(FORMATS)}, such as {real}")


def demand_unmasked(name: str, value: Any) -> None:
    """Raise UsageError where entries of an example are masked: no layer is handed a mask."""
    if count := masked(value):
        raise UsageError(
            f"inputs: {name} is a masked array with {count} of {value.size} entries masked, and the layer is handed "
            f"plain arrays; expected numbers in their place, such as {name}.filled(0), and the mask as an argument, or "
            "held in the layer"
        )


def demand_moderate(name: str, array: Array, beside: str = "") -> None:
    """Raise UsageError where a number of an example is not finite, or so large that steps from it would not be.

    ``beside`` says what else to do with one that is not finite.
    """
    _demand_within(name, array, np.isfinite(array), "finite numbers, around which there is a derivative", beside)
    small = np.abs(array, dtype=np.float64) <= LARGEST
    _demand_within(name, array, small, f"{LARGEST:.1e} at most, since steps go far beyond")


def beside_infinity(obj: Any, name: str) -> str:
    """What to do with a mask that is added, of which the backward gives a gradient."""
    return (
        f"; a mask that is added is held in the layer, {_holding(obj, name)}, or has -1e30 in the place of -inf, or is "
        "one of truth values"
    )


def _demand_within(name: str, array: Array, within: Array, expected: str, beside: str = "") -> None:
    wrong = np.argwhere(~within)
    if len(wrong):
        place = tuple(map(int, wrong[0]))
        index = f"[{', '.join(map(str, place))}]" if place else ""
        raise UsageError(
            f"inputs: {name}{index} is {array[place]}; expected {expected} (of a strategy: min_value and max_value, "
            f"allow_nan=False, allow_infinity=False){beside}"
        )


def _holding(obj: Any, name: str) -> str:
    """How to hand over what has no gradient; the parameters of a module come along by themselves."""
    if not name.isidentifier():
        whole = name.partition("[")[0]
        return f"a function that puts {whole} together itself: examine(lambda ...: layer(...), inputs=...)"
    if isinstance(obj, (tuple, list)):
        pair = f"(functools.partial(forward, {name}={name}), backward)"
        return f"examine({pair}, inputs=...), whose backward may give None for {name}"
    held = f"examine(functools.partial({_part(obj)}, {name}={name}), inputs={'()' if is_module(obj) else '...'})"
    is_object = is_module(obj) or (methods_of(obj) and not isinstance(obj, type))
    return f"{held}, where layer is an object, {name_of(obj)}(...)" if is_object else held


def _part(obj: Any) -> str:
    """What ``functools.partial`` is given of it: only what can be called."""
    methods = methods_of(obj)
    return f"layer.{methods.forward}" if methods and not callable(obj) else "layer"


def demand_one_format(arrays: Arrays) -> None:
    """Raise SeveralFormatsError where examples differ in format."""
    groups: dict[str, dict[str, None]] = {}
    for name, array in arrays.items():
        groups.setdefault(array.dtype.name, {})[name] = None
    if len(groups) > 1:
        listed = "; ".join(f"{', '.join(names)}: {dtype}" for dtype, names in groups.items())
        raise SeveralFormatsError(f"inputs of {' and '.join(groups)} ({listed}); expected arrays of one format")
