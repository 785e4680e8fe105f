"""A layer that takes structures of arrays as source: a forward and a backward around it that take these one by one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from inspect import BoundArguments
from types import SimpleNamespace
from typing import Any

from checks.adapters.callables import called_by, signature_of
from checks.adapters.flat_backward import Gave
from checks.adapters.gradients import by_name
from checks.adapters.grown import ZEROING, before_forward, emptying
from checks.adapters.imports import home_of_class, imported
from checks.adapters.methods import methods_of
from checks.adapters.nested import ways
from checks.adapters.own_names import own_code
from checks.adapters.pair_preamble import YOURS, PairSource
from checks.adapters.preamble import as_you_build_it
from checks.adapters.shown import ObjectSource
from checks.adapters.sources import variable
from checks.adapters.spelling import Name, plain, spelled
from checks.adapters.structures import classes_in, parts, rebuilt
from checks.types import Arrays, Config, gradient_of


@dataclass(frozen=True)
class Structured:
    """Source of a layer, ``whole``, that takes structures of these ``forms``; ``given`` are names of what it takes.

    ``held`` is what of an example is no argument, ``inner`` shows the layer that takes the ``arguments`` one by one.
    """

    whole: Any
    forms: Mapping[str, Any]
    given: tuple[str, ...]
    arguments: tuple[str, ...]
    held: Mapping[str, Any]
    inner: Any
    gave: Gave = field(default_factory=Gave)

    def __call__(self, arrays: Arrays, config: Config) -> str:
        """Lines around the layer; empty where nobody knows them."""
        taken = ", ".join(variable(name) for name in arrays)
        fields = dict(self._fields(arrays))
        if config or len(fields) < len(arrays) or not (self._is_usual_pair() or self._is_usual_object()):
            return ""
        pairs = ", ".join(f"{gradient_of(name)!r}: given{way}" for name, way in fields.items())
        gives = f"    return {{{pairs}}}\n\n"
        if isinstance(self.whole, (tuple, list)):
            ahead, back = map(called_by, self.whole, _OURS)
            line = f"from your_module import {ahead} as ahead, {back} as back{YOURS}\n{self._classes()}"
            return _PAIR.format(line=line, taken=taken, gave=self._gave(), gives=gives)
        methods, name = methods_of(self.whole), type(self.whole).__name__
        forward = f"layer.{methods.forward}" if methods and methods.forward != "__call__" else "layer"
        return _OBJECT.format(
            line=f"{imported(name).line}\n{self._classes()}",
            built=as_you_build_it(self.whole),
            taken=taken,
            call=f"{forward}({self._call()})",
            back=methods.backward if methods else "",
            gives=gives,
        )

    def _gave(self) -> str:
        """The last lines of a forward around the pair's own."""
        call = f"ahead({self._call()})"
        way = self.inner.division
        return f"{way.source(call)}\n    return y, saved" if way else f"    return {call}"

    def _classes(self) -> str:
        """Lines that import the classes of its structures, as their ``repr`` names them."""
        kinds = dict.fromkeys(kind for form in self.forms.values() for kind in classes_in(form))
        return "".join(f"{_line(kind)}\n" for kind in kinds)

    def _call(self) -> str:
        """The arguments of a call, as source.

        Raises UnscriptedError where an array that is held is too large to be read.
        """
        signature = signature_of(own_code(self.whole), "function", ("x",))
        return spelled(BoundArguments(signature, {name: Name(self.told(name)) for name in self.given}))

    def told(self, name: str) -> str:
        """An argument as source; a structure with the names of its arrays.

        Raises as ``_call``.
        """
        if name not in self.forms:
            return self._shown(name)
        return repr(rebuilt(self.forms[name], map(self._shown, parts(self.forms[name], name))))

    def _shown(self, part: str) -> Name:
        return Name(variable(part)) if part in self.arguments else Name(plain(self.held.get(part, ...)))

    def _fields(self, arrays: Arrays) -> Iterator[tuple[str, str]]:
        """Where the gradient of each argument stands in what the backward gave."""
        flat = by_name(self.gave.flat, self.arguments) if self.gave.flat is not None else {}
        for name in arrays:
            found = next(ways(self.gave.whole, [flat.get(gradient_of(name), self)]), None)
            yield from [] if found is None else [(name, found)]

    def _is_usual_pair(self) -> bool:
        inner = self.inner
        usual = isinstance(inner, PairSource) and inner.count == 1 and inner.parted is None
        return usual and not inner.saved_first

    def _is_usual_object(self) -> bool:
        """Whether all that it takes is handed to its forward, which gives y, and its backward takes dy alone."""
        if not isinstance(self.inner, ObjectSource) or self.inner.slots or self.inner.back.last is None:
            return False
        answer, layer = self.inner.back.last.answer, self.inner.layer
        plainly = not (answer.parted or answer.cache or answer.left or answer.wanted)
        return plainly and not [*emptying(layer, ZEROING), *before_forward(layer)] and self.inner.methods.asks(layer)


def _line(kind: type) -> str:
    if kind is SimpleNamespace:
        return "from types import SimpleNamespace as namespace"
    return f"from {home_of_class(kind)} import {kind.__name__}"


_OURS = ("forward", "backward")

_PAIR = """{line}

def forward({taken}):
{gave}


def backward(dy, saved):
    given = back(dy, saved)
{gives}"""

_OBJECT = """{line}
layer = {built}  # as you build it


def forward({taken}):
    return {call}, layer


def backward(dy, layer):
    given = layer.{back}(dy)
{gives}"""
