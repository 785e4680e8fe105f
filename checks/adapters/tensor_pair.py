"""Hand-written forwards and backwards on a framework's tensors: they are handed tensors, and what they give is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from functools import partial, wraps
from typing import Any

from checks.adapters.callables import signature_of
from checks.adapters.given import by_argument
from checks.adapters.instead import put_around
from checks.adapters.methods import methods_of
from checks.adapters.recognise import framework_of
from checks.adapters.tensors import KINDS, Tensors
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Arrays, Config

#: Said of such a layer.
REMARK = "the layer's forward and backward are handed {}"

_HANDED = """{text}
{loading}


def handed(method):
    def change(value, kind, to):
        if isinstance(value, dict):
            return {{name: change(each, kind, to) for name, each in value.items()}}
        if type(value) in {{tuple, list}}:
            return type(value)(change(each, kind, to) for each in value)
        return to(value) if isinstance(value, kind) else value

    def on_arrays(*given, **named):
        given, named = change((given, named), np.ndarray, {tensor})
        return change(method(*given, **named), {kind}, {array})

    return on_arrays


forward, backward = handed(forward), handed(backward)

"""


@dataclass(frozen=True)
class Handed:
    """A layer, which is handed tensors of this kind if of any."""

    layer: Any
    kind: Tensors | None = None

    @property
    def remarks(self) -> list[str]:
        """What is to be said of it."""
        return [REMARK.format(self.kind.called)] if self.kind else []

    def told(self, subject: Subject) -> Subject:
        """The layer as a subject, whose scripts hand tensors over."""
        return replace(subject, preamble=partial(self._shown, subject.preamble)) if self.kind else subject

    def _shown(self, shown: Callable[[Arrays, Config], str] | None, arrays: Arrays, config: Config) -> str:
        text = shown(arrays, config).rstrip("\n") if shown else ""
        return _HANDED.format(text=text, **self.kind.source._asdict()) if self.kind and text else ""


def on_tensors(obj: Any, inputs: Any) -> Handed:
    """A layer of arrays made of one whose two methods take tensors, as a call shows; anything else as it is."""
    if isinstance(obj, (type, Subject)) or not _by_hand(obj):
        return Handed(obj)
    for kind in (kind for kind in KINDS if kind.loaded):
        given = by_argument(obj, inputs)
        if not kind.among(given) and framework_of(_forward_of(obj)) != kind.framework:
            continue
        try:
            arrays = kind.arrays(given)
        except TypeError:  # of a format that NumPy lacks, as bfloat16: it is refused by its name
            return Handed(obj)
        if not kind.among(given) and _answers(obj, deepcopy(arrays), kind):  # of NumPy, in a module with a framework
            return Handed(obj)
        if _answers(obj, kind.tensors(deepcopy(arrays)), kind):
            return Handed(_tensored(obj, kind), kind)
    return Handed(obj)


def ways(obj: Any) -> list[Handed]:
    """A layer as it is, and as one that is handed the tensors of a framework that its forward shows."""
    if isinstance(obj, (type, Subject)) or not _by_hand(obj):
        return [Handed(obj)]
    shown = (kind for kind in KINDS if kind.loaded and framework_of(_forward_of(obj)) == kind.framework)
    return [Handed(obj), *(Handed(_tensored(obj, kind), kind) for kind in shown)]


def _by_hand(obj: Any) -> bool:
    """Whether it is a forward and a backward that no framework derives."""
    pair = isinstance(obj, (tuple, list)) and all(map(callable, obj))
    return pair or (methods_of(obj) is not None and framework_of(obj) == "")


def _forward_of(layer: Any) -> Callable[..., Any]:
    methods = methods_of(layer)
    found: Callable[..., Any] = methods.ahead(layer) if methods else layer[0]
    return found


def _tensored(obj: Any, kind: Tensors) -> Any:
    if isinstance(obj, (tuple, list)):
        return tuple(_around(each, place, kind) for place, each in enumerate(obj))
    methods, found = methods_of(obj), copy(obj)
    for place, name in enumerate((methods.forward, methods.backward) if methods else ()):
        put_around(found, name, partial(_around, place=place, kind=kind))
    return found


def _around(method: Callable[..., Any], place: int, kind: Tensors) -> Callable[..., Any]:
    """A method that takes and gives arrays; of a forward (place 0) what follows y stays as it is, for the backward."""

    @wraps(method)
    def called(*given: Any, **named: Any) -> Any:
        with kind.calling():
            result = method(*map(kind.tensors, given), **kind.tensors(named))
        if place == 0 and isinstance(result, tuple):
            return (kind.arrays(result[0]), *result[1:])
        return kind.arrays(result)

    called.__signature__ = signature_of(method, "function", ("x",))  # type: ignore[attr-defined]
    return called


def _answers(layer: Any, given: Mapping[str, Any], kind: Tensors) -> bool:
    """Whether a forward takes these examples, and gives y in the same kind of array."""
    try:
        with kind.calling():
            result = _forward_of(deepcopy(layer))(**given)
    except RAISED:
        return False
    y = result[0] if isinstance(result, tuple) else result
    return kind.among({"y": y}) == kind.among(given)
