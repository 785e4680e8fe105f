"""Hand-written forwards and backwards on a framework's tensors: they are handed tensors, and what they give is read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy, deepcopy
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from checks.adapters.frameworks import framework_of
from checks.adapters.given import by_argument
from checks.adapters.methods import ahead_of, methods_of
from checks.adapters.nested import flat
from checks.adapters.tensor_state import around, class_on_arrays, on_arrays
from checks.adapters.tensors import Tensors, kinds_on
from checks.adapters.torch_places import demand_reachable
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Arrays, Config

#: Said of such a layer.
REMARK = "the layer's forward and backward are handed {}"

#: Said of one that is handed arrays where another device was asked for.
UNMOVED = (
    "device={!r} moves PyTorch's tensors alone: this layer was handed NumPy's arrays, and computes on the CPU, unless "
    "it takes them elsewhere itself"
)

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
    also: str = ""
    #: Where it computes, unless its tensors say so.
    device: str = "cpu"

    @property
    def remarks(self) -> list[str]:
        """What is to be said of it."""
        return [REMARK.format(self.kind.called), *filter(None, [self.also])] if self.kind else []

    @property
    def promises(self) -> list[str]:
        """What was said of it and is not so."""
        return [UNMOVED.format(self.device)] if self.kind is None and self.device != self.place else []

    def told(self, subject: Subject) -> Subject:
        """The layer as a subject, whose scripts hand tensors over."""
        if self.kind:
            subject.remarks[:] = dict.fromkeys([*subject.remarks, *self.kind.remarks])
            self.kind.remarks = subject.remarks  # of calls to come, too
            shown = partial(self._shown, subject.preamble)
            placed = replace(subject, preamble=shown, device=self.kind.device)
            return replace(placed, usual=self.kind.usual, carried=self.kind.carried)
        return replace(subject, device=self.device) if self.device != "cpu" else subject

    @property
    def place(self) -> str:
        """Where its framework is to move it; nowhere what is written by hand, whose forward decides."""
        return "cpu" if _by_hand(self.layer) else self.device

    def _shown(self, shown: Callable[[Arrays, Config], str] | None, arrays: Arrays, config: Config) -> str:
        text = shown(arrays, config).rstrip("\n") if shown else ""
        if not (self.kind and text):
            return ""
        said = self.kind.source(arrays)
        on_tensors = text.replace(".copy()", said.copied).replace("np.zeros(", f"{said.space}.zeros(")
        return _HANDED.format(
            text=on_tensors, loading=said.loading, kind=said.kind, tensor=said.tensor, array=said.array
        )


def on_tensors(obj: Any, inputs: Any, device: str = "cpu") -> Handed:
    """A layer of arrays made of one whose two methods take tensors, as a call shows; anything else as it is.

    Raises UnreachableError where its framework does not reach the device.
    """
    as_it_is = Handed(obj, device=device)
    if isinstance(obj, (type, Subject)) or not _by_hand(obj):
        return as_it_is
    for kind in (kind.apart() for kind in kinds_on(device) if kind.loaded):
        given = by_argument(obj, inputs)
        if not kind.among(given) and shown_by(obj) != kind.framework:
            continue
        try:
            arrays = kind.arrays(given)
        except TypeError:  # of a format that NumPy lacks, as bfloat16: it is refused by its name
            return as_it_is
        if kind.device != "cpu":
            demand_reachable(kind.device)
        stays = kind.device == "cpu"  # nobody says another device of what is NumPy's, in a module with a framework
        if stays and not kind.among(given) and _answers(obj, deepcopy(arrays), kind):
            return as_it_is
        if any(_answers(obj, each, kind) for each in kind.handed(arrays)):
            return Handed(_tensored(obj, kind), kind)
        if (cast := _in_format_of(obj, arrays, kind)) and _answers(cast.layer, deepcopy(arrays), kind):
            return cast
    return as_it_is


def _in_format_of(obj: Any, arrays: Arrays, kind: Tensors) -> Handed | None:
    """An object whose own tensors of floating point are in the format of the examples; None where they are anyway."""
    formats = {np.asarray(value).dtype for value in arrays.values() if np.asarray(value).dtype.kind == "f"}
    if methods_of(obj) is None or len(formats) != 1:
        return None
    (dtype,), layer = formats, _tensored(obj, kind)
    own = {name: value for name, value in vars(layer).items() if isinstance(value, np.ndarray)}
    others = {name: value for name, value in own.items() if value.dtype.kind == "f" and value.dtype != dtype}
    vars(layer).update({name: value.astype(dtype) for name, value in others.items()})
    told = ", ".join(sorted({value.dtype.name for value in others.values()}))
    return Handed(layer, kind, f"{', '.join(others)}, of {told}, are examined in {dtype}") if others else None


def ways(obj: Any, device: str = "cpu") -> list[Handed]:
    """A layer as it is, and as one that is handed the tensors of a framework that its forward shows.

    On another device than the CPU these come first, and those of a framework that it does not show last. Raises
    UnreachableError where a framework that it shows does not reach the device.
    """
    as_it_is = Handed(obj, device=device)
    if isinstance(obj, Subject) or not _by_hand(obj):
        return [as_it_is]
    kinds = [kind.apart() for kind in kinds_on(device) if kind.loaded]
    shown = [kind for kind in kinds if shown_by(obj) == kind.framework]
    if shown and device != "cpu":
        demand_reachable(device)
    handed = [Handed(_tensored(obj, kind), kind) for kind in (shown if device == "cpu" else kinds)]
    return [*handed, as_it_is] if shown and device != "cpu" else [as_it_is, *handed]


def shown_by(obj: Any) -> str:
    """The framework that a layer shows, one that is written by hand by its forward; empty where it shows none."""
    return framework_of(ahead_of(obj) if not isinstance(obj, Subject) and _by_hand(obj) else obj)


def _by_hand(obj: Any) -> bool:
    """Whether it is a forward and a backward that no framework derives."""
    pair = isinstance(obj, (tuple, list)) and all(map(callable, obj))
    return pair or (methods_of(obj) is not None and framework_of(obj) == "")


def _tensored(obj: Any, kind: Tensors) -> Any:
    if (methods := methods_of(obj)) is None:
        return tuple(around(each, place, kind) for place, each in enumerate(obj))
    if isinstance(obj, type):
        return class_on_arrays(obj, methods, kind)
    found = copy(obj)
    on_arrays(found, methods, kind)
    return found


def _answers(layer: Any, given: Mapping[str, Any], kind: Tensors) -> bool:
    """Whether a forward takes these examples, and gives y in the same kind of array."""
    try:
        with kind.calling(given):
            result = ahead_of(deepcopy(layer))(**given)
    except RAISED:
        return False
    y = result[0] if isinstance(result, tuple) else result
    return any(map(kind.are, flat(y))) == kind.among(given)
