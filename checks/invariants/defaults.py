"""A keyword left out means what it means in PyTorch: stride is the window, padding 0, every cell of padding counts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.invariants.contract import Contract, briefly, unbroken
from checks.refusals import on_purpose, placed
from checks.types import Arrays, Config
from checks.witness import Trial

#: Gradients of a call that leaves keywords out are asked for on one seed of so many.
EVERY = 4


def inferred(trial: Trial) -> Arrays:
    """Y of one call in which two things are left out, for ``trial.shared``: such keywords, and to ask for a gradient.

    Empty where a subject cannot be called without the latter. Raises SubjectError where the subject raises.
    """
    if trial.subject.inference is None:
        return {}
    return {"y": trial.subject.infer(trial.case.held, trial.family.left_out(trial.case))}


class Defaults(Contract):
    """The layer without the keywords that stand at their defaults, against the case itself, and at kinks.

    A layer may have defaults of its own: a hazard for those who put it in PyTorch's place.
    """

    law = "defaults"

    def applies(self, trial: Trial) -> bool:
        """Where a keyword stands at its default."""
        return trial.family.left_out(trial.case) != trial.case.config

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """A claim for y, and for dx at kinks where their convention is left out; none where keywords are demanded.

        And for gradients, where what is left out follows another keyword, else on one seed of so many. A layer that
        stumbles over a default of its own demands nothing, but for one that looks for a name in a dictionary.
        """
        config = trial.case.config
        short = trial.family.left_out(trial.case)
        why = f"called without {', '.join(f'{word}={value}' for word, value in config.items() if word not in short)}"
        claims = briefly(trial, lambda: self.same(trial, trial.shared(inferred), why)) or self._own(trial, short, why)
        for claim in claims:
            yield claim
            yield from self._at_kinks(trial, short, why)
            if (trial.family.following(trial.case) or trial.case.seed % EVERY == 0) and unbroken(claim):
                yield from self._back(trial, short, why)
                yield from self._after_another(trial, short, why)

    def _own(self, trial: Trial, short: Config, why: str) -> Iterator[Claim]:
        try:
            y = trial.subject.apply(trial.case.held, short)
        except SubjectError as error:
            if _stumbles(error):
                yield self.refused(trial, error, "hazard")
            return
        yield from self.same(trial, {"y": y}, why, "hazard")

    def _back(self, trial: Trial, short: Config, why: str) -> Iterator[Claim]:
        """Gradients of the call that gave the same y: wrong where they differ."""
        try:
            pulled = trial.subject.pull(trial.case.held, short, trial.case.held_dy)
        except SubjectError as error:
            yield self.refused(trial, error, "wrong")
            return
        yield from self.same(trial, pulled.gradients, why)

    def _after_another(self, trial: Trial, short: Config, why: str) -> Iterator[Claim]:
        """Y of the same call after one that said another stride, which is no default: wrong where it differs."""
        if "stride" not in trial.case.config.keys() - short.keys() or not (said := _restrided(trial)):
            return
        try:
            y = trial.subject.apply(trial.case.held, short)
        except SubjectError as error:
            yield replace(self.refused(trial, error, "wrong"), why=f"{error}; {why} after {said}")
            return
        yield from self.same(trial, {"y": y}, f"{why} after {said}")

    def _at_kinks(self, trial: Trial, short: Config, why: str) -> Iterator[Claim]:
        """The convention is seen where several gradients are valid, and nowhere else."""
        config, word = trial.case.config, trial.family.convention
        for kink in trial.family.kinks(trial.case)[:1] if word in config and word not in short else ():
            both = (trial.subject.pull(kink.inputs, each, trial.case.dy) for each in (short, config))
            got, want = (pull.gradients["dx"] for pull in both)
            yield Claim(self.law, "dx", got, want, np.zeros(want.shape), f"{why}; {kink.what}", severity="hazard")


def _restrided(trial: Trial) -> str:
    """Call the forward with longer strides, if it takes any, and tell of it."""
    for other in islice(trial.family.strided(trial.case), 1):
        with suppress(SubjectError):
            trial.subject.apply(other.held, other.config)
            return f"stride={other.config['stride']}"
    return ""


def _stumbles(error: SubjectError) -> bool:
    """Whether a layer's own lines had begun to run, and nobody in it said no, nor looked a keyword up by its name."""
    cause = error.__cause__
    if isinstance(cause, KeyError) and all(isinstance(key, str) for key in cause.args):
        return False
    return cause is not None and bool(placed(cause)) and not on_purpose(cause)
