"""One NaN or infinity goes where the mathematics sends it: neither swallowed nor spread.

An entry that depends on the special one with a factor other than 0 must not come out finite: a NaN that disappears
hides a network that has diverged. An entry of another sample, or of another channel where channels are pooled apart,
must not change at all, but where a layer declares a transform: a fast product of matrices adds samples up and takes
them off again. In between lies what algorithms do: 0 * NaN = NaN where a mask or a zero multiplies, a
transform or a dense matrix that spreads a NaN over its plane, a comparison that drops it, a layer that leaves zeros
out. That is shown as a hazard. Of a layer of no family nobody knows what reaches what: there numbers far from 0 are
tried (enlarged.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from checks.arithmetic import TRANSFORM
from checks.claim import Claim, Severity
from checks.errors import SubjectError
from checks.invariants.contract import Contract, right
from checks.invariants.enlarged import enlarged
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

VALUES = (np.nan, np.inf, -np.inf)


@dataclass(frozen=True)
class Placed:
    """A special value in one entry of ``name``, and what the subject then gave, by name."""

    name: str
    index: Shape
    value: float
    got: Arrays

    def __str__(self) -> str:
        return self._said

    @cached_property
    def _said(self) -> str:
        return f"{self.value} in {self.name}{list(self.index)}"


class SpecialValues(Contract):
    """One special value, in x or in dy; which one and where follows from the seed."""

    law = "special values"

    def applies(self, trial: Trial) -> bool:
        """Where samples are independent, the case has entries, and its data keep away from kinks; on any example."""
        if trial.family.smooth:
            return trial.case.dy.size > 0
        reach = trial.family.reach(trial.case, "x")
        return trial.family.samplewise and trial.case.dy.size > 0 and reach > 0

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims about what must not be finite, must not change, and should not change; of an example enlarged."""
        if trial.family.smooth:
            yield from enlarged(self.law, trial)
            return
        rng = np.random.default_rng([trial.case.seed, 23])
        name = list(FACTORS)[rng.integers(len(FACTORS))]
        index = tuple(int(rng.integers(size)) for size in trial.case.shapes[name])
        try:
            placed = _placed(trial, name, index, VALUES[int(rng.integers(3))])
        except SubjectError as error:
            yield self.refused(trial, error, "hazard")
        else:
            met = FACTORS[name](trial, placed)
            yield from self._reaching(trial, placed, met)
            yield from self._times_zero(trial, placed, met)
            yield from self._selected(trial, placed)
            yield from self._staying(trial, placed, met)

    def _reaching(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """What the special value must reach; max and ReLU may drop a NaN or minus infinity in a comparison."""
        dropped = placed.name == "x" and trial.family.selects
        for of, factors in met.items():
            if placed.value == -np.inf and dropped:
                return
            if not (reached := factors > IS_ONE).any():
                continue
            severity: Severity = "hazard" if dropped and np.isnan(placed.value) else "wrong"
            got, why = placed.got[of], f"{placed} multiplies into {of}: it may not be finite"
            shown, nan = np.where(np.isfinite(got), got, np.nan), np.full(got.shape, np.nan)
            yield Claim(self.law, of, shown, nan, np.where(reached, 0.0, np.nan), why, severity=severity)

    def _times_zero(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """Where a factor of 0 meets the special value: IEEE 754 says NaN; a layer may leave zeros out."""
        for of, factors in met.items():
            zero = (factors > 0) & (factors < IS_ONE)
            if zero.any() and not trial.family.selects and right(trial):
                got, why = placed.got[of], f"{placed} times 0 is NaN: it may not be finite"
                shown, nan = np.where(np.isfinite(got), got, np.nan), np.full(got.shape, np.nan)
                yield Claim(self.law, of, shown, nan, np.where(zero, 0.0, np.nan), why, severity="hazard")

    def _selected(self, trial: Trial, placed: Placed) -> Iterator[Claim]:
        """An infinity in x is a number like any other to those that only compare: y and dx are what they must be."""
        if placed.name != "x" or np.isnan(placed.value) or not trial.family.selects or not right(trial):
            return
        arrays = trial.wide_inputs
        arrays = {**arrays, "x": np.where(_one_at(trial.case.shapes["x"], placed.index) > 0, placed.value, arrays["x"])}
        want = trial.family.reference.pull(arrays, trial.case.config, trial.wide_dy).named()
        mass = trial.family.mass(arrays, trial.case.config, trial.wide_dy).named()
        for of in ("y", "dx"):
            bound = trial.error(of, mass[of], trial.case.dtype) + trial.error(of, mass[of], trial.wide)
            bound = np.where(np.isfinite(bound), bound, 0.0)
            yield Claim(self.law, of, placed.got[of], want[of], bound, f"{placed} is compared", severity="hazard")

    def _staying(self, trial: Trial, placed: Placed, met: Arrays) -> Iterator[Claim]:
        """Other planes of y and dx; within its plane, what the special value cannot touch; gradients without x."""
        regions: list[tuple[str, Array, Severity]] = []
        elsewhere: Severity = "hazard" if trial.arithmetic == TRANSFORM else "wrong"
        for of in ("y", "dx"):
            far = _other_planes(trial.shape_of(of), placed.index, channels=trial.family.channelwise)
            regions += [(of, far, elsewhere), (of, ~far & ~_touched(trial, met, of), "hazard")]
        if placed.name == "x":
            names = sorted(set(map(gradient_of, trial.family.homogeneous)) & set(trial.got.gradients) - {"dx"})
            regions += [(of, np.ones(trial.shape_of(of), bool), "wrong") for of in names]
        for of, region, severity in regions:
            if region.any():
                yield self._unchanged(trial, placed, of, region, severity)

    def _unchanged(self, trial: Trial, placed: Placed, of: str, region: Array, severity: Severity) -> Claim:
        """Entries outside the region may change, and then nothing is said of them."""
        bound = np.where(region, 2 * trial.bound(of), np.nan)
        why = f"{placed} does not reach these entries of {of}"
        return Claim(self.law, of, placed.got[of], trial.got.named()[of], bound, why, severity=severity)


def _placed(trial: Trial, name: str, index: Shape, value: float) -> Placed:
    arrays = {**trial.case.inputs, "dy": trial.case.dy}
    arrays[name][index] = value
    dy = arrays.pop("dy")
    return Placed(name, index, value, trial.subject.pull(arrays, trial.case.config, dy).named())


def _factors_of_x(trial: Trial, placed: Placed) -> Arrays:
    """What meets the special value in y, and in the gradients that x multiplies: see ``_factors``."""
    family, config = trial.family, trial.case.config
    one = _one_at(trial.case.shapes["x"], placed.index)
    arrays = {**trial.shared(_factors), **_zeros_at(trial, family.homogeneous), "x": one}
    dy = arrays.pop("dy")
    pulled = family.reference.pull(arrays, config, dy)
    names = [gradient_of(name) for name in trial.case.arguments if name not in family.homogeneous]
    return {"y": pulled.y} | {of: pulled.gradients[of] for of in names}


def _factors_of_dy(trial: Trial, placed: Placed) -> Arrays:
    """What meets the special value in the gradients: see ``_factors``."""
    factors = trial.shared(_factors)
    arrays = trial.wide_inputs if trial.family.selects else {name: factors[name] for name in trial.case.arguments}
    one = _one_at(trial.case.shapes["dy"], placed.index)
    return trial.family.reference.pull(arrays, trial.case.config, one.astype(arrays["x"].dtype)).gradients


#: Where a special value is placed, and what it then meets.
FACTORS: Mapping[str, Callable[[Trial, Placed], Arrays]] = {"x": _factors_of_x, "dy": _factors_of_dy}


def _touched(trial: Trial, met: Arrays, of: str) -> Array:
    """Entries of y or dx that the special value may touch, with whatever factor; the whole plane where x decides."""
    if of == "dx" and trial.family.selects:
        return np.ones(trial.shape_of(of), bool)
    return met[of] > 0 if of in met else np.zeros(trial.shape_of(of), bool)


#: What stands for a factor of 0, which is met all the same, and what no sum of such reaches.
IS_ZERO, IS_ONE = 2.0**-300, 2.0**-200


def _factors(trial: Trial) -> Arrays:
    """1 where an argument, or dy, is not 0, and ``IS_ZERO`` where it is."""
    arrays = {**trial.wide_inputs, "dy": trial.wide_dy}
    return {name: np.where(value != 0, 1.0, IS_ZERO) for name, value in arrays.items()}


def _zeros_at(trial: Trial, names: tuple[str, ...]) -> Arrays:
    return {name: np.zeros(trial.case.shapes[name]) for name in names if name in trial.case.arguments}


def _one_at(shape: Shape, index: Shape) -> Array:
    one = np.zeros(shape)
    one[index] = 1.0
    return one


def _other_planes(shape: Shape, index: Shape, *, channels: bool) -> Array:
    """True in other samples, and in other channels where they are independent."""
    far = np.ones(shape, bool)
    far[index[: 2 if channels else 1]] = False
    return far
