"""An object that was written by hand, in the mode in which it is not: a copy of it that was switched."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.holders import attributes, put, slots_of
from checks.adapters.switches import EVAL, Switch, switch_of
from checks.layer import TRAINED
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Makes a subject of a layer that is brought into a mode by these lines of a script.
Made = Callable[[Any, list[str]], Subject]


def in_other_modes(layer: Any, switch: Switch, made: Made) -> dict[str, Subject]:
    """Subjects of switched copies, by mode: as ``in_other_mode``, and one that is used after it has trained."""
    found = {switch.mode: in_other_mode(layer, switch, made)}
    return found | ({TRAINED: after_training(layer, switch, made)} if switch.mode == EVAL else {})


def after_training(layer: Any, switch: Switch, made: Made) -> Subject:
    """The subject of a copy that has gone forward as it trains, on other numbers, before it is switched.

    On the first numbers of these shapes in another order, and all later calls begin as it was then: what follows x in
    what it keeps, as a running mean does, is no part of what eval mode computes. Without a script.
    """
    twin, own = deepcopy(layer), left_in(layer)
    switch.turn(twin)
    found, trained = made(twin, switch.lines(layer)), dict[Any, Mapping[str, Any]]()

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        key = tuple(value.shape for value in arrays.values()), repr(config)
        if key not in trained:
            put_back(twin, own)
            found.forward({name: np.flip(value).copy() for name, value in arrays.items()}, config)
            switch.turn(twin)
            trained.clear()
            trained[key] = left_in(twin)
        put_back(twin, trained[key])
        return _no_labels(*found.forward(arrays, config), arrays)

    return replace(found, name=f"{found.name} ({switch.mode})", forward=forward, forget=trained.clear, preamble=None)


def in_other_mode(layer: Any, switch: Switch, made: Made) -> Subject:
    """The subject of a switched copy.

    One that raises in its first forward there goes forward in its own mode before it is switched: what it keeps as it
    trains may be there from then on alone. One that raises later, for arrays of other shapes, has trained for these
    alone: by what that left nobody may go back from others.
    """
    twin, own = deepcopy(layer), left_in(layer)
    switch.turn(twin)
    found, known = made(twin, switch.lines(layer)), _Known(left_in(twin))

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        key = tuple(value.shape for value in arrays.values())
        if known.trained_for not in {None, key}:
            forget()
        try:
            answer = _no_labels(*found.forward(arrays, config), arrays)
        except RAISED:
            if known.trained_for is not None or known.trained_first:
                raise
        else:
            known.answered = True
            return answer
        put_back(twin, own)
        found.forward(arrays, config)
        switch.turn(twin)
        known.train(key, twin)
        return _no_labels(*found.forward(arrays, config), arrays)

    def forget() -> None:
        put_back(twin, known.fresh)
        known.trained_for = None

    return replace(found, name=f"{found.name} ({switch.mode})", forward=forward, forget=forget)


@dataclass
class _Known:
    """What a switched copy held before its first forward, and whether it has answered since.

    ``trained_for`` are the shapes for which it has trained, since it raised for them; ``trained_first`` where it raised
    in its first forward.
    """

    fresh: Mapping[str, Any]
    answered: bool = False
    trained_for: Any = None
    trained_first: bool = False

    def train(self, key: Any, twin: Any) -> None:
        """Remember that it has trained for these shapes; for all, where it has never answered."""
        if self.answered:
            self.trained_for = key
        else:
            self.trained_first, self.fresh = True, left_in(twin)


def _no_labels(y: Any, saved: Any, arrays: Arrays) -> tuple[Array, Any]:
    """What a forward gave, as it is.

    Raises NotImplementedError where that is whole numbers, fewer than it was given: the likeliest class of each row.
    """
    labels = isinstance(y, np.ndarray) and y.dtype.kind in "iub"
    if labels and y.size < max((value.size for value in arrays.values()), default=0):
        raise NotImplementedError(f"no answer there: y is {y.dtype} of shape {y.shape}, as labels are")
    return y, saved


def left_in(layer: Any) -> dict[str, Any]:
    """Copies of the attributes of an object, those in slots too."""
    return deepcopy(dict(attributes(layer)))


def put_back(layer: Any, before: Mapping[str, Any]) -> None:
    """Leave an object with copies of the attributes that it had before its first call."""
    kind: type = type(layer)
    own = getattr(layer, "__dict__", {})
    for name in [name for name in attributes(layer) if name not in own]:
        object.__delattr__(layer, name)  # though the object is frozen for its users
    own.clear()
    for name, value in deepcopy(dict(before)).items():
        if name in slots_of(kind):
            put(layer, name, value)
        else:
            own[name] = value


class Mention:
    """Says once of a class whose objects have two modes that they are examined in one."""

    def __init__(self, remarks: list[str]) -> None:
        self.remarks, self.looked = remarks, False

    def look(self, layer: Any) -> None:
        """Look at the first object of the class."""
        if not self.looked and (switch := switch_of(layer)):
            self.remarks.append(
                f"{switch.mode} mode is not examined ({switch.words(layer)}): for both modes give an "
                f"object, examine({name_of(type(layer))}(...), ...)"
            )
        self.looked = True


def told(switch: Switch, layer: Any) -> str:
    """The sentence about both modes."""
    own = "as it trains" if switch.mode == EVAL else "as it is used"
    return f"both modes of the layer are examined: {own}, and in {switch.mode} mode by {switch.words(layer)}"
