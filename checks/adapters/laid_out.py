"""Layers that keep their axes in another order than (N, C, *spatial) and (O, I, *kernel): channels last, above all."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters import bias_order
from checks.adapters.lent import Lender, Lent, Saved, settled
from checks.adapters.pair_preamble import YOURS
from checks.adapters.sources import variable
from checks.errors import UsageError
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape, gradient_of

#: The word for what most such layers have; a star stands for the spatial axes.
LAST = "channels last"
_LAST: Mapping[str, str] = {"x": "N*C", "weight": "*IO"}

#: The two letters of each array; every other letter is a spatial axis.
_LETTERS: Mapping[str, str] = {"x": "NC", "weight": "OI"}

#: A layout in which the width stands before the height, which may be misspelt; and what is to be said of it.
_WIDTH_FIRST = re.compile("W.*H", re.IGNORECASE)
_AS_THEY_STAND = "layout {}: spatial axes are taken in the order in which they stand, W and H like H and W"

#: Said of a bias that an object was built with.
OF_BIAS = (
    "the bias is handed over in the shape that it was built with, as supports={{'layout': {{'bias': {0!r}}}}} says"
)


def laid_out(subject: Subject, layout: str | Mapping[str, str]) -> Subject:
    """The subject that gets and gives its arrays in another order of axes.

    ``layout`` is that of x, such as "NHWC" or "channels last" (the kernel is HWIO then), or a mapping that says it of
    both: ``{"x": "NHWC", "weight": "OHWI"}``. The number of spatial letters does not matter. ``{"bias": "O1"}`` says
    that a bias of F numbers is one of shape (F, 1), ``"1O11"`` of (1, F, 1, 1). What the layer writes to its arguments
    is written to the caller's, and what the caller writes to them later the layer finds in those that it kept.
    Raises UsageError where a layout is not understood.
    """
    said = layout if isinstance(layout, Mapping) else {"x": layout}
    if unknown := sorted(said.keys() - {*_LETTERS, "bias"}):
        raise UsageError(
            f"layout has {unknown[0]!r}; expected the order of axes of x, and of weight and bias where it has them"
        )
    x = _order("x", said.get("x", "NCHW"))
    weight = _order("weight", said.get("weight", LAST if x == _LAST["x"] else "OIHW"))
    bias = bias_order.read(said.get("bias", "O"))
    orders, layout = {"x": x, "y": x, "weight": weight, "bias": bias}, ", ".join(said.values())
    subject = _told(subject, orders)
    subject.remarks.extend(map(_AS_THEY_STAND.format, filter(_WIDTH_FIRST.search, said.values())))
    modes = {mode: laid_out(other, said) for mode, other in subject.modes.items()}
    shown = replace(_turned(subject, orders), modes=modes, layout=layout, preamble=_Shown(subject, orders, layout))
    built = tuple(subject.built_with[place] for place in np.argsort(_axes(weight, len(subject.built_with))))
    plain = replace(shown, spelled=None, preamble_of_some=None, resting=None, sized=None)
    return replace(plain, built_with=built, bias_axes="")


def _told(subject: Subject, orders: Mapping[str, str]) -> Subject:
    """The subject that knows where its channels stand, where it is told how many there are."""
    if subject.sized is None:
        return subject

    def turn(name: str, shape: Shape) -> Shape:
        if name == "bias":
            return (int(np.prod(shape)),)
        return tuple(shape[place] for place in np.argsort(_axes(orders.get(name, ""), len(shape))))

    return replace(subject.sized(turn), arguments=subject.arguments, arithmetic=subject.arithmetic)


def as_built(subject: Subject, said: str | Mapping[str, str] | None) -> str | Mapping[str, str] | None:
    """What is ``said`` of a layer's order of axes, with the bias in that which an object was built with; None: nothing.

    Nothing is added to what is said of the bias itself.
    """
    known = dict(said) if isinstance(said, Mapping) else {} if said is None else {"x": said}
    if not subject.bias_axes or "bias" in known:
        return said
    subject.remarks.append(OF_BIAS.format(subject.bias_axes))
    return {**known, "bias": subject.bias_axes}


#: How a script turns an array, and lets the layer and its caller see what the other wrote, as a ``Lender`` does.
_TURNED = """copies = {}


def turned(array, *axes):
    found, flags = array.transpose(axes), array.flags
    if not flags.aligned or not (flags.c_contiguous or flags.f_contiguous):
        return found
    if id(array) not in copies:
        copies[id(array)] = array, found, found.copy("C" if flags.c_contiguous else "F")
        copies[id(array)][2].flags.writeable = flags.writeable
    return copies[id(array)][2]


def read():  # what was written to arrays since
    for _, ours, theirs in copies.values():
        if theirs.flags.writeable:
            theirs[...] = ours


def write():  # what the layer wrote to its own
    for _, ours, theirs in copies.values():
        if theirs.flags.writeable:
            ours[...] = theirs"""


@dataclass(frozen=True)
class _Shown:
    """Source that turns arrays for a subject, whose own source comes first, and its results back."""

    subject: Subject
    orders: Mapping[str, str]
    layout: str

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """See ``Subject.preamble``."""
        turned = {name: _theirs(self.orders, name, array) for name, array in arrays.items()}
        inner = self.subject.preamble(turned, config) if self.subject.preamble else ""
        names = {name: self._turned(name, variable(name), array.ndim) for name, array in arrays.items()}
        words = [] if inner else [f"{word}={value!r}" for word, value in config.items()]
        call = self.subject.spelled(names, config) if self.subject.spelled else ", ".join([*names.values(), *words])
        first = inner.rstrip("\n") or f"from your_module import forward, backward{YOURS}"
        return "\n".join(
            [
                first,
                f"\nahead, back = forward, backward  # of {self.layout}\n\n",
                f"{_TURNED}\n\n",
                *self._defined(arrays, call),
            ]
        )

    def _defined(self, arrays: Arrays, call: str) -> Iterator[str]:
        axes = arrays["x"].ndim  # dy and y have as many
        yield f"def forward({', '.join(map(variable, arrays))}):"
        yield "    read()"
        yield f"    y, saved = ahead({call})"
        yield "    write()"
        yield f"    return {self._back('y', 'y', axes)}, saved\n\n"
        yield "def backward(dy, saved):"
        yield "    read()"
        yield f"    found = back({self._turned('y', 'dy', axes)}, saved)"
        yield "    write()"
        keys = {name: f'"{gradient_of(name)}"' for name in arrays}
        named = f"dict(zip([{', '.join(keys.values())}], found))" if len(keys) > 1 else f"{{{keys['x']}: found}}"
        yield f"    found = found if isinstance(found, dict) else {named}"
        ours = {name: self._back(name, f"found[{key}]", arrays[name].ndim) for name, key in keys.items()}
        yield f"    return {{{', '.join(f'{keys[name]}: {text}' for name, text in ours.items())}}}\n\n"

    def _turned(self, name: str, text: str, axes: int) -> str:
        if name == "bias":
            return bias_order.turned(self.orders[name], text)
        order = _axes(self.orders.get(name, ""), axes)
        return text if order == sorted(order) else f"turned({text}, {', '.join(map(str, order))})"

    def _back(self, name: str, text: str, axes: int) -> str:
        if name == "bias":
            return bias_order.back(self.orders[name], text)
        order = _axes(self.orders.get(name, ""), axes)
        return text if order == sorted(order) else f"{text}.transpose({', '.join(map(str, np.argsort(order)))})"


def _turned(subject: Subject, orders: Mapping[str, str]) -> Subject:
    lender = Lender(partial(_theirs, orders))

    def called(arrays: Arrays, call: Callable[[Arrays], Any]) -> tuple[Any, tuple[Lent, ...]]:
        turned, lent = lender.handed(arrays)
        with settled(lent):
            return call(turned), lent

    def forward(arrays: Arrays, config: Config) -> tuple[Any, Any]:
        (y, saved), lent = called(arrays, lambda turned: subject.forward(turned, config))
        return _ours(orders, "y", y), Saved(saved, lent)

    def backward(dy: Array, saved: Saved) -> Mapping[str, Any]:
        with settled(saved.lent):
            return given(called({"y": dy}, lambda turned: subject.backward(turned["y"], saved.by_layer))[0])

    def some(arrays: Arrays, config: Config, dy: Array, wanted: frozenset[str]) -> Arrays:
        def call(turned: Arrays) -> Mapping[str, Any]:
            return subject.some(turned, config, turned.pop("y"), wanted) if subject.some else {}

        return given(called({**arrays, "y": dy}, call)[0])

    def inference(arrays: Arrays, config: Config) -> Any:
        said = subject.inference or subject.apply
        return _ours(orders, "y", called(arrays, lambda turned: said(turned, config))[0])

    def given(gradients: Mapping[str, Any]) -> dict[str, Any]:
        return {of: _ours(orders, of.removeprefix("d"), value) for of, value in dict(gradients).items()}

    modes = {mode: _turned(other, orders) for mode, other in subject.modes.items()}
    untouched = subject.untouched and _turned(subject.untouched, orders)
    sibling = subject.sibling and _turned(subject.sibling, orders)
    asked = replace(subject, sibling=sibling, some=subject.some and some, inference=subject.inference and inference)
    # a layer of a family gives one output: there is none to be used alone
    return replace(asked, forward=forward, backward=backward, modes=modes, untouched=untouched, of_outputs=None)


def _theirs(orders: Mapping[str, str], name: str, array: Array) -> Array:
    """A view in the layer's own order."""
    if name == "bias":
        return array.reshape(bias_order.shape(orders[name], array))
    return array.transpose(_axes(orders.get(name, ""), array.ndim))


def _ours(orders: Mapping[str, str], name: str, value: Any) -> Any:
    if not isinstance(value, np.ndarray):
        return value
    if name == "bias":  # one of another shape is wrong by it
        return value.reshape(-1) if value.shape == bias_order.shape(orders[name], value) else value
    return value.transpose(np.argsort(_axes(orders.get(name, ""), value.ndim)))


def _axes(order: str, count: int) -> list[int]:
    """For each axis of the layer's array the axis of ours; as they are where the array has no such axes."""
    if not order or count < len(order):
        return list(range(count))
    letters = _LETTERS["x" if "N" in order else "weight"]
    places = {letters[0]: [0], letters[1]: [1], "*": list(range(2, count))}
    return [axis for letter in order for axis in places[letter]]


def _order(name: str, text: str) -> str:
    """A layout with one star for its spatial axes: NHWC is ``N*C``.

    Raises UsageError where it lacks a letter or its spatial axes stand apart.
    """
    letters = _LETTERS[name]
    order = _LAST[name] if text == LAST else re.sub(f"[^{letters}]+", "*", str(text).upper())
    if sorted(order) != sorted(f"*{letters}"):
        raise UsageError(
            f"layout of {name} is {text!r}; expected {letters[0]}, {letters[1]} and the spatial axes beside each "
            f"other, such as {'NHWC' if name == 'x' else 'HWIO'}, or {LAST!r}"
        )
    return order
