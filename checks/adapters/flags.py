"""Flags of a forward, such as ``training``: without them some layers save nothing that their backward could use."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, unwrap
from types import CodeType
from typing import Any

from checks.adapters.mode_names import EVALUATES, TRAINS, is_worded, on_in_training, other_mode, plain, trains, words_in
from checks.refusals import RAISED

#: What flags are called by which a layer is told to keep what its backward needs: they are on where one follows.
_KEEPING = frozenset({"trainable", "savecache", "storecache", "keepcache", "save"})

#: What a flag holds by itself where no backward is thought of: one that is to be on, and one that is to be off.
_OFF, _ON = (False, None), (True, None)

#: What a flag in words holds where a layer does not train, as far as its code says nothing else.
_UNTRAINED = "test"

#: First calls of a layer that may show whether it needs its flags.
LOOKS = 3


def _wanted(name: str) -> Any:
    """What a flag of this name holds where a backward follows; None where nobody knows."""
    if plain(name) in _KEEPING:
        return True
    return TRAINS[0] if is_worded(name) else on_in_training(name)


def required(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Flags that a forward asks for, and what they are to hold."""
    asked = {each.name: _wanted(each.name) for each in parameters if each.default is each.empty}
    return {name: value for name, value in asked.items() if isinstance(value, bool)}


def left_off(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Flags that are off by themselves, and what they may be set to."""
    every = {each.name: (each.default, _wanted(each.name)) for each in parameters if each.default is not each.empty}
    return {name: wanted for name, (own, wanted) in every.items() if wanted is not None and _is_left_off(own, wanted)}


def _is_left_off(own: Any, wanted: Any) -> bool:
    if isinstance(own, str):
        return wanted is not False and own in EVALUATES
    return any(own is each for each in (_ON if wanted is False else _OFF))


def of_method(asked: Mapping[str, Any], parameters: Iterable[Parameter], remarks: list[str]) -> Flags:
    """The flags of a forward, of which those that it asks for are held; ``remarks`` is told of what is set."""
    remarks.extend([told(asked)] if asked else [])
    return Flags(left_off(parameters), remarks)


def modes_of(call: Any, parameters: Iterable[Parameter], asked: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Flags of a mode that a call reads: what each holds, as is ``asked`` for or by itself, and in the other mode.

    Those that say the same mode as the first: the others say the other one already.
    """
    standing = {each.name: asked.get(each.name, each.default) for each in parameters}
    code = _code(call)
    known = frozenset(words_in(code)) if code else frozenset[Any]()
    others = {name: other_mode(name, value, known, _UNTRAINED) for name, value in standing.items()}
    modes = {name: standing[name] for name, other in others.items() if other is not None and _reads(code, name)}
    first = next((trains(name, value) for name, value in modes.items()), None)
    return {name: (value, others[name]) for name, value in modes.items() if trains(name, value) is first}


def about_one_mode(modes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """About flags of a mode that always stand alike: what they hold, and how the other mode is asked for."""
    return [
        f"examined with {name}={own!r} alone; for the other mode: "
        f"examine(functools.partial(layer.forward, {name}={other!r}), ...)"
        for name, (own, other) in modes.items()
    ]


def _code(call: Any) -> CodeType | None:
    """The code of a function; None of one of which nobody knows."""
    found = getattr(unwrap(getattr(call, "__func__", call)), "__code__", None)
    return found if isinstance(found, CodeType) else None


def _reads(code: CodeType | None, name: str) -> bool:
    """Whether a function does anything with an argument of its own; so one does of which nobody knows."""
    if code is None or name not in code.co_varnames:
        return True
    return any(each.opname.startswith("LOAD") and each.argval == name for each in dis.get_instructions(code))


def told(flags: Mapping[str, Any]) -> str:
    """The sentence about flags that are set unasked."""
    return f"held, since a backward follows: {', '.join(f'{name}={value!r}' for name, value in flags.items())}"


def needed(offered: Mapping[str, Any], rehearse: Callable[[Mapping[str, Any]], Any]) -> bool | None:
    """Whether a forward and a backward answer with these flags alone; None where they answer neither way."""
    for flags in ({}, offered):
        try:
            rehearse(flags)
        except RAISED:
            continue
        return bool(flags)
    return None


@dataclass
class Flags:
    """The flags of a forward that are off by themselves, set where first calls of its layer show that they must be."""

    offered: Mapping[str, Any]
    remarks: list[str]
    looks: int = 0
    chosen: dict[str, Any] = field(default_factory=dict)

    def set_for(self, rehearse: Callable[[Mapping[str, Any]], Any]) -> Mapping[str, Any]:
        """What a forward is to be given beside its arguments; ``rehearse`` tries flags on a copy of the layer."""
        if self.offered and not self.chosen and self.looks < LOOKS:
            self.looks += 1
            found = needed(self.offered, rehearse)
            self.looks = self.looks if found is None else LOOKS
            if found:
                self.chosen = dict(self.offered)
                self.remarks.append(told(self.offered))
        return self.chosen
