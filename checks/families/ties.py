"""Max pooling where cells are tied: how the upstream value of a window may be split among those that won."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

import numpy as np

from checks.families.windowed import axes_of
from checks.kink import Kink, Subgradients
from checks.types import Array, Config, Shape, carrier
from reference_impl import textbook_windows

#: What layers do with ties that no choice of subgradients does, and what they should do.
MISTAKES = {
    "all": "every tied cell got the whole of dy (a mask x == y); one of them must get it, or all together",
    "none": "no tied cell got anything; together they must get all of dy",
}

#: Of so many seeds one has ties of 0 and -0.
OF_ZEROS = 3

#: What a window gives to a cell: at least and at most; the same were no cell the only winner; by each convention, and
#: by each mistake.
SHARES = ("low", "high", "least", "most", "first", "last", "split", *MISTAKES)


def tied_inputs(shape: Shape, config: Config, dtype: str, seed: int) -> tuple[Kink, ...]:
    """Draw x (N, C, *spatial) with ties: two values at random, the first plane all tied; then with minus infinity.

    All values are negative, so that padding that counts as 0 would win; for some seeds the larger one is a zero of
    either sign, which are equal. Infinite data have no derivative: what is lost there is a hazard; what arrives at a
    cell that its windows do not hold is wrong all the same, but where minus infinity alone meets padding, which is
    minus infinity, too, and may win: all that is wrong there alone is a hazard.
    """
    rng = np.random.default_rng([seed, 13])
    x = rng.integers(-2, 0, shape).astype(carrier(dtype))
    x[:1, :1] = -1
    lost = np.where(rng.integers(0, 2, shape) == 0, -np.inf, x).astype(x.dtype)
    lost[:1, :1] = -np.inf
    tied = Kink({"x": x}, "tied cells") if seed % OF_ZEROS else _zeros_of_both_signs(x, rng)
    apart = held_at_padding(lost, config)
    kinks = tied, Kink({"x": apart}, "tied cells, minus infinity among them", "hazard")
    beside = Kink({"x": lost}, "windows of minus infinity alone that touch padding", "hazard", "hazard")
    return kinks if np.array_equal(apart, lost) else (*kinks, beside)


def _zeros_of_both_signs(x: Array, rng: np.random.Generator) -> Kink:
    """0 and -0, which are equal, in place of the larger of the two values."""
    zeros = np.copysign(0.0, rng.integers(0, 2, x.shape) - 0.5)
    return Kink({"x": np.where(x == -1, zeros, x).astype(x.dtype)}, "tied cells, zeros of both signs")


def held_at_padding(lost: Array, config: Config) -> Array:
    """The same x with a number in each window that holds padding and, beside it, nothing but minus infinity."""
    held = lost.copy()
    flat, whole = held.reshape(*held.shape[:2], -1), prod(axis.kernel for axis in axes_of({"x": held.shape}, config))
    for window in textbook_windows.windows(held.shape[2:], **_keywords(config)):
        if 0 < window.cells.size < whole:
            alone = np.isneginf(flat[:, :, window.cells]).all(axis=2)
            flat[:, :, window.cells[0]] = np.where(alone, -1, flat[:, :, window.cells[0]])
    return held


def tied_subgradients(x: Array, config: Config, dy: Array) -> Subgradients:
    """The hull of the valid gradients, window by window, and the conventions first, last and split.

    A window that one cell won sends it all of dy. Among tied cells any shares in [0, 1] that add up to 1 are valid, so
    one of them gets at least min(dy, 0) and at most max(dy, 0).
    """
    flat, upstream = x.reshape(*x.shape[:2], -1), dy.reshape(*dy.shape[:2], -1).astype(np.float64)
    found = np.zeros((len(SHARES), *flat.shape))
    for numbers, places in _of_one_size(x.shape[2:], config):
        met = flat[:, :, places]
        shares = _shares(met == met.max(axis=-1, keepdims=True), upstream[:, :, numbers, None])
        for window, place in enumerate(places):
            found[..., place] += shares[..., window, :]
    whole = {name: array.reshape(x.shape) for name, array in zip(SHARES, found, strict=True)}
    chosen = {name: whole[name] for name in ("first", "last", "split")}
    mistakes = {words: whole[name] for name, words in MISTAKES.items()}
    low, high, least, most = (whole[name] for name in ("low", "high", "least", "most"))
    return Subgradients(low, high, least, most, chosen, "first", mistakes=mistakes)


def _of_one_size(size: Shape, config: Config) -> Iterator[tuple[list[int], Array]]:
    """Windows that hold as many cells of x: their numbers in dy's planes, and their cells (windows, cells)."""
    alike: dict[int, list[tuple[int, Array]]] = {}
    for number, window in enumerate(textbook_windows.windows(size, **_keywords(config))):
        alike.setdefault(window.cells.size, []).append((number, window.cells))
    for each in alike.values():
        numbers, cells = zip(*each, strict=True)
        yield list(numbers), np.stack(cells)


def _shares(tied: Array, up: Array) -> Array:
    """What windows (N, C, windows, cells) that received ``up`` (..., 1) give to each cell, as ``SHARES`` has it."""
    rank, count = np.cumsum(tied, axis=-1), tied.sum(axis=-1, keepdims=True)
    alone, least, most, whole = count == 1, np.minimum(up, 0), np.maximum(up, 0), tied * up
    hulls = [tied * each for each in (np.where(alone, up, least), np.where(alone, up, most), least, most)]
    return np.stack([*hulls, (rank == 1) * whole, (rank == count) * whole, whole / count, whole, alone * whole])


def _keywords(config: Config) -> Config:
    plain = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    return {name: config.get(name, plain.get(name)) for name in ("kernel_size", *plain)}
