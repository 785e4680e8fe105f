"""Differences, extrapolated to step 0, that know their own error.

Central differences D(h) = (L(h) - L(-h)) / 2h have an error a h**2 + b h**4 + ...; with steps h, h/2, h/4, ... each
column of the tableau T_j = T_(j-1) + (T_(j-1) - coarser T_(j-1)) / (4**j - 1) removes one more power (L. F. Richardson
1911; W. Romberg 1955). One-sided differences at an edge have all powers: 2**j. The error of an entry is the sum of

truncation  how far the entry is from the two that it was made of, times the tail r / (1 - r) of the series that the
            last two such distances begin (r their ratio); unknown where they do not shrink;
noise       values that err by N make D err by N / h. N is measured: whatever still changes at a finer step, times that
            step, is noise (the largest such change over all finer steps, at least ``FINER`` of them, times
            ``SAFETY``); it is never taken below the roundings that every value has made.

An entry counts only if it agrees with every finer one within the errors of both (O. Lepski 1990): a kink, a pole or a
period between two steps makes coarse entries agree with each other and disagree with the finer ones. Of those left the
entry with the least error is chosen. Where that rules out a better entry in favour of very fine steps, a kink close by
cannot be told from the stairs of an inner rounding ((1 - cos x) / x is c / x on each stair): unknown.

What f is declared to err by is added to the error that is stated, and hides none of this.

SAFETY: changes of noise are about normal. The largest of 4 is below a quarter of the standard deviation with
probability 0.2**4 = 0.0016, and an error is above 2.6 deviations with probability 0.01: 4 covers nearly every pair,
and where the noise is what limits the result, there are twenty finer steps or more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from checks.rounding import unit_roundoff
from checks.smooth.estimate import AT_A_KINK, Estimate, unknown
from checks.smooth.table import Table
from checks.types import Array

COLUMNS = 5
FINER = 4
SAFETY = 4.0
#: Of this order or slower, differences from left and right do not meet: no derivative is to be had.
MEETS = 0.9
#: Up to so many steps the finest is far above all rounding, and how many times as much as is known that may be there.
SOME, ROUGH = 16, 2.0**10
#: Noise beyond this share of the slope leaves nothing to be seen: a jump, or a period shorter than the format resolves.
LOST = 0.25


@dataclass(frozen=True)
class Scheme:
    """A difference: its powers of h, how much it and its columns magnify an error of the values over h."""

    powers: float
    magnifies: float


CENTRAL = Scheme(4.0, 2.0)  # 1 for D, at most 1.7 in any column
ONE_SIDED = Scheme(2.0, 11.0)  # 2 for the difference, at most 10.1 in any column


def central(table: Table) -> Estimate:
    """Derivative at 0 from both sides; unknown at a kink."""
    slopes = (table.right - table.left) / (2 * table.steps)
    return _estimate(table, slopes, CENTRAL)


def one_sided(table: Table, side: int) -> Estimate:
    """Derivative at an edge, from the left (``side`` -1) or the right (+1)."""
    values = table.right if side > 0 else table.left
    return _estimate(table, side * (values - table.centre) / table.steps, ONE_SIDED)


def _estimate(table: Table, slopes: Array, scheme: Scheme) -> Estimate:
    if slopes.size < FINER + 2:
        return unknown("too few steps at which f is defined")
    with np.errstate(all="ignore"):
        columns = extrapolate(slopes, scheme)
        measured = _measured(table, columns)
        noise = measured + scheme.magnifies * table.floor / table.steps
        errors = _truncation(columns, noise, scheme) + noise
    errors[:, -FINER:] = np.inf
    errors[~np.isfinite(errors) | (measured > LOST * _steepest(table))] = np.inf
    stated = errors + scheme.magnifies * table.declared / table.steps
    column, level = _choose(columns, errors, stated)
    value, error = float(columns[column, level]), float(stated[column, level])
    if not np.isfinite(error):
        return unknown("the differences settle at no step, or f changes by no more than its own noise")
    if table.steps[level] < table.resolution and error > np.min(stated[:, :level], initial=np.inf):
        return unknown("close by f is another function than from afar: a kink next to it, or its own rounding")
    if _apart(table, columns[:, -1], scheme, value, error):
        return unknown("the finest steps tell otherwise: a kink is next to it")
    if scheme is CENTRAL and _kink(table, level, noise[0]):
        return unknown(AT_A_KINK)
    return Estimate(value, error + unit_roundoff("float64") * abs(value), "differences")


def _apart(table: Table, finest: Array, scheme: Scheme, value: float, error: float) -> bool:
    """Whether no entry of the finest step comes near an estimate, where few steps are taken.

    The finest ones may then be alone in seeing no kink. Of many they are lost in rounding.
    """
    if table.steps.size > SOME:
        return False
    rounding = ROUGH * scheme.magnifies * float(table.floor[-1] / table.steps[-1])
    return bool(np.all(np.abs(finest - value) > error + rounding))


def extrapolate(slopes: Array, scheme: Scheme) -> Array:
    """The tableau, shape (columns, levels); NaN where an entry lacks coarser steps."""
    columns = [slopes]
    for j in range(1, COLUMNS):
        last, following = columns[-1], np.full_like(slopes, np.nan)
        following[1:] = last[1:] + (last[1:] - last[:-1]) / (scheme.powers**j - 1)
        columns.append(following)
    return np.array(columns)


def _measured(table: Table, columns: Array) -> Array:
    """Error of each entry by the noise that the finer ones show, shape (columns, levels)."""
    moved = np.zeros_like(columns)
    moved[:, :-1] = np.abs(np.diff(columns, axis=1)) * table.steps[1:]
    largest = np.fmax.accumulate(moved[:, ::-1], axis=1)[:, ::-1]
    return np.asarray(SAFETY * largest / table.steps)


def _truncation(columns: Array, noise: Array, scheme: Scheme) -> Array:
    """Error of each entry by the powers of h that are left, shape (columns, levels)."""
    coarser = np.full_like(columns, np.nan)
    coarser[:, 1:] = columns[:, :-1]
    parents = np.maximum(np.abs(columns[1:] - columns[:-1]), np.abs(columns[1:] - coarser[:-1]))
    far = np.concatenate([np.abs(columns[:1] - coarser[:1]), parents])
    before = np.full_like(far, np.nan)
    before[:, 1:] = far[:, :-1]
    ratio = np.where(far <= noise, 0.0, far / before)
    tail = np.where(ratio < 1, np.maximum(1.0, ratio / (1 - ratio)), np.inf)
    # A distance that shrinks faster than its power is an accident.
    accident = before / scheme.powers ** (1.0 + np.arange(len(columns)))[:, None]
    return np.asarray(np.fmax(far, accident) * tail)


def _choose(columns: Array, errors: Array, stated: Array) -> tuple[int, int]:
    """Place of the best entry that agrees with the best ones of every finer level.

    Whether they agree is told by their ``errors`` alone; ``stated`` are those with what f is said to err by, which may
    hide that f is another function from afar.
    """
    best, levels = np.argmin(errors, axis=0), np.arange(errors.shape[1])
    error = errors[best, levels]
    value = np.where(np.isfinite(error), columns[best, levels], 0)
    apart = np.abs(value[:, None] - value) > error[:, None] + error
    level = int(np.argmin(np.where(np.any(np.triu(apart), axis=1), np.inf, stated[best, levels])))
    return int(best[level]), level


def _steepest(table: Table) -> Array:
    """At each level the steeper of the slopes to the left and to the right, where f is defined."""
    return np.asarray(np.fmax(*(np.abs(side - table.centre) for side in (table.left, table.right))) / table.steps)


def _kink(table: Table, level: int, noise: Array) -> bool:
    """Whether slopes from the right and the left, from ``level`` down, stay apart as the step shrinks.

    Where f is smooth their difference is h f'' + ...: it halves. At a kink it stays, at a cusp or a jump it grows; a
    wave too short for the format makes it do either. Three steps in a row, or half of those that noise leaves, decide.
    """
    gap = np.abs(table.right - 2 * table.centre + table.left)[level:] / table.steps[level:]
    seen = gap > 2 * noise[level:]
    pairs = seen[1:] & seen[:-1]
    stays = pairs & (gap[1:] >= MEETS * gap[:-1])
    three = stays[2:] & stays[1:-1] & stays[:-2]
    return bool(np.any(three)) or bool(np.any(pairs) and 2 * np.sum(stays) >= np.sum(pairs))
