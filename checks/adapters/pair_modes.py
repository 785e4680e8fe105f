"""A pair whose forward is told its mode by a flag (``training=True``, ``mode="train"``): in both of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from checks.adapters.callables import given_by_name
from checks.adapters.flags import modes_of
from checks.adapters.mode_names import trains
from checks.adapters.numpy_pair import adapt_pair
from checks.adapters.outputs import Outputs
from checks.adapters.pair_preamble import PairSource
from checks.adapters.partials import held
from checks.adapters.signature import read
from checks.adapters.switches import EVAL, TRAIN, Switch
from checks.adapters.two_modes import told
from checks.errors import UsageError
from checks.refusals import RAISED
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape


def adapt_in_modes(
    forward: Callable[..., Any], backward: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs
) -> Subject:
    """Subject from a pair, and beside it one that holds each flag of a mode at its other value.

    Raises UsageError where the signature of ``forward`` cannot be understood.
    """
    found, others = adapt_pair(forward, backward, arguments, outputs), _others(forward, arguments)
    if not others:
        return found
    switch = Switch(TRAIN if trains(*next(iter(others.items()))) else EVAL, flags=others)
    found.remarks.append(told(switch, None))
    ahead, back = held((forward, backward), others)
    other = _OtherMode(found, adapt_pair(ahead, back, arguments, replace(outputs, remarks=[])))
    return replace(found, forward=other.own_forward, modes={switch.mode: other.subject(switch.mode)})


def _others(forward: Callable[..., Any], arguments: tuple[str, ...]) -> dict[str, Any]:
    """What the flags of a mode that a forward reads hold in the other one; none that its user has given."""
    plan, given = read(forward, arguments, "pair"), given_by_name(forward)
    free = [each for each in plan.signature.parameters.values() if each.name not in given]
    return {name: other for name, (_, other) in modes_of(forward, free, plan.flags).items()}


@dataclass
class _OtherMode:
    """A pair in its other mode, which turns a case down where it may not be meant to answer or to go back.

    It saves nothing there, or its backward raises. Or its forward raises, or gives a y of another shape, and has
    answered on other arrays: what it keeps from its training, such as the mean of each column, fits those alone. Or
    what it keeps has become complex, by a complex step in its own mode.
    """

    own: Subject
    other: Subject
    answered: bool = False
    #: The shape of y in its own mode, by the shapes of the arguments.
    shapes: dict[Any, Shape] = field(default_factory=dict)

    def subject(self, mode: str) -> Subject:
        """It under the name of its mode."""
        return replace(self.other, name=f"{self.other.name} ({mode})", forward=self._forward, backward=self._backward)

    def own_forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        """The forward in its own mode."""
        y, saved = self.own.forward(arrays, config)
        self.shapes[_key(arrays, config)] = np.shape(y)
        return y, saved

    def _forward(self, arrays: Arrays, config: Config) -> tuple[Array, Any]:
        try:
            y, saved = self.other.forward(arrays, config)
        except RAISED as error:
            if not self.answered:  # its forward owes an answer in each mode
                raise
            raise NotImplementedError(f"no answer there: {type(error).__name__}: {error}") from error
        real = not any(np.iscomplexobj(value) for value in arrays.values())
        if real and np.iscomplexobj(y):
            raise NotImplementedError("no answer there: what it keeps has become complex")
        if self.answered and np.shape(y) != self.shapes.get(_key(arrays, config), np.shape(y)):
            raise NotImplementedError(f"no answer there: y has shape {np.shape(y)}")
        self.answered = True
        return y, saved

    def _backward(self, dy: Array, saved: Any) -> Mapping[str, Array]:
        if _saves_nothing(self.other) and not _saves_nothing(self.own):
            raise NotImplementedError("nobody can go back there: the forward gives y alone")
        try:
            return self.other.backward(dy, saved)
        except (*RAISED, UsageError) as error:
            raise NotImplementedError(f"nobody can go back there: {type(error).__name__}: {error}") from error


def _key(arrays: Arrays, config: Config) -> Any:
    return tuple(value.shape for value in arrays.values()), repr(config)


def _saves_nothing(subject: Subject) -> bool:
    """Whether its last forward gave y alone."""
    return isinstance(subject.preamble, PairSource) and not subject.preamble.count
