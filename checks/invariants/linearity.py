"""A backward pass is linear in dy: additive, odd, and zero at zero. relu(dy), |dy|, clip(dy) and dy**2 are not.

Where examples were given dy is drawn, and always of ordinary size and dense: then it is tried large, in some cases
larger than any number of float32, and tiny, and in two parts that are 0 where the other is not, as they come out of
ReLU and pooling.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from itertools import chain
from typing import TypeAlias

import numpy as np

from checks.arithmetic import smallest_normal
from checks.bounds import anything
from checks.claim import Claim
from checks.data import round_to
from checks.invariants.contract import briefly
from checks.invariants.left_over import with_left_over
from checks.rounding import small_part, unit_roundoff
from checks.slip import slip
from checks.types import Array, Arrays
from checks.witness import Trial, Witness

#: By how much dy is made larger: a power of two, which no rounding sees, past a clip at 10,000 or a million; less in
#: formats of fewer digits, and where numbers end at 65,504.
LARGE = 1024.0
LARGE_IN: Mapping[str, float] = {"float64": 2.0**24, "float32": 2.0**13, "float16": 16.0}
#: The same in some cases: what goes through a format with a narrower range on its way overflows there.
HUGE_IN: Mapping[str, float] = {"float64": 2.0**160}
HUGE = (
    "dy is larger than any number of float32; that is a hazard, since nobody said that the layer is meant to be right "
    "there"
)
#: By how much dy is made smaller, by the format of a case: a mean over many outputs is as small, and a threshold shows.
#: What is computed on the way stays far from numbers that are flushed to 0; in formats that are not named it would not.
TINY: Mapping[str, float] = {"float64": 2.0**-40, "float32": 2.0**-30}
#: Binary digits of the largest entry of a dy that is not large yet.
ORDINARY = 3

#: What entries of dy are multiplied by in one of two parts, the other being what is left; of integers, and of others.
WHOLE, SHARES = (2.0, -1.0, 1.0, 0.0), (1.7, -0.7, 0.6, 0.0)

#: Up to which random number each of these is chosen of many entries, and how many are many: of few the first two are.
UP_TO, MANY = np.cumsum((0.4, 0.4, 0.1, 0.1)), 8

#: In one of so many cases a part is 0 but for a few numbers in a row: so many at the most.
EVERY, IN_A_ROW = 4, 4

#: What the gradient of a sum is, by the sign with which its parts are handed over.
SUMS: Mapping[int, str] = {1: "B(a + b) = B(a) + B(b)", -1: "B(a + b) = -B(-a) - B(-b)"}

#: Said of a gradient that is no number there.
SHARED = (
    "some numbers of the example were made the same, as of a prediction that is right, a row without spread, or one of "
    "zeros"
)

#: Said of one that has lost digits.
DIGITS, LITTLE = "digits are lost where dy is large", "digits are lost where dy is small beside the arguments"

#: Gradients, by name, for an upstream gradient.
Pulled: TypeAlias = Callable[[Array], Arrays]


class Linearity(Witness):
    """B(a + b) = B(a) + B(b), B(-a) = -B(a), B(0) = 0."""

    law = "linearity"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """Two claims for each gradient, three where one is broken, six or seven where examples were given.

        All backwards follow the case's first forward, and where no examples were given, which are few, one claim says
        that they are additive and odd; where that breaks a claim, or the subject, each backward follows its own
        forward, and each claim says one thing.
        """
        yield from briefly(trial, lambda: self._claims(trial, self._in_short(trial))) or self._claims(
            trial, self._every(trial, partial(_pull, trial))
        )

    def _claims(self, trial: Trial, every: Iterator[Claim]) -> Iterator[Claim]:
        finite = np.isfinite(trial.got.y)
        match trial.family.no_number(trial.case):
            case "hazard":
                return map(_dangerous, every)
            case "wrong" if finite.all() or not finite.any():  # of nothing but NaN no example is an edge
                return every
        return (_where_finite(trial, claim) for claim in every)

    def _in_short(self, trial: Trial) -> Iterator[Claim]:
        pull, dy = _after_first_forward(trial), trial.case.held_dy
        if trial.family.smooth:
            yield from self._every(trial, pull)
            return
        yield from self._additive(trial, pull, dy, -1)
        yield from self._zero(trial, pull, dy)

    def _every(self, trial: Trial, pull: Pulled) -> Iterator[Claim]:
        dy = trial.case.held_dy
        plain = chain(self._additive(trial, pull, dy, 1), self._odd(trial, pull, dy), self._zero(trial, pull, dy))
        if not trial.family.smooth:
            return plain
        large, tiny = _enlarging(dy) * LARGE_IN.get(trial.case.dtype, LARGE), TINY.get(trial.case.dtype, 0.0)
        smaller = self._times(trial, pull, dy, tiny) if tiny else iter(())
        larger = self._times(trial, pull, dy, large)
        every = (1.0, chain(plain, self._in_parts(trial, pull, dy))), (tiny, smaller), (large, larger)
        measured = (map(partial(_measured, trial, factor), claims) for factor, claims in every)
        return chain(chain.from_iterable(measured), self._huge(trial, pull, dy))

    def _huge(self, trial: Trial, pull: Pulled, dy: Array) -> Iterator[Claim]:
        """In some cases a dy far beyond every other."""
        huge = _enlarging(dy) * HUGE_IN.get(trial.case.dtype, 0.0) if trial.case.seed % EVERY == 1 else 0.0
        for claim in self._times(trial, pull, dy, huge) if huge else ():
            told = with_left_over(trial, huge, claim)
            yield replace(told, why=f"{told.why}; {HUGE}", severity="hazard")

    def _additive(self, trial: Trial, pull: Pulled, dy: Array, sign: int) -> Iterator[Claim]:
        """Upstream values in two parts that add up to them: multiples of either sign, and what is left.

        With a sign of -1 the opposites of both, so that a backward must be odd too.
        """
        part = round_to(dy * _shares(trial, dy), trial.case.dtype)
        rest = round_to(dy.astype(trial.wide) - part, trial.case.dtype)
        first, second = pull(part * sign), pull(rest * sign)
        bounds = self._rounding(trial, dy)
        for of, got in trial.got.gradients.items():
            want = sign * (first[of].astype(trial.wide) + second[of])
            bound = bounds[of] + slip(trial, of, got, first[of], second[of])
            yield Claim(self.law, of, got, want, bound, f"{SUMS[sign]}; {_why(bound)}")

    def _rounding(self, trial: Trial, dy: Array) -> Arrays:
        """Largest error of three backwards, of which two are given up to twice dy, in parts that may be rounded."""
        if trial.case.lattice:  # twice as much may be more than is exact
            return {of: 3 * error for of, error in trial.backward_error(2 * np.abs(dy.astype(trial.wide))).items()}
        lost = 2 * unit_roundoff(trial.case.dtype)
        return {of: 5 * trial.bound(of) + lost * trial.mass[of] for of in trial.got.gradients}

    def _odd(self, trial: Trial, pull: Pulled, dy: Array) -> Iterator[Claim]:
        for of, got in pull(-dy).items():
            want = -trial.got.gradients[of].astype(trial.wide)
            bound = 2 * trial.bound(of) + slip(trial, of, got, want)
            yield Claim(self.law, of, got, want, bound, f"B(-a) = -B(a); {_why(bound)}")

    def _zero(self, trial: Trial, pull: Pulled, dy: Array) -> Iterator[Claim]:
        for of, got in pull(np.zeros_like(dy)).items():
            nothing = np.zeros(got.shape)
            yield Claim(self.law, of, got, nothing, nothing, "B(0) = 0 exactly")

    def _times(self, trial: Trial, pull: Pulled, dy: Array, factor: float) -> Iterator[Claim]:
        """Such a dy has roundings of its own: they are asked for where those of the case's do not explain it."""
        scaled = (dy * factor).astype(dy.dtype)
        for of, got in pull(scaled).items():
            want = trial.got.gradients[of].astype(trial.wide) * factor
            lost = 2 * trial.roundings[of] * smallest_normal(trial.case.dtype) if factor < 1 else 0.0
            bound = 2 * trial.bound(of) * factor + slip(trial, of, got, want) + lost
            if not np.all(np.abs(got - want) <= bound):
                bound = bound + trial.backward_error(scaled.astype(trial.wide))[of]
            yield Claim(self.law, of, got, want, bound, f"B({factor:g} a) = {factor:g} B(a); {_why(bound)}")

    def _in_parts(self, trial: Trial, pull: Pulled, dy: Array) -> Iterator[Claim]:
        kept = np.random.default_rng([trial.case.seed, 2]).integers(2, size=dy.shape).astype(bool)
        first, second = (pull(np.where(part, dy, 0).astype(dy.dtype)) for part in (kept, ~kept))
        for of, got in trial.got.gradients.items():
            want = first[of].astype(trial.wide) + second[of]
            bound = 3 * trial.bound(of) + slip(trial, of, got, first[of], second[of])
            yield Claim(
                self.law, of, got, want, bound, f"B(a) + B(b) = B(a + b), a being 0 where b is not; {_why(bound)}"
            )


def _enlarging(dy: Array) -> float:
    """What a power of two leaves to be made larger: of an entry below 8 all of it, less where one is large already."""
    largest = float(np.max(np.abs(dy), initial=0.0))
    return float(2.0 ** min(0, ORDINARY - np.frexp(largest)[1])) if np.isfinite(largest) else 1.0


def _measured(trial: Trial, factor: float, claim: Claim) -> Claim:
    """The claim about a dy times a factor: a danger where no more digits are lost than that is beyond an ordinary one.

    A backward that sets dy beside its arguments, as that of the exponential of a matrix, loses as many; of a small one
    as many as such an argument has in its last place.
    """
    claim = with_left_over(trial, factor, claim)
    beyond = max(1.0, max(1.0, factor) * float(np.max(np.abs(trial.case.dy), initial=0.0)) / 2**ORDINARY)
    off, size = np.abs(claim.got - claim.want), np.max(np.abs(claim.want), initial=0.0)
    arguments = max((trial.case.largest[name] for name in trial.case.arguments), default=0.0)
    beside = arguments * unit_roundoff(trial.case.dtype) if factor < 1 else 0.0
    most = np.minimum(np.maximum(claim.bound * beyond, beside), size * small_part(trial.case.dtype))
    lost = np.any(off > claim.bound) and np.all(off <= most)
    why = LITTLE if factor < 1 else DIGITS
    return replace(claim, why=f"{claim.why}; {why}", severity="hazard") if lost else claim


def _dangerous(claim: Claim) -> Claim:
    """The claim, which is of a danger where the gradient is no number."""
    return claim if np.all(np.isfinite(claim.got)) else replace(claim, why=f"{claim.why}; {SHARED}", severity="hazard")


def _where_finite(trial: Trial, claim: Claim) -> Claim:
    """The claim about a gradient where it is finite.

    At a zero that nobody asked for sqrt(x) has none, and none where y is no number: the example leaves the domain.
    """
    return replace(claim, bound=np.where(np.isfinite(trial.got.gradients[claim.of]), claim.bound, np.nan))


def _pull(trial: Trial, dy: Array) -> Arrays:
    return trial.subject.pull(trial.case.held, trial.case.config, dy).gradients


def _after_first_forward(trial: Trial) -> Pulled:
    """Backwards of what the case's first forward saved; after one more where that is another's state by now."""
    arrays, saved = trial.case.inputs, trial.first.saved
    if trial.subject.stateful or not trial.first.results:
        _, saved = trial.subject.run_forward(arrays, trial.case.config)
    return lambda dy: trial.subject.pull_back(arrays, dy, saved)


def _shares(trial: Trial, dy: Array) -> Array:
    """How much of each entry is in the first part: of many nothing of the largest, which a backward may look at.

    In some cases all but a few in a row: a backward may have a path of its own for what is left then.
    """
    options, rng = WHOLE if trial.case.lattice else SHARES, np.random.default_rng([trial.case.seed, 1])
    if dy.size < MANY:
        return rng.choice(options[:2], dy.shape)
    if trial.case.seed % EVERY == 0:
        return _all_but_few(rng, dy)
    share = np.array(options)[UP_TO.searchsorted(rng.random(dy.shape), side="right")]
    share.flat[np.argmax(np.abs(dy))] = 0
    return share


def _all_but_few(rng: np.random.Generator, dy: Array) -> Array:
    share, start, count = np.ones(dy.shape), int(rng.integers(dy.size)), int(rng.integers(1, IN_A_ROW + 1))
    share.reshape(-1)[start : start + count] = 0
    return share


def _why(bound: Array) -> str:
    return "rounding of each side" if anything(bound) else "exact on these data"
