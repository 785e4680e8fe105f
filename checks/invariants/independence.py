"""Samples know nothing of each other, and where a layer works channel by channel, channels do not either."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from math import prod
from typing import ClassVar

import numpy as np

from checks.claim import Claim, unable
from checks.errors import SubjectError, SubjectShapeError
from checks.invariants.contract import Contract, right, slack
from checks.invariants.flattened import CALLED, OF_ANY, flat
from checks.slip import slip
from checks.subject import Pull
from checks.types import Array
from checks.witness import Trial


class Independence(Contract):
    """Abstract: a case in two parts, taken in another order, against the whole."""

    #: The axis of x, y and dy along which entries are independent.
    axis: ClassVar[int]

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient; blind where the subject takes no part of the case."""
        count = trial.case.shapes["x"][self.axis]
        order = np.random.default_rng([trial.case.seed, 11]).permutation(count)
        try:
            parts = [self._part(trial, part) for part in (order[: -(-count // 2)], order[-(-count // 2) :])]
        except SubjectShapeError:
            raise  # an answer in a wrong shape turns no part down
        except SubjectError as error:
            yield from (unable(self.law, of, prod(trial.shape_of(of)), str(error)) for of in trial.roundings)
            return
        for of, whole in trial.got.named().items():
            yield self._claim(trial, of, whole, [part.named()[of] for part in parts], order)

    def _part(self, trial: Trial, chosen: Array) -> Pull:
        return _pulled(trial, *self._taken(trial, chosen))

    def _taken(self, trial: Trial, chosen: Array) -> tuple[Array, Array]:
        """Some entries of x and dy."""
        return trial.case.held["x"].take(chosen, self.axis), trial.case.held_dy.take(chosen, self.axis)

    def _claim(self, trial: Trial, of: str, whole: Array, parts: list[Array], order: Array) -> Claim:
        """Parts of y and dx joined, gradients of what the parts share added up, against the whole."""
        if of not in {"y", "dx"}:
            bound = 3 * trial.bound(of) + slip(trial, of, *parts, whole)
            total = parts[0].astype(trial.wide) + parts[1]
            return Claim(self.law, of, total, whole.astype(trial.wide), bound, f"sum over parts; {slack(bound)}")
        joined, want = np.concatenate(parts, self.axis), whole.take(order, self.axis)
        bound = 2 * trial.bound(of).take(order, self.axis) + slip(trial, of, joined, want)
        why = f"in parts{self._called(trial)} and in another order; {slack(bound)}"
        return Claim(self.law, of, joined, want, bound, why)

    def _called(self, trial: Trial) -> str:
        """What parts are handed over as, where that is not what the whole is."""
        return ""


class Samples(Independence):
    """Samples, where the family says that they are independent; those of a pointwise one by turns in other axes."""

    law = "batch"
    axis = 0

    def applies(self, trial: Trial) -> bool:
        """As the family says, where there are two samples."""
        return trial.family.samplewise and trial.case.shapes["x"][0] > 1

    def _part(self, trial: Trial, chosen: Array) -> Pull:
        """A part as rows or as a vector, as it comes behind a dense layer, unless the layer does not take that.

        Or folded into more axes than anyone else asks for, or one number of it without axes.
        """
        axes = trial.shared(_others)
        if axes is None:
            return super()._part(trial, chosen)
        if not axes:
            return self._with_a_number(trial, chosen)
        try:
            return self._flat(trial, chosen, axes)
        except SubjectShapeError:
            raise
        except SubjectError:
            return super()._part(trial, chosen)

    def _called(self, trial: Trial) -> str:
        axes = trial.shared(_others)
        if axes is None:
            return ""
        return f" {CALLED[axes]}, where the layer takes them," if axes else f", their first numbers {CALLED[axes]},"

    def _flat(self, trial: Trial, chosen: Array, axes: int) -> Pull:
        x, dy = self._taken(trial, chosen)
        found = _pulled(trial, flat(x, axes), flat(dy, axes))
        return Pull(found.y.reshape(x.shape), {of: each.reshape(x.shape) for of, each in found.gradients.items()})

    def _with_a_number(self, trial: Trial, chosen: Array) -> Pull:
        """A part whose first number was handed over without axes, where the layer takes it and gives such numbers."""
        found = super()._part(trial, chosen)
        if not found.y.size:
            return found
        x, dy = self._taken(trial, chosen)
        with suppress(SubjectError):
            alone = _pulled(trial, *(value.reshape(-1)[:1].reshape(()) for value in (x, dy)))
            for of, value in found.named().items():
                value.reshape(-1)[:1] = alone.named()[of]
        return found


def _others(trial: Trial) -> int | None:
    """In how many axes parts are handed over: of a pointwise layer in every other case; None where in their own.

    What is wrong in the axes that it has says enough by that.
    """
    turn, odd = divmod(trial.case.seed, 2)
    return OF_ANY[turn % len(OF_ANY)] if trial.family.pointwise and odd and right(trial) else None


def _pulled(trial: Trial, x: Array, dy: Array) -> Pull:
    return trial.subject.pull({**trial.case.held, "x": x}, trial.case.config, dy)


class Channels(Independence):
    """Channels, where the family works channel by channel."""

    law = "channels"
    axis = 1

    def applies(self, trial: Trial) -> bool:
        """As the family says, where there are two channels, and parts of them are no more than the layer takes."""
        if not trial.family.channelwise or (count := trial.case.shapes["x"][1]) <= 1:
            return False
        return all(map(trial.family.takes_channels, {count // 2, count - count // 2}))
