"""At a kink several gradients are valid: the backward must give one of them, and the one that its convention names.

What lies outside the valid ones breaks the law ``kinks``, or ``beside kinks`` where a layer that works on each entry
alone gives it to an entry that has one gradient, next to 0. A valid one that is not the convention's breaks
``convention``: wrong where the layer has a keyword for its convention, a hazard where there is only a custom.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from math import prod

import numpy as np

from checks.claim import Claim, Severity
from checks.compare import compare
from checks.equality import identical
from checks.errors import SubjectError
from checks.generators import other_seeds
from checks.invariants.contract import Contract
from checks.invariants.numberless import numberless
from checks.invariants.sided import at_kinks
from checks.invariants.tossed import CALLS, TOSSED
from checks.kink import Kink, Subgradients
from checks.rounding import sum_bound
from checks.subject import Pull
from checks.types import Array
from checks.witness import Trial

CONVENTION, BESIDE, REPEATABLE = "convention", "beside kinks", "repeatable"

#: Windows of a plane, above which going through them takes too long.
MOST_WINDOWS = 500

#: Numbers that are shown with what is said about them.
MOST_SHOWN = 12


class Kinks(Contract):
    """Ties and zeros, on inputs of its own."""

    law = "kinks"

    def applies(self, trial: Trial) -> bool:
        """Where the layer has kinks, or may have, and the case has entries."""
        return trial.case.held_dy.size > 0 and (trial.family.smooth or bool(trial.shared(_kinks)))

    def too_large(self, trial: Trial) -> str:
        """As for every contract; and where a plane has too many windows to look at one after another."""
        if trial.family.smooth:
            return super().too_large(trial)
        windows = prod(trial.case.shapes["dy"][2:])
        many = f"{windows} windows: ties are examined on at most {MOST_WINDOWS}" if windows > MOST_WINDOWS else ""
        return many or super().too_large(trial)

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims for y, for each entry of dx and for its sums; for the convention where all of these hold.

        An upstream gradient of one entry in each plane shows the split of one window alone. Of examples the case itself
        may lie at kinks (``sided.py``), where a gradient may be missing (``numberless.py``).
        """
        if trial.family.smooth:
            yield from at_kinks(self.law, trial)
            yield from numberless(self.law, trial)
            return
        rng = np.random.default_rng([trial.case.seed, 19])
        dense = rng.choice([-3, -2, -1, 1, 2, 3], trial.case.shapes["dy"]).astype(trial.case.dy.dtype)
        for kink in trial.shared(_kinks):
            for dy in (dense, _one_entry(dense, rng)) if kink.severity == "wrong" else (dense,):
                yield from self._at(trial, kink, dy)

    def _at(self, trial: Trial, kink: Kink, dy: Array) -> Iterator[Claim]:
        """Claims about one pull; where no answer can be wrong, none is no more than a hazard."""
        try:
            got = trial.subject.pull(kink.inputs, trial.case.config, dy)
        except SubjectError as error:
            if kink.stray == "wrong":
                raise
            yield self.refused(trial, error, kink.stray)
            return
        yield from self._claims(trial, kink, dy, got)

    def _claims(self, trial: Trial, kink: Kink, dy: Array, got: Pull) -> Iterator[Claim]:
        valid, dx = trial.family.subgradients(kink.inputs, trial.case.config, dy), got.gradients["dx"]
        kink = replace(kink, what=f"{kink.what}{_shown(kink, dy)}")
        told = replace(kink, what=f"{kink.what}{_known(valid, dx, _rounding(trial, valid))}")
        claims = [self._y(trial, told, got.y), *self._hull(trial, told, valid, dx), *self._sums(trial, told, dy, dx)]
        yield from claims
        if kink.severity == "wrong" and all(compare(claim).status == "right" for claim in claims):
            named = _convention(trial, kink, valid, dx)
            yield named if compare(named).status == "right" else _tossed(trial, kink, dy, dx) or named

    def _y(self, trial: Trial, kink: Kink, y: Array) -> Claim:
        want = trial.family.reference.apply(kink.inputs, trial.case.config)
        why = f"values are selected; {kink.what}"
        return Claim(self.law, "y", y, want, np.zeros(want.shape), why, severity=kink.severity)

    def _hull(self, trial: Trial, kink: Kink, valid: Subgradients, dx: Array) -> Iterator[Claim]:
        """Each entry against the nearest valid value; against the nearest part of one where that is another matter."""
        bound, why = _rounding(trial, valid), f"no choice of subgradients gives this; {kink.what}"
        single = valid.low == valid.high if trial.family.pointwise else np.zeros(dx.shape, bool)
        near = _nearest(dx, valid.low, valid.high)
        yield Claim(self.law, "dx", dx, near, np.where(single, np.nan, bound), why, severity=kink.severity)
        if np.any(single):
            beside = np.where(single, bound, np.nan)
            yield Claim(BESIDE, "dx", dx, near, beside, f"one gradient alone; {kink.what}", severity=kink.severity)
        if kink.stray != kink.severity:
            part = _nearest(dx, valid.least, valid.most)
            why = f"no choice of subgradients sends so much here, nor part of it; {kink.what}"
            yield Claim(self.law, "dx", dx, part, bound, why, severity=kink.stray)

    def _sums(self, trial: Trial, kink: Kink, dy: Array, dx: Array) -> Iterator[Claim]:
        """Whatever is chosen, sums are conserved."""
        count = trial.roundings["dx"] + 2  # of each share; they are added up in float64
        for law in trial.family.sum_laws(trial.case.shapes, trial.case.config):
            got, want = dx.astype(np.float64).sum(law.axes), (dy * law.share).astype(np.float64).sum(law.dy_axes)
            bound = sum_bound(np.abs(dy.astype(np.float64) * law.share).sum(law.dy_axes), count, trial.case.dtype)
            bound = bound + sum_bound(np.abs(dx).sum(law.axes, np.float64), dx.size // max(got.size, 1), "float64")
            why = f"{law.why}; {kink.what}"
            yield Claim(self.law, "dx", got, want, bound, why, severity=kink.severity, counted="sum")


def _kinks(trial: Trial) -> tuple[Kink, ...]:
    """The family's on this case, for ``trial.shared``."""
    return tuple(trial.family.kinks(trial.case))


def _shown(kink: Kink, dy: Array) -> str:
    """The numbers that were tried, where they are few, or that they are not the case's own."""
    arrays = {**kink.inputs, "dy": dy}
    few = sum(array.size for array in arrays.values()) <= MOST_SHOWN
    if not few:
        return ", in an x of this law's own, not the case's"
    return "".join(f", {name}={array.tolist()}" for name, array in arrays.items())


def _known(valid: Subgradients, dx: Array, bound: Array) -> str:
    """The mistake that gives just this, where it is known; several may, where nothing is tied."""
    alike = [words for words, value in valid.mistakes.items() if np.all(np.abs(dx - value) <= bound)]
    return f"; {alike[0]}" if len(alike) == 1 else ""


def _nearest(value: Array, low: Array, high: Array) -> Array:
    """The nearest value from low to high; low for NaN."""
    return np.asarray(np.fmin(np.fmax(value, low), high))


def _convention(trial: Trial, kink: Kink, valid: Subgradients, dx: Array) -> Claim:
    want, bound = valid.conventions[valid.name], _rounding(trial, valid)
    like = [name for name, value in valid.conventions.items() if np.all(np.abs(dx - value) <= bound)]
    given = " and ".join(like) or "none that has a name"
    why = f"valid, but not the convention {valid.name}; here it is {given}; {kink.what}"
    if valid.name in like:
        why = f"the convention {valid.name}"
    severity: Severity = "wrong" if _declared(trial) else "hazard"
    return Claim(CONVENTION, "dx", dx, want, bound, why, severity=severity)


def _tossed(trial: Trial, kink: Kink, dy: Array, dx: Array) -> Claim | None:
    """The hazard of a layer that chooses at random, with whatever generator: another call chooses otherwise."""
    with ExitStack() as moved:
        for _ in range(CALLS):
            moved.enter_context(other_seeds())
            again = trial.subject.pull(kink.inputs, trial.case.config, dy).gradients["dx"]
            if again.shape == dx.shape and not identical(again, dx):
                break
        else:
            return None
    return Claim(REPEATABLE, "dx", again, dx, np.zeros(dx.shape), f"{TOSSED}; {kink.what}", severity="hazard")


def _declared(trial: Trial) -> bool:
    """Whether the configuration names the convention and the subject has a word for it."""
    words, keyword = trial.subject.limits.get("words"), trial.family.convention
    return keyword in trial.case.config and (words is None or keyword in words)


def _rounding(trial: Trial, valid: Subgradients) -> Array:
    """Rounding of the shares of an entry and of their sum; none where there is no choice."""
    mass = np.abs(valid.low) + np.abs(valid.high) + (valid.high - valid.low)
    return np.where(valid.low == valid.high, 0.0, sum_bound(mass, trial.roundings["dx"] + 2, trial.case.dtype))


def _one_entry(dy: Array, rng: np.random.Generator) -> Array:
    """One entry of dy in each plane, 0 elsewhere."""
    planes = dy.reshape(*dy.shape[:2], -1)
    chosen = rng.integers(0, planes.shape[2], (*dy.shape[:2], 1))
    return np.where(np.arange(planes.shape[2]) == chosen, planes, 0).astype(dy.dtype).reshape(dy.shape)
