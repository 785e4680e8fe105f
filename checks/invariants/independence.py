"""Samples know nothing of each other, and where a layer works channel by channel, channels do not either."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import ClassVar

import numpy as np

from checks.claim import Claim, unable
from checks.errors import SubjectError, SubjectShapeError
from checks.invariants.contract import Contract, slack
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
            parts = [self._part(trial, part) for part in np.array_split(order, 2)]
        except SubjectShapeError:
            raise  # an answer in a wrong shape turns no part down
        except SubjectError as error:
            yield from (unable(self.law, of, prod(trial.shape_of(of)), str(error)) for of in trial.roundings)
            return
        for of, whole in trial.got.named().items():
            yield self._claim(trial, of, whole, [part.named()[of] for part in parts], order)

    def _part(self, trial: Trial, chosen: Array) -> Pull:
        inputs = {**trial.case.held, "x": trial.case.held["x"].take(chosen, self.axis)}
        return trial.subject.pull(inputs, trial.case.config, trial.case.held_dy.take(chosen, self.axis))

    def _claim(self, trial: Trial, of: str, whole: Array, parts: list[Array], order: Array) -> Claim:
        """Parts of y and dx joined, gradients of what the parts share added up, against the whole."""
        if of not in {"y", "dx"}:
            bound = 3 * trial.bound(of) + slip(trial, of, *parts, whole)
            total = parts[0].astype(trial.wide) + parts[1]
            return Claim(self.law, of, total, whole.astype(trial.wide), bound, f"sum over parts; {slack(bound)}")
        joined, want = np.concatenate(parts, self.axis), whole.take(order, self.axis)
        bound = 2 * trial.bound(of).take(order, self.axis) + slip(trial, of, joined, want)
        return Claim(self.law, of, joined, want, bound, f"in parts and in another order; {slack(bound)}")


class Samples(Independence):
    """Samples, where the family says that they are independent."""

    law = "batch"
    axis = 0

    def applies(self, trial: Trial) -> bool:
        """As the family says, where there are two samples."""
        return trial.family.samplewise and trial.case.shapes["x"][0] > 1


class Channels(Independence):
    """Channels, where the family works channel by channel."""

    law = "channels"
    axis = 1

    def applies(self, trial: Trial) -> bool:
        """As the family says, where there are two channels."""
        return trial.family.channelwise and trial.case.shapes["x"][1] > 1
