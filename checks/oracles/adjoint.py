"""The adjoint identity: <dy, J v> = <dx, v> for random directions v, with J v from the subject's own forward.

Where the forward is linear along v, f(x + v) - f(x) is J v with no truncation; on integers both sides are integers
and must be equal. Of complex numbers both sides are real parts: <a, b> = Re sum(conj(a) * b). A backward that is
linear in dy and wrong in any entry passes one draw of v from {-S, ..., S - 1} with probability at most 1/(2S)
(Schwartz-Zippel, as in Freivalds' check of a matrix product), so a few draws settle a layer of any size: one where S is
large, or where the entries of v are real numbers, none of them small.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from math import prod
from typing import Any

import numpy as np

from checks.arithmetic import operand_limit
from checks.bounds import anything, is_nothing
from checks.claim import Claim, unable
from checks.counted import count
from checks.data import round_to
from checks.equality import highest
from checks.oracles.directions import along_directions
from checks.oracles.lines import late, leaves_whole
from checks.oracles.mirrored import unless_mirrored
from checks.oracles.noise import rough, rounded
from checks.rounding import TINIEST, dot, exact_limit, growth, is_complex, weighted, weighted_change
from checks.types import Array, Shape, carrier, gradient_of
from checks.witness import Trial, Witness

DRAWS = 2

#: Numbers that each entry of a direction may be, from which on one draw is enough.
ENOUGH = 2**10

#: Numbers of an argument from which on its directions are drawn in half of the time that the usual ones take.
MANY = 2**16

SIGNS = np.array([-1.0, 1.0])

#: Directions are drawn from {-S, ..., S}, or to S - 1, times a step; a larger S than this adds nothing.
LARGEST_DIRECTION = 2**20


#: The largest power of two that two bytes hold twice.
SHORT = 2**14


class Moved(dict[str, tuple[Array, Array]]):
    """Arguments that were moved in all of their entries at once, each with how y changed: for ``trial.shared``.

    Another witness had the forward run so, along a direction that is drawn here or one like it.
    """

    def __init__(self, _: Trial) -> None:
        """None so far."""
        super().__init__()


class Adjoint(Witness):
    """Each gradient as a whole, against directional differences of the subject's own forward."""

    law = "adjoint"
    needs = "data away from kinks"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """One claim of a number or two for each gradient; blind of those for which a slow layer leaves no time."""
        for number, argument in enumerate(trial.case.arguments):
            size = trial.got.gradients[gradient_of(argument)].size
            if leaves_whole(trial, number):
                yield late(self.law, trial, argument)
            elif trial.family.smooth:
                yield unless_mirrored(trial, argument, along_directions(self.law, trial, argument, DRAWS))
            elif not size:  # 0 = 0 would count as a comparison and show nothing
                yield Claim(self.law, gradient_of(argument), np.zeros(0), np.zeros(0), np.zeros(0), "no entries")
            elif not trial.family.reach(trial.case, argument):
                yield unable(self.law, gradient_of(argument), size, "the data lie at kinks, or too close to step aside")
            else:
                yield self._claim(trial, argument)

    def _claim(self, trial: Trial, argument: str) -> Claim:
        span = direction_span(trial, argument) if trial.case.lattice else ENOUGH
        products = list(self._all_products(trial, argument, span))  # one after another: they may take much memory
        got, want, bound = (np.array(column) for column in zip(*products, strict=True))
        return Claim(self.law, gradient_of(argument), got, want, bound, _why(span, bound), counted="draw")

    def _all_products(self, trial: Trial, argument: str, span: int) -> Iterator[tuple[float, float, float]]:
        """``_products`` of each direction along which the argument is moved."""
        if known := trial.shared(Moved).get(argument):
            yield self._products(trial, argument, *known)
            return
        for v in islice(directions(trial, argument, span), draws(span)):
            y = _apply_moved(trial, argument, v)
            yield _equal(trial, argument, v, y) or self._products(
                trial, argument, _moved(trial, argument, v), np.subtract(y, trial.got.y, dtype=trial.wide)
            )
            del v, y

    def _products(self, trial: Trial, argument: str, moved: Array, change: Array) -> tuple[float, float, float]:
        """<dx, v>, <dy, f(x + v) - f(x)> and how far rounding of the sums and of all calls drives them apart."""
        v, of = moved.astype(trial.wide) - trial.wide_inputs[argument], gradient_of(argument)
        got, own = dot(trial.got.gradients[of], v)
        want, other = dot(trial.wide_dy, change)
        if trial.exactly_plain and rough(trial, change):
            noise = _weighted(v, rounded(trial, of, trial.mass[of])) + _rough_noise(trial, argument, moved)
        else:
            own = self._of_whole(trial, of, v, own)
            noise = _weighted(v, trial.bound(of)) + self._noise(trial, argument, moved)
        return got, want, _finite(own) + _finite(other) + noise

    def _of_whole(self, trial: Trial, of: str, v: Array, own: float) -> float:
        """Rounding of a product: a right gradient is whole, and what a wrong one rounds excuses nothing."""
        if own and trial.exact_on_integers and not np.any(trial.bound(of)):
            return dot(np.rint(trial.got.gradients[of]), v)[1]
        return own

    def _noise(self, trial: Trial, argument: str, moved: Array) -> float:
        """Rounding of both forwards, weighted with dy."""
        error = moved_mass if trial.exactly_plain and not trial.exact_on_integers else moved_error
        return _weighted(trial.wide_dy, trial.bound("y")) + error(trial, argument, moved)


def _apply_moved(trial: Trial, argument: str, v: Array) -> Array:
    """The forward with an argument moved along v: an array that is made for this call needs no copy."""
    moved = _moved(trial, argument, v)
    handed = {name: moved if name == argument else value.copy() for name, value in trial.case.held.items()}
    return trial.subject.bare_apply(handed, trial.case.config)


def _equal(trial: Trial, argument: str, v: Array, y: Array) -> tuple[float, float, float] | None:
    """Both products on integers and no error, where they are one number; None where their bounds have to be known."""
    if not trial.case.lattice:
        return None
    got = weighted(trial.got.gradients[gradient_of(argument)], v)
    want = weighted_change(trial.case.held_dy, y, trial.got.y)
    return (got, want, 0.0) if got == want else None


def drawn(trial: Trial, argument: str, span: int) -> Iterator[Array]:
    """The argument moved along one random direction after another, without end: up to ``span`` where all is whole."""
    return (_moved(trial, argument, v) for v in directions(trial, argument, span))


def directions(trial: Trial, argument: str, span: int) -> Iterator[Array]:
    """The directions themselves."""
    many = prod(trial.case.shapes[argument]) > MANY
    rng = np.random.Generator((np.random.SFC64 if many else np.random.PCG64)([trial.case.seed, len(argument)]))
    while True:
        yield _direction(trial, argument, span, rng)


def _moved(trial: Trial, argument: str, v: Array) -> Array:
    start = (trial.case.held if trial.case.lattice else trial.wide_inputs)[argument]  # integers are exact as they are
    moved = v.astype(start.dtype)
    moved += start
    dtype = trial.case.dtype
    return moved if dtype != "bfloat16" and moved.dtype == carrier(dtype) else round_to(moved, dtype)


def _direction(trial: Trial, argument: str, span: int, rng: np.random.Generator) -> Array:
    if not is_complex(trial.case.dtype):
        return _steps(trial, argument, span, rng)
    return np.asarray(_steps(trial, argument, span, rng) + 1j * _steps(trial, argument, span, rng))


def _steps(trial: Trial, argument: str, span: int, rng: np.random.Generator) -> Array:
    shape = trial.case.shapes[argument]
    if not trial.case.lattice:
        far = min(trial.family.reach(trial.case, argument), 1.0)
        return signed(rng, far / 2, far, shape)
    whole = _bits(rng, span, shape) if span >= ENOUGH else rng.integers(-span, span + 1, shape, dtype=np.int32)
    if (step := _step(trial)) == 1:
        return whole
    return np.asarray(np.multiply(whole, step, dtype=trial.case.held[argument].real.dtype))


def _bits(rng: np.random.Generator, span: int, shape: Shape) -> Array:
    """Integers from -span to span - 1, a power of two, in a tenth of the time that others take."""
    kind = np.dtype("<i2" if span <= SHORT else "<i4")
    words = rng.bit_generator.random_raw(-(-prod(shape) * kind.itemsize // 8))  # 64 bits each
    bits = words.astype("<u8", copy=False).view(kind)[: prod(shape)].reshape(shape)
    bits >>= kind.type(8 * kind.itemsize - (2 * span - 1).bit_length())  # keeps the sign
    return bits


def _step(trial: Trial) -> int:
    """What directions on integers are multiples of: where sums are divided, of what leaves quotients whole."""
    return 1 if trial.family.selects else trial.case.unit


def signed(rng: np.random.Generator, least: float, most: float, shape: int | Shape) -> Array:
    """Random numbers of both signs, between two sizes."""
    half = rng.uniform(least - most, most - least, shape)
    return np.asarray(half + np.copysign(least, half))


def _rough_noise(trial: Trial, argument: str, moved: Array) -> float:
    """The same of a forward whose y is not whole: as many times the family's as its y is larger than its mass."""
    least = np.maximum(trial.mass["y"], TINIEST[trial.case.dtype])
    times = max(1.0, float(np.nanmax(np.abs(trial.wide_y) / least, initial=0.0)))
    return _weighted(trial.wide_dy, rounded(trial, "y", trial.mass["y"])) + times * moved_mass(trial, argument, moved)


def moved_error(trial: Trial, argument: str, moved: Array) -> float:
    """Largest error of sum(dy * f) with this in an argument's place."""
    return _weighted(trial.wide_dy, trial.forward_error({**trial.case.held, argument: moved}))


def moved_mass(trial: Trial, argument: str, moved: Array) -> float:
    """The same of plain sums, from masses that are known without another forward.

    The mass behind y, weighted with abs(dy), is linear in the sizes of each argument, and its derivative along those
    of one is the mass of that one's gradient.
    """
    weights, roundings = np.abs(trial.wide_dy), trial.roundings["y"]
    if not roundings:
        return 0.0
    more = np.abs(moved) - np.abs(trial.wide_inputs[argument])
    mass = _total(weights * trial.mass["y"]) + _total(more * trial.mass[gradient_of(argument)])
    tiniest = roundings * TINIEST[trial.case.dtype] * _total(weights)
    return float(growth(roundings, trial.case.dtype)[0] * mass + tiniest)


def _total(values: Array) -> Any:
    """Their sum, as NumPy's ``sum`` hands it on."""
    return np.add.reduce(values, axis=None)


def _finite(error: float) -> float:
    """Without what a gradient or an output that is not finite does to it: such a one may not hide behind its bound."""
    return error if np.isfinite(error) else 0.0


def draws(span: int) -> int:
    """How many directions are drawn from {-span, ..., span}."""
    return 1 if span >= ENOUGH else DRAWS


def direction_span(trial: Trial, argument: str, largest: int = LARGEST_DIRECTION) -> int:
    """Largest power of two S such that moving the argument by up to S steps keeps all exact; from 1 to largest."""
    step = _step(trial)
    span, most = 1, min(trial.family.reach(trial.case, argument) / step, largest)
    while 2 * span <= most and _stays_exact(trial, argument, 2 * span * step):
        span *= 2
    return span


def _stays_exact(trial: Trial, argument: str, span: int) -> bool:
    """Whether the moved argument, the outputs and both inner products are sure to be exact."""
    moved = {**trial.case.largest, argument: trial.case.largest[argument] + span}
    outputs = trial.roundings["y"] * trial.family.peak(moved)
    change = max(span, trial.roundings["y"] * trial.family.peak({**trial.case.largest, argument: span}))  # f is linear
    inner = prod(trial.case.shapes["dy"]) * change * trial.case.largest["dy"]
    gradient = max(trial.roundings[gradient_of(argument)], 1) * trial.family.peak(trial.case.largest)
    other = prod(trial.case.shapes[argument]) * gradient * span
    held = moved[argument] <= operand_limit(trial.arithmetic, trial.case.dtype)
    return held and outputs <= exact_limit(trial.case.dtype) and max(inner, other) <= exact_limit("float64")


def _weighted(weights: Array, bound: Array) -> float:
    """Sum of abs(weights) * bound, without touching the weights where the bound is zero in no memory."""
    if is_nothing(bound):
        return 0.0
    return float(_total(np.abs(weights) * bound))


def _why(span: int, bound: Array) -> str:
    if anything(bound):
        return f"rounding of two forwards and one backward, weighted with the direction: at most {highest(bound):.2g}"
    many = draws(span)
    missed = float(2 * span + (span < ENOUGH)) ** -many  # of so many numbers each entry is one
    return f"integers: a wrong linear backward passes {count(many, 'draw')} with probability at most {missed:.1g}"
