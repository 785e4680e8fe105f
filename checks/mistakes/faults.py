"""Faults that are no wrong formula: state that is kept, arguments that are written to, answers in the wrong form.

No prediction can be made of them: what they give depends on earlier calls, or is no gradient at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.family import Family
from checks.mistakes.remembering import (
    accumulates,
    from_first_forward,
    from_last_forward,
    late,
    now_and_then,
    once,
    one_buffer,
    second_halved,
    stateful,
)
from checks.subject import Subject
from checks.types import Array, Arrays, Config


@dataclass(frozen=True)
class Fault:
    """A way to break a layer: ``plant`` gives the subject with the fault in it, fresh, as if just loaded.

    ``does`` completes the sentence "a layer that ..."; ``caught_by`` names laws that must catch it.
    """

    name: str
    does: str
    plant: Callable[[Subject], Subject]
    caught_by: tuple[str, ...]
    families: tuple[str, ...] = ()

    def concerns(self, family: Family) -> bool:
        """Whether layers of a family can have this fault: those named with their variants; all where none is named."""
        return not self.families or bool(set(self.families) & set(family.lineage))


def _backward(change: Callable[[Array, Any, Mapping[str, Array]], Any]) -> Callable[[Subject], Subject]:
    """A subject whose backward goes on with (dy, saved, right gradients) after it is done."""

    def plant(subject: Subject) -> Subject:
        return Subject(
            f"{subject.name}, faulty", subject.forward, lambda dy, saved: change(dy, saved, subject.backward(dy, saved))
        )

    return plant


def _keeping(change: Callable[[Arrays, Mapping[str, Array]], Any]) -> Callable[[Subject], Subject]:
    """A subject whose backward goes on with (the caller's own arrays, right gradients) after it is done."""

    def plant(subject: Subject) -> Subject:
        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            y, saved = subject.forward({name: value.copy() for name, value in arrays.items()}, config)
            return y, (arrays, saved)

        def backward(dy: Array, saved: tuple[Arrays, Any]) -> Any:
            return change(saved[0], subject.backward(dy, saved[1]))

        return Subject(f"{subject.name}, faulty", forward, backward)

    return plant


def _writing(name: str) -> Callable[[Subject], Subject]:
    def change(arrays: Arrays, gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        if name in arrays:
            arrays[name] *= -1
        return gradients

    return _keeping(change)


def _writes_dy(dy: Array, _: Any, gradients: Mapping[str, Array]) -> Mapping[str, Array]:
    dy *= 2
    return gradients


def _breaks_on_one_sample(subject: Subject) -> Subject:
    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        samples = list(arrays["x"])
        _ = samples[1] if len(samples) == 1 else None  # by accident: what a layer raises itself says no
        return subject.forward(arrays, config)

    return Subject(f"{subject.name}, faulty", forward, subject.backward)


def _each(change: Callable[[Array], Any]) -> Callable[[Subject], Subject]:
    return _backward(lambda _dy, _saved, gradients: {name: change(value) for name, value in gradients.items()})


UNCHANGED = "arguments unchanged"

FAULTS = (
    Fault("writes dy", "writes into dy", _backward(_writes_dy), (UNCHANGED,)),
    Fault("writes x", "writes into x", _writing("x"), (UNCHANGED,)),
    Fault("writes weight", "writes into weight", _writing("weight"), (UNCHANGED,), ("conv",)),
    Fault(
        "accumulates",
        "adds each gradient to those of earlier calls",
        stateful(accumulates),
        ("linearity", "repeatable"),
    ),
    Fault("stale buffer", "returns what the call before computed", stateful(late), ("linearity",)),
    Fault("one buffer", "returns the same memory from every call", stateful(one_buffer), ("results kept",)),
    Fault("of last forward", "keeps what it saves in the layer", from_last_forward, ("saved state",)),
    Fault(
        "of first forward",
        "keeps what it saves by shapes, not by numbers",
        from_first_forward,
        ("scaling",),
        ("conv",),
    ),
    Fault("backward once", "uses up what it saved", once, ("saved state (hazard)",)),
    Fault("second backward halved", "changes what it saved", second_halved, ("saved state",)),
    Fault("breaks on one sample", "breaks where the batch is 1", _breaks_on_one_sample, ("runs",)),
    Fault("gives lists", "returns lists for arrays", _each(np.ndarray.tolist), ("runs",)),
    Fault("gives None", "returns None for gradients", _each(lambda _: None), ("runs",)),
    Fault(
        "gives single precision",
        "returns float32 for float64",
        _each(lambda a: a.astype("float32")),
        ("dtype",),
    ),
    Fault("gives an extra axis", "returns each gradient with an axis in front", _each(lambda a: a[None]), ("shape",)),
    Fault("gives flat arrays", "returns each gradient flattened", _each(lambda a: a.reshape(-1, 1)), ("shape",)),
)

#: Which law meets the wrong call depends on how many calls the earlier ones made.
BY_CHANCE = (
    Fault("wrong every third call", "doubles every third answer", now_and_then(3), ()),
    Fault("wrong every 20th call", "doubles every 20th answer", now_and_then(20), ()),
)
