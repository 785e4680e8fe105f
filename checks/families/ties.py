"""Max pooling where cells are tied: how the upstream value of a window may be split among those that won."""

from __future__ import annotations

from math import prod

import numpy as np

from checks.kink import Kink, Subgradients
from checks.types import Array, Config, Shape, carrier
from reference_impl import textbook_windows

#: What layers do with ties that no choice of subgradients does, and what they should do.
MISTAKES = {
    "all": "every tied cell got the whole of dy (a mask x == y); one of them must get it, or all together",
    "none": "no tied cell got anything; together they must get all of dy",
}


def tied_inputs(shape: Shape, dtype: str, seed: int) -> tuple[Kink, ...]:
    """Draw x (N, C, *spatial) with ties: two values at random, the first plane all tied; then with minus infinity.

    All values are negative, so that padding that counts as 0 would win. Infinite data have no derivative: what is
    lost there is a hazard; what arrives at a cell that its windows do not hold is wrong all the same.
    """
    rng = np.random.default_rng([seed, 13])
    x = rng.integers(-2, 0, shape).astype(carrier(dtype))
    x[:1, :1] = -1
    lost = np.where(rng.integers(0, 2, shape) == 0, -np.inf, x).astype(x.dtype)
    lost[:1, :1] = -np.inf
    return Kink({"x": x}, "tied cells"), Kink({"x": lost}, "tied cells, minus infinity among them", "hazard")


def tied_subgradients(x: Array, config: Config, dy: Array) -> Subgradients:
    """The hull of the valid gradients, window by window, and the conventions first, last and split.

    A window that one cell won sends it all of dy. Among tied cells any shares in [0, 1] that add up to 1 are valid, so
    one of them gets at least min(dy, 0) and at most max(dy, 0).
    """
    flat = x.reshape(*x.shape[:2], prod(x.shape[2:]))
    conventions = ("first", "last", "split")
    found = {name: np.zeros(flat.shape) for name in ("low", "high", "least", "most", *conventions, *MISTAKES)}
    for window in textbook_windows.windows(x.shape[2:], **_keywords(config)):
        cells, up = flat[:, :, window.cells], _upstream(dy, window.position)
        for name, share in _shares(cells == cells.max(axis=2, keepdims=True), up).items():
            found[name][:, :, window.cells] += share
    whole = {name: array.reshape(x.shape) for name, array in found.items()}
    chosen = {name: whole[name] for name in conventions}
    mistakes = {words: whole[name] for name, words in MISTAKES.items()}
    low, high, least, most = (whole[name] for name in ("low", "high", "least", "most"))
    return Subgradients(low, high, least, most, chosen, "first", mistakes=mistakes)


def _upstream(dy: Array, position: Shape) -> Array:
    """What one window received, (N, C, 1)."""
    flat = dy.reshape(*dy.shape[:2], prod(dy.shape[2:])).astype(np.float64)
    return np.asarray(flat[:, :, np.ravel_multi_index(position, dy.shape[2:])][..., None])


def _shares(tied: Array, up: Array) -> dict[str, Array]:
    """What one window (N, C, cells) gives to each cell: at least, at most, by each convention and each mistake."""
    rank, count = np.cumsum(tied, axis=2), tied.sum(axis=2, keepdims=True)
    alone = count == 1
    return {
        "low": tied * np.where(alone, up, np.minimum(up, 0)),
        "high": tied * np.where(alone, up, np.maximum(up, 0)),
        "least": tied * np.minimum(up, 0),
        "most": tied * np.maximum(up, 0),
        "first": tied * (rank == 1) * up,
        "last": tied * (rank == count) * up,
        "split": tied * up / count,
        "all": tied * up,
        "none": tied * alone * up,
    }


def _keywords(config: Config) -> Config:
    plain = {"stride": None, "padding": 0, "dilation": 1, "ceil_mode": False}
    return {name: config.get(name, plain.get(name)) for name in ("kernel_size", *plain)}
