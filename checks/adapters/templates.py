"""What to write where a layer cannot be called as it is."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from functools import partial
from typing import Any

from checks.adapters.named_places import is_open, named_places

_CLASS = (
    "    def forward({parameters}): layer = {name}(...); {placed}return layer{ahead}(x), layer{more}\n"
    "    examine((forward, lambda dy, layer: {gradients}), like=...){given}"
)

_TEMPLATES = {
    "pair": (
        "    def forward({parameters}): return {name}(...)  # -> (y, saved){more}\n"
        "    examine((forward, backward), like=...)  # backward(dy, saved); around one that takes more, too"
    ),
    "function": "    def layer({parameters}): return {name}(...){more}\n    examine(layer, like=...)",
    "foreign": (
        "    theirs = Framework(tensor=..., array=..., gradients=...)  # of array, of tensor, of (y, tensors, dy)\n"
        "    examine(theirs({name}), like=...)"
    ),
    "class": _CLASS,
    "constructor": _CLASS,
    "object": (
        "    from copy import deepcopy\n    own = {name}(...)  # as you build it\n"
        "    def forward({parameters}): layer = deepcopy(own); {placed}return layer{ahead}(x), layer{more}\n"
        "    examine((forward, lambda dy, layer: {gradients}), like=...){given}"
    ),
    "module": (
        "    layer = {name}(...)  # in your file; on the command line: gradproof check MODULE:layer --like ...\n"
        "    examine(layer, like=...)"
    ),
}


#: What a callable may ask for beside keywords, where that is not arrays in order.
_EXPECTED = {
    "constructor": "weight, bias, in_channels, out_channels, input_shape, kernel_size by such names",
    "module": "in_channels, out_channels, kernel_size by such names",
}

#: What is to be written instead; an adapter unless it stands here.
_INSTEAD = {"module": "build the module with numbers of your own"}

#: What is examined without a family, as it is.
_ON_EXAMPLES = {
    "pair": "(forward, backward)",
    "function": "{name}",
    "class": "{name}(...)",
    "constructor": "{name}(...)",
}

#: What cannot be told; how to call it unless it stands here.
_UNTOLD = {"module": "build"}


#: Kinds whose adapter puts arrays in their places.
_PLACING = frozenset({"class", "constructor", "object"})

#: Which keywords an adapter takes.
_BESIDE_WEIGHT = "  # of stride, padding, ... those alone that it takes"
_BESIDE_X = "  # and, by name, those keywords alone that it takes: kernel_size, stride, ..."

#: What is said where nobody knows under which names a layer keeps its arrays.
_IN_CAPITALS = "; in capitals: its own names for its arrays and their gradients"

#: The methods of most layers.
METHODS = ("forward", "backward")


def template(
    kind: str, name: str, arguments: tuple[str, ...], methods: tuple[str, str] = METHODS, layer: Any = None
) -> str:
    """The two lines that adapt something of this kind, which takes these arrays; of a module those that build it.

    ``methods`` are the forward and the backward of a class, or of an object; ``layer`` is it, where it is known.
    """
    weighted = "weight" in arguments
    own = named_places(layer if weighted and kind in _PLACING else None)
    parameters = "x, weight, bias=None, stride=1, padding=0" if weighted else "x"
    more = _BESIDE_WEIGHT if weighted else _BESIDE_X
    more += _IN_CAPITALS if weighted and kind in _PLACING and is_open(own) else ""
    ahead, back = ("" if method == "__call__" else f".{method}" for method in methods)
    placed = f"layer.{own['weight']}, layer.{own['bias']} = weight, bias; " if weighted else ""
    gone = f"layer{back}(dy)"
    gradients = f"({gone}, layer.{own['dweight']}, layer.{own['dbias']})" if weighted else gone
    given = f"  # or {gone}, where it gives all three" if weighted else ""
    words = {"placed": placed, "ahead": ahead, "gradients": gradients, "given": given}
    return _TEMPLATES[kind].format(name=name, parameters=parameters, more=more, **words)


def of_samples(name: str, ahead: Any) -> str:
    """The lines that make one number of a loss of each sample, whose backward takes that for granted."""
    inner = ahead
    while isinstance(inner, partial):
        inner = inner.func
    taken = ", ".join(inspect.signature(inner).parameters)
    return (
        f"    class Whole({name}):  # np.sum, where its backward does not divide by the samples\n"
        f"        def {inner.__name__}(self, {taken}): return np.mean(super().{inner.__name__}({taken}))\n"
        "    examine(Whole(...), inputs=...)"
    )


def not_understood(
    name: str, signature: inspect.Signature, slots: Mapping[str, str], unknown: list[str], kind: str, adapter: str
) -> str:
    """The error about parameters that are neither arrays nor keywords, with the ``adapter`` to write."""
    taken = ", ".join(f"{argument} as {parameter}" for argument, parameter in slots.items())
    known = f"it takes {taken}, but nothing is known about" if taken else "nothing is known about"
    whole = f", or an object: examine({name}(...), ...)" if kind == "constructor" else ""
    layer = _ON_EXAMPLES.get(kind, "").format(name=name)
    expected = _EXPECTED.get(kind, "arrays first (x, weight, bias)")
    instead = _INSTEAD.get(kind, "write the adapter")
    return (
        f"cannot tell how to {_UNTOLD.get(kind, 'call')} {name}{signature}: {known} {', '.join(unknown)}; expected "
        f"{expected}, then PyTorch's keywords (stride, padding, ...){whole}; {instead} and "
        f"pass it instead:\n{adapter}"
        + (f"\nor without like=, on examples of what it takes: examine({layer}, inputs=(x, ...))" if layer else "")
    )


def in_floating_point(name: str, value: Any) -> str:
    """Source of an example in double precision: of a list, a tensor or an array of this name."""
    if isinstance(value, (tuple, list)):
        return f"np.asarray({name}, np.float64)"
    return f"{name}.double()" if hasattr(value, "detach") else f"{name}.astype(np.float64)"
