"""Scaling by a power of two is exact, up to the largest and down to the smallest numbers of the format.

A clip, an epsilon, or a detour through a narrower range shows where numbers are huge or tiny: 1e+-300 in float64.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from math import log2

from checks.arithmetic import HALVINGS, PLAIN, smallest_normal
from checks.bounds import anything
from checks.claim import Claim, Severity
from checks.invariants.contract import Contract, briefly
from checks.invariants.powers_of_two import POWERS, Exponents, chosen, exponent, room_above, scaled
from checks.invariants.scaled_layouts import ScaledLayouts
from checks.rounding import TINIEST
from checks.types import Array, Arrays
from checks.witness import Trial

#: Formats whose largest number is so small that real layers meet it.
NARROW = frozenset({"float16"})

#: One case of so many is asked next to the largest number in other formats.
EVERY = 4


class Scaling(Contract):
    """x huge and dy tiny, the other way round, or x, or a weight, alone; dy alone; then one among the subnormals."""

    law = "scaling"

    def applies(self, trial: Trial) -> bool:
        """As the family says."""
        return bool(trial.family.homogeneous)

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """One claim for y and each gradient and each choice of exponents, which the seed makes.

        Where x alone grows or shrinks, the gradients of weights do: a threshold for small ones shows. So does one for
        small weights where these do.

        Subnormals are tried on integers, which lose nothing there; some hardware is told to flush them to zero, hence
        a hazard. So is what overflows next to the largest number alone.
        """
        far, tiny, swap = exponent(trial), round(log2(TINIEST[trial.case.dtype])), trial.case.seed % 2
        if far > 0:
            by = chosen(trial, far)
            yield from briefly(trial, partial(self._in_layouts, trial)) or self._scaled(trial, by, "wrong")
        if far > 0 and trial.family.selects:
            yield from self._scaled(trial, Exponents(min(far + HALVINGS, POWERS)), "hazard")
        if trial.case.dtype in NARROW or trial.case.seed % EVERY == 0:
            yield from self._at_the_end(trial)
        if trial.exact_on_integers and not any(anything(trial.bound(of)) for of in trial.roundings):
            yield from self._scaled(trial, Exponents(tiny) if swap else Exponents(dy=tiny), "hazard")

    def _at_the_end(self, trial: Trial) -> Iterator[Claim]:
        """One gradient, which the seed chooses, as large as no order of summing can make infinite."""
        gradients = list(trial.got.gradients)
        of = gradients[trial.case.seed // EVERY % len(gradients)]
        up = room_above(trial, of)
        severity: Severity = "hazard" if trial.family.transforms else "wrong"
        if up > 0 and trial.arithmetic == PLAIN:
            yield from (claim for claim in self._scaled(trial, Exponents(dy=up), severity) if claim.of == of)

    def _in_layouts(self, trial: Trial) -> Iterator[Claim]:
        """In the call that the law ``layout`` has made; no claim where that is not to be had."""
        both = trial.shared(ScaledLayouts)
        return self._all(trial, both.known, both.by, "wrong")

    def _scaled(self, trial: Trial, by: Exponents, severity: Severity) -> Iterator[Claim]:
        arrays = scaled(trial, by)
        upstream = arrays.pop("dy")
        return self._all(trial, trial.subject.pull(arrays, trial.case.config, upstream).named(), by, severity)

    def _all(self, trial: Trial, got: Arrays, by: Exponents, severity: Severity) -> Iterator[Claim]:
        for of, value in got.items():
            yield self._claim(trial, of, value, by.of_result(trial, of), str(by), severity)

    def _claim(self, trial: Trial, of: str, got: Array, power: int, why: str, severity: Severity) -> Claim:
        """What underflows may be flushed to zero, where the data are not integers that stay clear of it.

        Of these a quotient by a power of two is rounded among the subnormals.
        """
        want = trial.got.named()[of].astype(trial.wide) * 2.0**power
        rounded = trial.roundings[of] * TINIEST[trial.case.dtype] if trial.denominator > 1 else 0.0
        flushed = 2 * trial.roundings[of] * smallest_normal(trial.case.dtype)
        lost = rounded if trial.exact_on_integers else flushed
        bound = 2 * trial.bound(of) * 2.0**power + lost
        return Claim(self.law, of, got, want, bound, f"{why}: powers of two scale exactly", severity=severity)
