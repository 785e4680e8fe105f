"""Derivatives of a smooth subject's own forward, as limits that know their own error.

The bound of each comparison is what the subject's own roundings allow plus the error that the derivative states of
itself. Where that error is no smaller than a share of the value, and of the values around it, agreeing would mean
nothing: such an entry is blind.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import takewhile
from time import monotonic

import numpy as np

from checks.bounds import widen
from checks.claim import Claim, unable
from checks.counted import count
from checks.data import round_to
from checks.errors import SubjectError, SubjectShapeError
from checks.rounding import dot, is_complex, unit_roundoff
from checks.smooth import Estimate, ahead, best
from checks.smooth.analytic import random_direction, seen_analytic
from checks.smooth.estimate import unknown
from checks.smooth.line import Line
from checks.types import Array, Arrays, Shape, gradient_of
from checks.witness import Trial

#: A stated error beyond this share of the value says nothing about the value.
VAGUE = 1.0 / 16.0
#: How many times such an error a gradient must be off to be wrong all the same.
FAR = 16.0

#: Seconds for the entries, or the directions, of a slow layer, all arguments together; one of each is always tried.
#: Never more than this part of the time that the case has left: other laws want some.
SECONDS, PART = 4.0, 0.4
#: Seconds of a forward from which on few steps are taken along a line, and how many: all are more than a hundred.
SLOW, FEW = 0.03, 12
#: Said of a layer that takes its example, and not what lies around it.
BESIDE = "beside the example, so derivatives are taken from points that lie nearer"

#: Said where directions are random but for one.
AT_KINK = "at a kink, as a tie is one, where a random direction has no derivative; direction {} moves all entries alike"

#: Steps of one entry that are longer than those of any other along a random direction.
BESIDE_ALL = 2.0

#: Said where derivatives along some entries exist, and f has none that is linear.
NO_GRADIENT = "where derivatives do not add up there is no gradient to compare with"

#: Entries from which on it pays to find out first whether the layer is analytic.
MANY = 6


def entrywise(law: str, trial: Trial, argument: str, places: list[Shape]) -> Claim:
    """A gradient at some places, each against the derivative of sum(dy * f) along that entry.

    Where a layer is slow fewer places are looked at than are given: those that ``SECONDS`` leave time for.
    """
    of = gradient_of(argument)
    got, own = trial.got.gradients[of], trial.bound(of)
    if is_complex(trial.case.dtype):
        return unable(law, of, got.size, "smooth layers are derived along real arguments only")
    each = _derived(trial, argument, got.shape, places)
    looked_at, found = tuple(places[number] for number in sorted(each)), [each[number] for number in sorted(each)]
    lost = measured_rounding(trial, of)
    tried = np.array([got[place] for place in looked_at], got.dtype)
    held = np.array([own[place] + lost[place] for place in looked_at])
    why = _why(found) + (f"; {count(len(each), 'entry')}, no time for more" if len(each) < len(places) else "")
    bounds, want = held + _errors(found, tried, held), _values(found)
    off = np.flatnonzero(np.abs(tried - want) > bounds)
    if bent := list(takewhile(lambda number: _bends(trial, argument, looked_at[number], found[number]), off)):
        bounds[bent], why = np.nan, f"{why}; {NO_GRADIENT}"
    return Claim(law, of, tried, want, bounds, why, got.size - len(each), looked_at)


def _derived(trial: Trial, argument: str, shape: Shape, places: list[Shape]) -> dict[int, Estimate]:
    """Derivatives along entries, by the number of the place; the first and the last first, then in no order."""
    end = _end(trial)
    derivative = _along_entries(trial, argument, shape, len(places))
    order = np.random.default_rng([trial.case.seed, 37]).permutation(len(places)).tolist()
    order.sort(key=lambda number: 0 < number < len(places) - 1)
    found = dict[int, Estimate]()
    for number in order:
        if found and monotonic() > end:
            break
        found[number] = derivative(places[number])
    return found


def _bends(trial: Trial, argument: str, place: Shape, along: Estimate) -> bool:
    """Whether D(v + 2 e) - D(v - 2 e) is not 4 D(e) for an entry e and a random v: f has derivatives and no gradient.

    As the median of three equal numbers, which moves with none of them and with all. The entry moves from below all
    others to above them, each derivative from the side to which the line goes.
    """
    shape = trial.shape_of(gradient_of(argument))
    beside, far = random_direction(shape, trial.case.seed), BESIDE_ALL * _unit(shape, place)
    low, high = (ahead(_line(trial, argument, v)) for v in (beside - far, beside + far))
    apart = abs(high.value - low.value - 2 * BESIDE_ALL * along.value)
    errors = low.error + high.error + 2 * BESIDE_ALL * along.error
    return low.known and high.known and bool(apart > FAR * errors)


def _along_entries(trial: Trial, argument: str, shape: Shape, many: int) -> Callable[[Shape], Estimate]:
    """What derives along one entry: complex steps, where there are many and the layer is seen to be analytic."""
    found = None
    if many >= MANY:
        found = seen_analytic(_line(trial, argument, random_direction(shape, trial.case.seed)))

    def derivative(place: Shape) -> Estimate:
        line = _line(trial, argument, _unit(shape, place))
        stepped = found.along(line) if found else unknown("not seen to be analytic")
        return stepped if stepped.known else best(line)

    return derivative


def along_directions(law: str, trial: Trial, argument: str, draws: int) -> Claim:
    """<gradient, v> for random directions v, against the derivative of sum(dy * f) along v.

    Where a layer is slow there are fewer than ``draws``: those that ``SECONDS`` leave time for. Where there is no
    derivative along one of them, as at a tie, all entries are moved alike as well: that keeps a tie.
    """
    of = gradient_of(argument)
    if is_complex(trial.case.dtype):
        return unable(law, of, trial.got.gradients[of].size, "smooth layers are derived along real arguments only")
    rng, end = np.random.default_rng([trial.case.seed, len(argument)]), _end(trial)
    directions, found = list[Array](), list[Estimate]()
    while not found or (len(found) < draws and monotonic() < end):
        directions.append(rng.uniform(-1, 1, trial.shape_of(of)))
        found.append(best(_line(trial, argument, directions[-1])))
    kink = not all(each.known for each in found)
    if kink:
        directions.append(np.ones(trial.shape_of(of)))
        found.append(best(_line(trial, argument, directions[-1])))
    wide = trial.got.gradients[of].astype(trial.wide)
    got, rounding = np.array([dot(wide, v.astype(trial.wide)) for v in directions]).T
    lost = measured_rounding(trial, of)
    own = np.array([np.sum(np.abs(v) * (trial.bound(of) + lost)) for v in directions])
    held = own + rounding
    why = _why(found) + (f"; {AT_KINK.format(len(found) - 1)}" if kink else "")
    return Claim(law, of, got, _values(found), held + _errors(found, got, held), why, counted="direction")


def measured_rounding(trial: Trial, of: str) -> Array:
    """How far the subject's own roundings moved a gradient, entry by entry: twice the distance to its wider answer.

    Digits that cancel inside a layer (1 - y * y where y is nearly 1) are seen by no bound from outside. The same layer
    on the same numbers in a wider format does not lose them, while a mistake in a formula stays what it is. Nothing is
    granted where the layer does not answer in the wider format, nor beyond sqrt(u) of the largest entry, which is more
    than rounding.
    """
    narrow, nothing = trial.got.gradients[of], np.zeros(trial.shape_of(of))
    form = "longdouble" if trial.case.dtype == "float64" else trial.wide
    try:
        dy = trial.case.dy.astype(form)
        wider = trial.subject.pull(widen(trial.case.inputs, form), trial.case.config, dy).gradients[of]
    except SubjectError:
        return nothing
    if wider.dtype != np.dtype(form) or wider.shape != narrow.shape:
        return nothing
    with np.errstate(invalid="ignore"):
        apart = np.abs(wider - narrow)
    largest = np.max(np.abs(wider), initial=0.0, where=np.isfinite(wider))
    most = np.sqrt(unit_roundoff(trial.case.dtype)) * largest
    return np.where(apart <= most, 2 * apart, 0.0).astype(np.float64)


def _end(trial: Trial) -> float:
    """Until when one argument is looked at (``time.monotonic``)."""
    now = monotonic()
    return now + min(SECONDS, max(PART * (trial.until - now), 0.0)) / len(trial.case.arguments)


def _line(trial: Trial, argument: str, direction: Array) -> Line:
    """A line through the case; of a layer that draws numbers in its own format, since in another it draws others."""
    dtype = trial.case.dtype

    def forward(arrays: Arrays) -> Array:
        given = {name: round_to(value, dtype) for name, value in arrays.items()} if trial.draws else arrays
        try:
            return trial.subject.apply(given, trial.case.config)
        except SubjectError as error:
            if isinstance(error, SubjectShapeError) or not _beside(trial, given):
                raise
            _remark(trial, error)
            raise ArithmeticError(str(error)) from error  # a layer may have a domain: its line ends there

    levels = FEW if trial.seconds > SLOW else 0
    return Line(forward, trial.case.inputs, {argument: direction}, trial.case.dy, dtype, levels)


def _beside(trial: Trial, arrays: Arrays) -> bool:
    """Whether these are real, and others than the case's: there, and along complex ones, a format is only tried."""
    if any(map(np.iscomplexobj, arrays.values())):
        return False
    return not all(np.array_equal(arrays[name], value) for name, value in trial.case.inputs.items())


def _remark(trial: Trial, error: SubjectError) -> None:
    """Say once that a layer raises beside its example, and what."""
    if not any(remark.endswith(BESIDE) for remark in trial.subject.remarks):
        trial.subject.remarks.append(f"{error}: {BESIDE}")


def _unit(shape: Shape, place: Shape) -> Array:
    direction = np.zeros(shape)
    direction[place] = 1.0
    return direction


def _values(found: list[Estimate]) -> Array:
    return np.array([each.value for each in found], np.float64)


def _errors(found: list[Estimate], got: Array, held: Array) -> Array:
    """Stated errors; NaN where they are too large for agreement to mean anything, and there is agreement.

    A gradient that is many times as far from the derivative as that may be off is wrong, whatever the derivative: that
    of a sign is 0, and known to be. One that is infinite may be so with right: no step is small enough to show it.
    """
    values, errors = _values(found), np.array([each.error for each in found], np.float64)
    sizes = np.abs(values)
    known = sizes[np.isfinite(sizes)]
    usual = np.median(known) if known.size else 0.0
    with np.errstate(invalid="ignore"):
        apart = np.isfinite(got) & (np.abs(got - values) > held + FAR * errors)
    vague = errors > VAGUE * np.maximum(sizes, usual)
    return np.asarray(np.where(vague, np.where(apart, FAR * errors, np.nan), errors))


def _why(found: list[Estimate]) -> str:
    largest = max((each.error for each in found if each.known), default=0.0)
    methods = sorted({each.method for each in found}) or ["nothing to derive"]
    return f"the derivative's own error, at most {largest:.2g}, and the roundings of the subject ({', '.join(methods)})"
