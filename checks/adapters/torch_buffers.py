"""Buffers that a module's forward writes and its y depends on, such as the vectors of a power iteration.

What is written depends on the arguments, and autograd holds it fixed: ``spectral_norm`` divides by u' W v, where a step
of a power iteration has made u and v of W. Its gradient is that of y where further steps change nothing, for there u
and v are singular vectors, and u' W v moves by u' dW v to first order. So each call of a case begins with the buffers
at which forwards on the case's own numbers come to rest. A layer whose y really moves with what it writes there (less
a running mean, which autograd does not see) is as wrong as before. Buffers on which y does not depend (of batch
normalisation, as it trains), or that never come to rest (a counter, of which a note tells), are as the module has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from time import monotonic
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.torch_given import array
from checks.case import Case
from checks.errors import GradproofError
from checks.subject import Resting, Subject
from checks.types import Array, Arrays

#: Forwards, and seconds, after which nobody waits for buffers to come to rest any longer.
MOST_STEPS, SECONDS = 2_000, 1.0
#: Forwards after which nobody waits for a counter, each of whose steps is the same but for this part of it.
FEW_STEPS, SAME = 50, 1e-6
#: Changes that are rounding, in units of the largest number, and the part of all steps that must be no larger.
SETTLED, CALM = 16 * np.finfo(np.float64).eps, 4
#: Written buffers that are looked at one by one.
MOST_WRITTEN = 20


@dataclass
class Buffers:
    """The buffers of a module: what each call begins with, and what the last one left."""

    module: Any
    current: Mapping[str, Any] | None = None
    left: Mapping[str, Any] = field(default_factory=dict)
    #: Whether that was said: on other numbers y may depend on others of them, which is no news.
    told: bool = False

    def own(self) -> dict[str, Any]:
        """Those of the module, by dotted name."""
        return dict(self.module.named_buffers())

    def copies(self, leaves: Mapping[str, Any]) -> dict[str, Any]:
        """Copies in the format of the case, for a call to write to."""
        like, held = next(iter(leaves.values())), {**self.own(), **(self.current or {})}
        formats = {name: like.dtype if value.is_floating_point() else value.dtype for name, value in held.items()}
        return {name: value.clone().to(like.device, formats[name]) for name, value in held.items()}


def rested(subject: Subject, buffers: Buffers) -> Subject:
    """The subject in each of its modes, which begins each call of a case with buffers at rest."""
    if not buffers.own():
        return subject
    modes = {mode: replace(other, resting=OfBuffers(other, buffers)) for mode, other in subject.modes.items()}
    return replace(subject, modes=modes, resting=OfBuffers(subject, buffers))


class OfBuffers(Resting):
    """Finds where the buffers of a module come to rest by calls of a subject; final."""

    def __init__(self, subject: Subject, buffers: Buffers) -> None:
        self._subject, self._buffers = subject, buffers
        self._case: Case | None = None
        self._found: Any = None

    def begin(self, rest: Any) -> None:
        """See ``Resting``.

        Raises NotImplementedError where they were still moving towards it when nobody waited any longer.
        """
        self._buffers.current = None if isinstance(rest, str) else rest
        if isinstance(rest, str):
            raise NotImplementedError(rest)

    def find(self, case: Case) -> Any:
        """See ``Resting``: buffers by name, why they are not known, or None where they are as the module has them."""
        if case is not self._case:
            self._case, self._found = case, None
            with suppress(GradproofError):  # what the layer raises the case will say
                self._found = self._at_rest(_Steps(self._subject, self._buffers, case))
            self._buffers.current = None
        return self._found

    def _at_rest(self, steps: _Steps) -> Any:
        if not (names := steps.depended_on()):
            return None
        last = steps.settle(names)
        said = f"forward writes to {', '.join(names)}, on which y depends"
        if last.counts:
            self._tell(f"{said}, and which never rests, as a counter: each call begins with what the module has there")
            return None
        if not last.rests:
            return (
                f"{said}, and which {last.told} after {last.steps:,} calls on these numbers: until "
                "it rests, autograd holds fixed what moves with them, so that nothing is to be said of its gradient; "
                f"expected {name_of(self._buffers.module)} in eval mode, where it writes nothing: "
                "examine(layer.eval(), ...)"
            )
        begun = "each call begins with what calls on its case leave at rest; beside it autograd sees less"
        self._tell(f"{said}: {begun}")
        return last.held

    def _tell(self, remark: str) -> None:
        """Say it once."""
        if not self._buffers.told:
            self._buffers.told = True
            self._subject.remarks.append(remark)


@dataclass(frozen=True)
class Last:
    """Buffers after some steps, and how far they moved at the last and at the first of them."""

    held: Mapping[str, Any] = field(default_factory=dict)
    steps: int = 0
    moved: float = np.inf
    first: float = np.inf
    #: How many of them in a row moved nothing but by rounding.
    calm: int = 0

    @property
    def rests(self) -> bool:
        """Whether nothing moves any more: the slower it comes to rest, the longer small steps go on."""
        return CALM * self.calm > self.steps

    @property
    def counts(self) -> bool:
        """Whether each step is as long as the first: those never rest."""
        return bool(self.steps >= FEW_STEPS and abs(self.moved - self.first) <= SAME * self.first)

    @property
    def told(self) -> str:
        """What it does that is no rest yet."""
        return f"has not moved for {self.calm:,} calls alone" if self.calm else f"moves still by {self.moved:.1g}"

    def then(self, after: Mapping[str, Any]) -> Last:
        """The same after one more step."""
        if not self.held:
            return Last(after)
        moved = max(float(np.max(np.abs(array(after[name]) - array(self.held[name])), initial=0.0)) for name in after)
        size = max(float(np.max(np.abs(array(value)), initial=0.0)) for value in after.values())
        calm = self.calm + 1 if moved <= SETTLED * size else 0
        return Last(after, self.steps + 1, moved, self.first if self.steps else moved, calm)


@dataclass(frozen=True)
class _Steps:
    """Forwards on the numbers of one case, in float64, each of which may begin with what another has left."""

    subject: Subject
    buffers: Buffers
    case: Case

    @cached_property
    def arrays(self) -> Arrays:
        """The arguments of the case."""
        return {name: value.astype(np.float64) for name, value in self.case.inputs.items()}

    def step(self, held: Mapping[str, Any]) -> tuple[Array, dict[str, Any]]:
        """Y of a forward that begins with these buffers, and those that it left.

        Raises SubjectError where the subject raises.
        """
        self.buffers.current = held
        y = self.subject.apply(self.arrays, self.case.config)
        return y, dict(self.buffers.left)

    def depended_on(self) -> list[str]:
        """Names of the buffers that a forward writes and y depends on."""
        own = self.buffers.own()
        y, left = self.step({})
        written = [name for name, value in own.items() if not np.array_equal(array(value), array(left[name]))]
        others = {name: _another(left[name]) for name in written[:MOST_WRITTEN]}  # near its rest y hardly moves with it
        return [name for name, other in others.items() if not np.array_equal(self.step({name: other})[0], y)]

    def settle(self, names: list[str]) -> Last:
        """Steps until these buffers rest, or nobody waits any longer."""
        last, end = Last(), monotonic() + SECONDS
        while not (last.rests or last.counts) and last.steps < MOST_STEPS and monotonic() < end:
            _, left = self.step(last.held)
            last = last.then({name: left[name].detach().clone() for name in names})
        return last


def _another(buffer: Any) -> Any:
    """A buffer with other numbers of the same size."""
    import torch

    if not buffer.is_floating_point():
        return buffer + 1
    noise = torch.from_numpy(np.random.default_rng(0).normal(size=tuple(buffer.shape))).to(buffer)
    return buffer + 0.5 * noise * buffer.abs().max() if buffer.numel() else buffer
