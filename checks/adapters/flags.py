"""Flags of a forward, such as ``training``: without them some layers save nothing that their backward could use."""

from __future__ import annotations

import dis
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from inspect import Parameter, unwrap
from typing import Any

from checks.refusals import RAISED

#: What flags and attributes of a mode are called, in lower case, that are on where a layer trains.
TRAINING = (
    *("training", "train", "is_training", "is_train", "istraining"),
    *("train_mode", "training_mode", "train_flag", "train_flg"),
)

#: What flags are called, in lower case, and what they hold where a backward follows.
FLAGS: Mapping[str, Any] = {
    **dict.fromkeys((*TRAINING, "trainable", "save_cache", "store_cache", "keep_cache", "save"), True),
    "mode": "train",
}

#: Flags of a mode: where one is off, a layer computes something else.
MODES = frozenset({*TRAINING, "mode"})

#: What a flag of a mode holds in the other one.
_OTHER: Mapping[Any, Any] = {True: False, False: True, "train": "test", "test": "train", "eval": "train"}

#: What a flag holds by itself where no backward is thought of.
_OFF = (False, None, "test", "eval", "predict", "inference")

#: First calls of a layer that may show whether it needs its flags.
LOOKS = 3


def required(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Flags that a forward asks for, and what they are to hold."""
    every = (each for each in parameters if FLAGS.get(each.name.lower()) is True and each.default is each.empty)
    return dict.fromkeys((each.name for each in every), True)


def left_off(parameters: Iterable[Parameter]) -> dict[str, Any]:
    """Flags that are off by themselves, and what they may be set to."""
    every = (each for each in parameters if _is_flag(each) and each.default is not each.empty)
    return {each.name: FLAGS[each.name.lower()] for each in every if any(each.default is off for off in _OFF)}


def of_method(asked: Mapping[str, Any], parameters: Iterable[Parameter], remarks: list[str]) -> Flags:
    """The flags of a forward, of which those that it asks for are held; ``remarks`` is told of what is set."""
    remarks.extend([told(asked)] if asked else [])
    return Flags(left_off(parameters), remarks)


def modes_of(call: Any, parameters: Iterable[Parameter], asked: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Flags of a mode that a call reads: what each holds, as is ``asked`` for or by itself, and in the other mode."""
    standing = {each.name: asked.get(each.name, each.default) for each in parameters}
    modes = {name: value for name, value in standing.items() if name.lower() in MODES and _is_mode(value)}
    return {name: (value, _OTHER[value]) for name, value in modes.items() if _reads(call, name)}


def trains(value: Any) -> bool:
    """Whether a flag of a mode that holds this says that a layer trains."""
    return value in {True, FLAGS["mode"]}


def about_one_mode(modes: Mapping[str, tuple[Any, Any]]) -> list[str]:
    """About flags of a mode that always stand alike: what they hold, and how the other mode is asked for."""
    return [
        f"examined with {name}={own!r} alone; for the other mode: "
        f"examine(functools.partial(layer.forward, {name}={other!r}), ...)"
        for name, (own, other) in modes.items()
    ]


def _is_mode(value: Any) -> bool:
    return isinstance(value, (bool, str)) and value in _OTHER


def _reads(call: Any, name: str) -> bool:
    """Whether a function does anything with an argument of its own; so one does of which nobody knows."""
    code = getattr(unwrap(getattr(call, "__func__", call)), "__code__", None)
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


def _is_flag(parameter: Parameter) -> bool:
    return parameter.name.lower() in FLAGS


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
