"""A pair whose forward is told its mode by a flag (``training=True``, ``mode="train"``): in both of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from checks.adapters.callables import held_by_name
from checks.adapters.flags import modes_of, trains
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
from checks.types import Array


def adapt_in_modes(
    forward: Callable[..., Any], backward: Callable[..., Any], arguments: tuple[str, ...], outputs: Outputs
) -> Subject:
    """Subject from a pair, and beside it one that holds each flag of a mode at its other value.

    Raises UsageError where the signature of ``forward`` cannot be understood.
    """
    found, others = adapt_pair(forward, backward, arguments, outputs), _others(forward, arguments)
    if not others:
        return found
    switch = Switch(TRAIN if trains(next(iter(others.values()))) else EVAL, flags=others)
    found.remarks.append(told(switch, None))
    ahead, back = held((forward, backward), others)
    other = adapt_pair(ahead, back, arguments, replace(outputs, remarks=[]))
    named = replace(other, name=f"{other.name} ({switch.mode})")
    return replace(found, modes={switch.mode: _only_where_it_goes_back(named, found)})


def _others(forward: Callable[..., Any], arguments: tuple[str, ...]) -> dict[str, Any]:
    """What the flags of a mode that a forward reads hold in the other one; none that its user has given."""
    plan, given = read(forward, arguments, "pair"), held_by_name(forward)
    free = [each for each in plan.signature.parameters.values() if each.name not in given]
    return {name: other for name, (_, other) in modes_of(forward, free, plan.flags).items()}


def _only_where_it_goes_back(other: Subject, own: Subject) -> Subject:
    """A mode that turns a case down where it saves nothing, or its backward raises: it may not be meant to go back."""

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        if _saves_nothing(other) and not _saves_nothing(own):
            raise NotImplementedError("nobody can go back there: the forward gives y alone")
        try:
            return other.backward(dy, saved)
        except (*RAISED, UsageError) as error:
            raise NotImplementedError(f"nobody can go back there: {type(error).__name__}: {error}") from error

    return replace(other, backward=backward)


def _saves_nothing(subject: Subject) -> bool:
    """Whether its last forward gave y alone."""
    return isinstance(subject.preamble, PairSource) and not subject.preamble.count
