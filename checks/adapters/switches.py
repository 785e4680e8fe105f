"""The two modes of an object that was written by hand: how it shows that it has them, and how a copy is switched.

Methods ``train()`` and ``eval()`` that leave it otherwise, or attributes such as ``training`` that its class reads, in
whatever part of it they lie.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, field
from types import CodeType
from typing import Any

from checks.adapters.callables import given_by_name
from checks.adapters.code_of_methods import attributes_read, codes_of, reached
from checks.adapters.flags import modes_of
from checks.adapters.holders import there
from checks.adapters.instead import put_around
from checks.adapters.methods import PAIRS, Methods
from checks.adapters.mode_names import other_mode, trains, words_in
from checks.adapters.partials import Holding
from checks.adapters.paths import Path, at, flags_in, put_at
from checks.adapters.signature import read
from checks.adapters.sources import source
from checks.refusals import RAISED

#: The modes of a layer; each has another.
TRAIN, EVAL = "train", "eval"
OTHER = {TRAIN: EVAL, EVAL: TRAIN}

#: What a class does with such an attribute that is no use of it.
_NO_USE = frozenset({"__init__", "__repr__", "__str__", TRAIN, EVAL})


#: What a layer is called by.
_CALLED = frozenset(name for pair in PAIRS for name in pair)


@dataclass(frozen=True)
class Switch:
    """Brings a layer into ``mode``: by the method of that name, by what these attributes are to hold, or by ``flags``.

    Those are what its ``forward`` is told at each call.
    """

    mode: str
    held: tuple[tuple[Path, Any], ...] = ()
    forward: str = ""
    flags: Mapping[str, Any] = field(default_factory=dict)

    def turn(self, layer: Any) -> None:
        """Switch it."""
        if self.flags:
            put_around(layer, self.forward, lambda forward: Holding(forward, **self.flags))
            return
        if not self.held:
            getattr(layer, self.mode)()
        for path, value in self.held:
            put_at(layer, path, value)

    def lines(self, layer: Any) -> list[str]:
        """The same as source; what a forward is told stands in its calls."""
        if self.flags:
            return []
        return [f"{source(layer, path)} = {value!r}" for path, value in self.held] or [f"layer.{self.mode}()"]

    def words(self, layer: Any) -> str:
        """The same in words."""
        return "; ".join(self.lines(layer)) or ", ".join(f"{name}={value!r}" for name, value in self.flags.items())


def switch_of(layer: Any) -> Switch | None:
    """What brings a layer into the mode in which it is not; None where it does not show that it has two."""
    with suppress(*RAISED):
        return _by_methods(layer) or _by_attributes(layer)
    return None


def flags_of_mode(layer: Any, methods: Methods, arguments: tuple[str, ...]) -> dict[str, tuple[Any, Any]]:
    """Flags of a mode that a forward is told: what each holds, and in the other mode; none that its user has given."""
    call = methods.ahead(layer)
    method, given = read(call, arguments, "class"), given_by_name(call)
    free = [each for each in method.signature.parameters.values() if each.name not in given]
    return modes_of(call, free, method.flags)


def by_flags(methods: Methods, modes: Mapping[str, tuple[Any, Any]]) -> Switch | None:
    """What brings a layer into its other mode whose forward is told the mode; None where it is told none."""
    if not modes:
        return None
    others = {name: other for name, (_, other) in modes.items()}
    return Switch(TRAIN if trains(*next(iter(others.items()))) else EVAL, forward=methods.forward, flags=others)


def _by_methods(layer: Any) -> Switch | None:
    """By what copies of it hold that were told to train, and to stop it; as built it trains unless it looks so."""
    if not all(_asks_nothing(there(layer, mode)) for mode in OTHER):
        return None
    left: dict[str, Any] = {}
    for mode in OTHER:
        twin = deepcopy(layer)
        getattr(twin, mode)()
        left[mode] = dict(flags_in(twin))
    if left[TRAIN] == left[EVAL]:
        return None
    return Switch(TRAIN if left[EVAL] == dict(flags_in(layer)) else EVAL)


def _asks_nothing(method: Any) -> bool:
    """Whether it is a method that is called without arguments: ``train(images, epochs)`` trains."""
    code = getattr(getattr(method, "__func__", None), "__code__", None)
    defaults = getattr(getattr(method, "__func__", None), "__defaults__", None) or ()
    return code is not None and code.co_argcount - len(defaults) == 1 and code.co_kwonlyargcount == 0


def _by_attributes(layer: Any) -> Switch | None:
    """By each attribute that is called so; the first says which mode it is in."""
    found = ((path, value, _other(layer, path, value)) for path, value in flags_in(layer))
    every = [(path, trains(str(path[-1].key), value), other) for path, value, other in found if other is not None]
    if not every:
        return None
    own = every[0][1]
    turned = tuple((path, other) for path, mode, other in every if mode == own)
    return Switch(EVAL if own else TRAIN, turned)


def _other(layer: Any, path: Path, value: Any) -> Any:
    """What an attribute that says whether a part trains holds in the other mode; None where it says nothing of it."""
    name = str(path[-1].key)
    codes = _codes(type(at(layer, path[:-1])), name)
    return other_mode(name, value, {each for code in codes for each in words_in(code)}, EVAL) if codes else None


def _codes(kind: type, name: str) -> list[CodeType]:
    """Code by which a class goes forward or back, or all of it where no method is called so, that reads a name."""
    known = codes_of(kind)
    starts = [key for key in known if key in _CALLED] or [key for key in known if key not in _NO_USE]
    return [code for code in reached(known, starts) if name in attributes_read(code)]
