"""What an object's forward gave: y alone, y and what its backward is to be handed again, or several outputs."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from inspect import Parameter, signature
from types import MethodType
from typing import Any

from checks.adapters.instead import method_of
from checks.adapters.methods import STEPS, Methods
from checks.adapters.outputs import Outputs, Parted, several
from checks.adapters.words import UPSTREAM
from checks.types import Array

#: Names of upstream gradients where there are several: dh, dc, dh_next, d_out, dattn, grad_h; not of what is saved.
_UPSTREAM = re.compile(r"(?!(data|dict|dims?|dtype|depth|dilation|dropout|done|default)\b)d_?[a-z]\w*|grad\w*")


@dataclass(frozen=True)
class Answer:
    """One output and a cache; or several, of which the backward is told in one tuple, or one by one."""

    y: Any
    cache: tuple[Any, ...] = ()
    parted: Parted | None = None
    spread: bool = False

    def handed(self, dy: Array) -> tuple[Any, ...]:
        """What the backward is called with for an upstream gradient of y."""
        if self.parted is None:
            return (dy, *self.cache)
        pieces = self.parted.upstream(dy)
        if self.spread:
            return tuple(pieces)
        return (pieces if len(self.parted.places) > 1 else dy,)


def answered(layer: Any, methods: Methods, result: Any, outputs: Outputs) -> Answer:
    """The answer of a layer's forward, understood by what its backward asks for."""
    each = result if isinstance(result, tuple) else (result,)
    names = asked(layer, methods)
    whole = several(result) and not (isinstance(result, tuple) and len(names) != 1)
    spread = 1 < len(each) == len(names) and all(name in UPSTREAM or _UPSTREAM.fullmatch(name) for name in names)
    if whole or spread:
        parted = Parted.of(result, outputs)
        return Answer(parted.joined(), parted=parted, spread=spread)
    return Answer(each[0], each[1:])


def asked(layer: Any, methods: Methods) -> Sequence[str]:
    """Names, in lower case, of what a backward must be given, but for its steps; none where it does not say."""
    backward = method_of(layer, methods.backward)
    return _asked_of_method(backward.__func__) if type(backward) is MethodType else _asked_of(backward)


@lru_cache(256)  # it is asked after each forward
def _asked_of_method(function: Callable[..., Any]) -> Sequence[str]:
    """The same of a method; whose does not matter."""
    return _asked_of(MethodType(function, function))


def _asked_of(backward: Callable[..., Any]) -> Sequence[str]:
    try:
        parameters = signature(backward).parameters.values()
    except (TypeError, ValueError):  # a built-in method says nothing of itself
        return []
    if any(each.kind is Parameter.VAR_POSITIONAL for each in parameters):
        return []
    return [each.name.lower() for each in parameters if each.default is each.empty and each.name.lower() not in STEPS]
