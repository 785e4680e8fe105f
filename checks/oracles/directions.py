"""Derivatives of a smooth subject's own forward along directions of all entries at once."""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple

import numpy as np

from checks.claim import Claim, unable
from checks.kink import AT_A_KINK
from checks.oracles import lines
from checks.oracles.adding_up import Pair
from checks.oracles.bends import NO_GRADIENT
from checks.oracles.estimates import errors, in_words, own_rounding, values
from checks.rounding import dot, is_complex
from checks.smooth import Estimate
from checks.types import Array, Arrays, gradient_of
from checks.witness import Trial

#: Said where not all directions are random.
ALIKE = "direction {} moves all entries alike, of all arguments of one shape where there are several"

#: Ways to either side of a random direction along which derivatives are added up, and how long their entries may be: as
#: long as those of the direction, so that they stand in other orders.
BESIDE, LONG = 3, 2.0


def along_directions(law: str, trial: Trial, argument: str, draws: int) -> Claim:
    """<gradient, v> for random directions v, against the derivative of sum(dy * f) along v.

    Where a layer is slow there are fewer than ``draws``: those that ``SECONDS`` leave time for. Where there is no
    derivative along one of them, as at a tie, all entries are moved alike as well: that keeps a tie, and one between
    arguments where all of one shape are moved so. Where derivatives along random directions do not add up, as those of
    a median of three equal numbers, what differs from one is no mistake.
    """
    of = gradient_of(argument)
    if is_complex(trial.case.dtype):
        return unable(law, of, trial.got.gradients[of].size, "smooth layers are derived along real arguments only")
    drawn, until = random(trial, argument), lines.end(trial)
    own = {argument: own_rounding(trial, of)}
    moved, said = list[Arrays](), list[_Said]()
    while not said or (len(said) < draws and monotonic() < until):
        moved.append({argument: next(drawn)})
        said.append(_derived(trial, moved[-1], own, until))
    alike = [] if all(each.found.known for each in said) else _alike(trial, argument)
    own |= {name: own_rounding(trial, gradient_of(name)) for each in alike for name in each if name != argument}
    said += [_derived(trial, each, own, until, len(alike)) for each in alike]
    directions, found = [*moved, *alike], [each.found for each in said]
    got, held = np.array([(each.got, each.held) for each in said]).T
    where = " and ".join(map(str, range(len(moved), len(directions))))
    bounds = held + errors(found, got, held)
    off = np.flatnonzero(np.abs(got - values(found))[: len(moved)] > bounds[: len(moved)])
    bent = [each for each in off if _bent(trial, argument, moved[each][argument], found[each], got[each])]
    bounds[bent] = np.nan
    known_off, kinks = len(off) > len(bent), any(each.at_a_kink for each in found[: len(moved)])
    kink = f"; {AT_A_KINK}" if kinks and not known_off else ""
    why = in_words(found) + (f"{kink}; {ALIKE.format(where)}" if alike else "") + (f"; {NO_GRADIENT}" if bent else "")
    return Claim(law, of, got, values(found), bounds, why, counted="direction")


class _Said(NamedTuple):
    """Along one direction: the derivative, the product with the gradient, and that one's largest error."""

    found: Estimate
    got: float
    held: float


def _derived(trial: Trial, direction: Arrays, own: Arrays, until: float, many: int = 1) -> _Said:
    got, held = product(trial, direction, own)
    return _Said(lines.derived(trial, direction, until, held, many), got, held)


def _bent(trial: Trial, argument: str, v: Array, stated: Estimate, got: float) -> bool:
    """Whether D(v + w) + D(v - w) is not 2 D(v) for some w: then f has a derivative along v, and no gradient.

    The two are taken from the side to which the line goes.
    """
    rng = np.random.default_rng([trial.case.seed, len(argument), 59])
    twice = Estimate(2 * stated.value, 2 * stated.error, stated.method)
    ends = ((v + w, v - w) for w in rng.uniform(-LONG, LONG, (BESIDE, *v.shape)))
    pairs = ([lines.through(trial, {argument: end}) for end in pair] for pair in ends)
    return any(Pair(one, other, 1, twice, 2 * abs(got - stated.value)).bent() for one, other in pairs)


def random(trial: Trial, argument: str) -> Iterator[Array]:
    """Directions of an argument without end; ``random_in_source`` spells each."""
    rng, shape = np.random.default_rng(_seed(trial, argument)), trial.shape_of(gradient_of(argument))
    while True:
        yield rng.uniform(-1, 1, shape)


def random_in_source(trial: Trial, argument: str, place: int) -> str:
    """An expression that makes one of them, counted from 0: drawn together they are the same as one after another."""
    shape = (place + 1, *trial.shape_of(gradient_of(argument)))
    return f"np.random.default_rng({_seed(trial, argument)}).uniform(-1, 1, {shape})[{place}]"


def _seed(trial: Trial, argument: str) -> list[int]:
    return [trial.case.seed, len(argument)]


def _alike(trial: Trial, argument: str) -> list[Arrays]:
    """All entries of an argument by the same; of the first of several of one shape also all of theirs."""
    shapes = trial.case.shapes
    same = [name for name in trial.case.arguments if shapes[name] == shapes[argument]]
    ones = np.ones(shapes[argument])
    whole = [dict.fromkeys(same, ones)] if same[0] == argument and len(same) > 1 else []
    return [{argument: ones}, *whole]


def product(trial: Trial, moved: Arrays, own: Arrays) -> tuple[float, float]:
    """<gradient, v> along a direction of one argument or several, and its largest error."""
    parts = [(trial.got.gradients[gradient_of(name)], v, own[name]) for name, v in moved.items()]
    products = [dot(got.astype(trial.wide), v.astype(trial.wide)) for got, v, _ in parts]
    held = sum(float(np.sum(np.abs(v) * bound)) for _, v, bound in parts)
    return sum(value for value, _ in products), held + sum(error for _, error in products)
