"""One NaN or infinity goes where the mathematics sends it: neither swallowed nor spread.

An entry that depends on the special one with a factor other than 0 must not come out finite: a NaN that disappears
hides a network that has diverged. An entry of another sample, or of another channel where channels are pooled apart,
must not change at all, but where a layer declares a transform: a fast product of matrices adds samples up and takes
them off again; and where minus infinity meets padding, which may win its window and is no cell of x. In between lies
what algorithms do: 0 * NaN = NaN where a mask or a zero multiplies, a transform or a dense matrix that spreads a NaN
over its plane, a comparison that drops it, or that gives to another cell what a NaN has won, a layer that leaves zeros
out. That is shown as a hazard. Of a layer of no family nobody knows what reaches what: there numbers far from 0 are
tried (enlarged.py), and such as lie close together there (displaced.py), and a dy of NaN alone (swallowed.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from checks.arithmetic import TRANSFORM
from checks.bounds import nothing
from checks.claim import Claim, Inside, Severity, unable
from checks.errors import HiddenStepsError, SubjectError
from checks.invariants.contract import Contract, right
from checks.invariants.displaced import displaced
from checks.invariants.enlarged import enlarged
from checks.invariants.factors import (
    IS_ONE,
    Placed,
    factors_of_dy,
    factors_of_parameter,
    factors_of_x,
    one_at,
)
from checks.invariants.swallowed import swallowed
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

VALUES = (np.nan, np.inf, -np.inf)

#: Of the cases that have it in an argument, one of so many has it in a parameter.
EVERY = 3


class SpecialValues(Contract):
    """One special value, in dy or in an argument, mostly x; which one and where follows from the seed."""

    law = "special values"

    def applies(self, trial: Trial) -> bool:
        """Where samples are independent, the case has entries, and its data keep away from kinks; on any example."""
        if trial.family.smooth:
            return trial.case.dy.size > 0
        reach = trial.family.reach(trial.case, "x")
        return trial.family.samplewise and trial.case.held_dy.size > 0 and reach > 0

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims about what must not be finite, must not change, and should not change; of an example enlarged."""
        if trial.family.smooth:
            yield from enlarged(self.law, trial)
            yield from displaced(self.law, trial)
            yield from swallowed(self.law, trial)
            return
        rng = np.random.default_rng([trial.case.seed, 23])
        name, factors = (_argument(trial), ("dy", factors_of_dy))[rng.integers(2)]
        index = tuple(int(rng.integers(size)) for size in trial.case.shapes[name])
        try:
            placed = _placed(trial, name, index, VALUES[int(rng.integers(3))])
        except SubjectError as error:
            if isinstance(error.__cause__, HiddenStepsError):
                yield unable(self.law, "y", trial.case.dy.size, str(error))
            else:
                yield self.refused(trial, error, "hazard")
            return
        met = factors(trial, placed)
        yield from self._reaching(trial, placed, met)
        yield from self._times_zero(trial, placed, met)
        yield from self._selected(trial, placed)
        yield from self._staying(trial, placed, met) if name in {"x", "dy"} else self._beside(trial, placed)

    def _reaching(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """What the special value must reach; max and ReLU may drop a NaN or minus infinity in a comparison."""
        dropped = placed.name == "x" and trial.family.selects
        for of, factors in met.items():
            if placed.value == -np.inf and dropped:
                return
            if not (reached := factors > IS_ONE).any():
                continue
            severity: Severity = "hazard" if dropped and np.isnan(placed.value) else "wrong"
            reaches = "reaches" if trial.family.selects else "multiplies into"
            yield self._no_number(placed, of, reached, f"{placed} {reaches} {of}: it may not be finite", severity)

    def _times_zero(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """Where a factor of 0 meets the special value: IEEE 754 says NaN; a layer may leave zeros out."""
        for of, factors in met.items():
            zero = (factors > 0) & (factors < IS_ONE)
            if zero.any() and not trial.family.selects and right(trial):
                yield self._no_number(placed, of, zero, f"{placed} times 0 is NaN: it may not be finite", "hazard")

    def _no_number(self, placed: Placed, of: str, region: Array, why: str, severity: Severity) -> Claim:
        """Entries of the region may not be finite."""
        got = placed.got[of][region]
        shown, nan = np.where(np.isfinite(got), got, np.nan), np.full(got.shape, np.nan)
        left = region.size - got.size
        places = Inside(region)
        return Claim(self.law, of, shown, nan, nothing(got.shape), why, left, places, severity=severity)

    def _selected(self, trial: Trial, placed: Placed) -> Iterator[Claim]:
        """What those do that only compare: to them an infinity in x is a number like any other."""
        if placed.name != "x" or not trial.family.selects or not right(trial):
            return
        arrays = trial.wide_inputs
        arrays = {**arrays, "x": np.where(one_at(trial.case.shapes["x"], placed.index) > 0, placed.value, arrays["x"])}
        if not np.isnan(placed.value):
            yield from self._compared(trial, placed, arrays)
        elif not trial.family.pointwise:
            yield from self._won(trial, placed, arrays)

    def _won(self, trial: Trial, placed: Placed, arrays: Arrays) -> Iterator[Claim]:
        """Where y is NaN, the NaN was selected: what is passed back for it may be lost, or NaN, but is no other cell's.

        A hazard, as XLA's own ``select_and_scatter`` gives it to the cell that follows.
        """
        want, got = trial.family.computed(arrays, trial.case.config, trial.wide_dy), placed.got
        if not np.array_equal(np.isnan(want.y), np.isnan(got["y"])):
            return  # the layer selected something else, which is told already
        bound = np.where(one_at(trial.case.shapes["x"], placed.index) > 0, np.nan, 2 * trial.bound("dx"))
        shown = np.where(np.isnan(got["dx"]), want.gradients["dx"], got["dx"])
        why = f"{placed} is what its windows select (y is NaN there): what they pass back is no other cell's"
        yield Claim(self.law, "dx", shown, want.gradients["dx"], bound, why, severity="hazard")

    def _compared(self, trial: Trial, placed: Placed, arrays: Arrays) -> Iterator[Claim]:
        """An infinity is the largest number, or the smallest: y and dx are what they must be."""
        want = trial.family.computed(arrays, trial.case.config, trial.wide_dy).named()
        mass = trial.family.mass(arrays, trial.case.config, trial.wide_dy).named()
        for of in ("y", "dx"):
            bound = trial.error(of, mass[of], trial.case.dtype) + trial.error(of, mass[of], trial.wide)
            bound = np.where(np.isfinite(bound), bound, 0.0)
            got, why = placed.got[of], f"{placed} is compared"
            if trial.family.pointwise:  # 0 * inf is no number, and another number is a wrong one
                numbers = np.where(np.isfinite(got), got, want[of])
                yield Claim(self.law, of, numbers, want[of], bound, why)
            yield Claim(self.law, of, got, want[of], bound, why, severity="hazard")

    def _staying(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """Other planes of y and dx; within its plane, what the special value cannot touch; gradients without x."""
        regions: list[tuple[str, Array, Severity]] = []
        elsewhere: Severity = "hazard" if trial.arithmetic == TRANSFORM else "wrong"
        astray: Severity = "hazard" if _won_by_padding(trial, placed) else elsewhere
        for of, severity in (("y", elsewhere), ("dx", astray)):
            far = _other_planes(trial.shape_of(of), placed.index, channels=trial.family.channelwise)
            regions += [(of, far, severity), (of, ~far & ~_touched(trial, met, of), "hazard")]
        if placed.name == "x":
            names = sorted(set(map(gradient_of, trial.family.homogeneous)) & set(trial.got.gradients) - {"dx"})
            regions += [(of, np.ones(trial.shape_of(of), bool), "wrong") for of in names]
        for of, region, severity in regions:
            if region.any():
                yield self._unchanged(trial, placed, of, region, severity)

    def _beside(self, trial: Trial, placed: Placed) -> Iterator[Claim]:
        """Other kernels' channels of y, and gradients of what the parameter does not multiply.

        Of its own channel nothing is said: a layer may multiply the zeros of its padding.
        """
        added = {*trial.family.homogeneous} - {"x"}
        apart = trial.case.arguments if placed.name in added else [*added & set(trial.case.arguments), placed.name]
        regions = {of: np.ones(trial.shape_of(of), bool) for of in map(gradient_of, apart)}
        if trial.family.kernelwise:
            regions["y"] = np.ones(trial.shape_of("y"), bool)
            regions["y"][:, placed.index[0]] = False
        for of, region in regions.items():
            if region.any():
                yield self._unchanged(trial, placed, of, region, "hazard" if trial.arithmetic == TRANSFORM else "wrong")

    def _unchanged(self, trial: Trial, placed: Placed, of: str, region: Array, severity: Severity) -> Claim:
        """Entries outside the region may change, and then nothing is said of them."""
        got, want, bound = (each[region] for each in (placed.got[of], trial.got.named()[of], trial.bound(of)))
        why, left = f"{placed} does not reach these entries of {of}", region.size - got.size
        return Claim(self.law, of, got, want, 2 * bound, why, left, Inside(region), severity=severity)


def _argument(trial: Trial) -> tuple[str, Callable[[Trial, Placed], Arrays]]:
    """The argument in which a special value stands, and what finds its factors: in every third case a parameter."""
    own = [name for name in trial.case.arguments if name != "x"]
    turn, other = divmod(trial.case.seed, EVERY)
    return ("x", factors_of_x) if other or not own else (own[turn % len(own)], factors_of_parameter)


def _placed(trial: Trial, name: str, index: Shape, value: float) -> Placed:
    arrays = {**trial.case.inputs, "dy": trial.case.dy}
    arrays[name][index] = value
    dy = arrays.pop("dy")
    return Placed(name, index, value, trial.subject.pull(arrays, trial.case.config, dy).named())


def _won_by_padding(trial: Trial, placed: Placed) -> bool:
    """Whether padding may win a window for the special value: its cell is then wherever the layer looks for it."""
    if placed.name != "x" or placed.value != -np.inf:
        return False
    x = trial.case.inputs["x"]
    x[placed.index] = placed.value
    return trial.family.won_by_padding(x, trial.case.config)


def _touched(trial: Trial, met: Arrays, of: str) -> Array:
    """Entries of y or dx that the special value may touch, with whatever factor; the whole plane where x decides."""
    if of == "dx" and trial.family.selects:
        return np.ones(trial.shape_of(of), bool)
    return met[of] > 0 if of in met else np.zeros(trial.shape_of(of), bool)


def _other_planes(shape: Shape, index: Shape, *, channels: bool) -> Array:
    """True in other samples, and in other channels where they are independent."""
    far = np.ones(shape, bool)
    far[index[: 2 if channels else 1]] = False
    return far
