"""Max pooling where cells are tied: how the upstream value of a window may be split among those that won."""

from __future__ import annotations

from math import prod

import numpy as np

from checks.kink import Kink, Subgradients
from checks.types import Array, Config, Shape, carrier
from reference_impl import textbook_windows
from reference_impl.types import spatial

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


def tied_inputs(shape: Shape, dtype: str, seed: int) -> tuple[Kink, ...]:
    """Draw x (N, C, *spatial) with ties: two values at random, the first plane all tied; then with minus infinity.

    All values are negative, so that padding that counts as 0 would win; for some seeds the larger one is a zero of
    either sign, which are equal. Infinite data have no derivative: what is lost there is a hazard; what arrives at a
    cell that its windows do not hold is wrong all the same.
    """
    rng = np.random.default_rng([seed, 13])
    x = rng.integers(-2, 0, shape).astype(carrier(dtype))
    x[:1, :1] = -1
    lost = np.where(rng.integers(0, 2, shape) == 0, -np.inf, x).astype(x.dtype)
    lost[:1, :1] = -np.inf
    tied = Kink({"x": x}, "tied cells") if seed % OF_ZEROS else _zeros_of_both_signs(x, rng)
    return tied, Kink({"x": lost}, "tied cells, minus infinity among them", "hazard")


def _zeros_of_both_signs(x: Array, rng: np.random.Generator) -> Kink:
    """0 and -0, which are equal, in place of the larger of the two values."""
    zeros = np.copysign(0.0, rng.integers(0, 2, x.shape) - 0.5)
    return Kink({"x": np.where(x == -1, zeros, x).astype(x.dtype)}, "tied cells, zeros of both signs")


def tied_subgradients(x: Array, config: Config, dy: Array) -> Subgradients:
    """The hull of the valid gradients, window by window, and the conventions first, last and split.

    A window that one cell won sends it all of dy. Among tied cells any shares in [0, 1] that add up to 1 are valid, so
    one of them gets at least min(dy, 0) and at most max(dy, 0).
    """
    flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    found, upstream = np.zeros((len(SHARES), *flat.shape)), dy.astype(np.float64)
    for window in textbook_windows.windows(x.shape[2:], **_keywords(config)):
        cells, up = flat[:, :, window.cells], upstream[spatial(window.position)][..., None]
        found[..., window.cells] += _shares(cells == cells.max(axis=2, keepdims=True), up)
    whole = {name: array.reshape(x.shape) for name, array in zip(SHARES, found, strict=True)}
    chosen = {name: whole[name] for name in ("first", "last", "split")}
    mistakes = {words: whole[name] for name, words in MISTAKES.items()}
    low, high, least, most = (whole[name] for name in ("low", "high", "least", "most"))
    return Subgradients(low, high, least, most, chosen, "first", mistakes=mistakes)


def _shares(tied: Array, up: Array) -> Array:
    """What one window (N, C, cells) that received ``up`` (N, C, 1) gives to each cell, in the order of ``SHARES``."""
    rank, count = np.cumsum(tied, axis=2), tied.sum(axis=2, keepdims=True)
    alone, least, most, whole = count == 1, np.minimum(up, 0), np.maximum(up, 0), tied * up
    hulls = [tied * each for each in (np.where(alone, up, least), np.where(alone, up, most), least, most)]
    return np.stack([*hulls, (rank == 1) * whole, (rank == count) * whole, whole / count, whole, alone * whole])


def _keywords(config: Config) -> Config:
    plain = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    return {name: config.get(name, plain.get(name)) for name in ("kernel_size", *plain)}
