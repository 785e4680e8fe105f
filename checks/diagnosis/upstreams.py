"""A gradient that is right for another dy: its mean, its magnitude, another order of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import numpy as np

from checks.diagnosis.alike import several
from checks.diagnosis.jacobian import Terms
from checks.types import Array

SAID = "{of} is what it must be for {changed}"


def of_another_dy(terms: Terms, of: str) -> Iterator[str]:
    """A sentence about the first change of dy that explains every derived element, of a dy that is not all alike."""
    if several(terms.dy.reshape(-1)):
        yield from islice(
            (SAID.format(of=of, changed=words) for words, dy in _changed(terms.dy) if terms.hold_for(dy)), 1
        )


def _changed(dy: Array) -> Iterator[tuple[str, Array]]:
    """Dy as people get it wrong, in words."""
    yield "the magnitude of dy", np.abs(dy)
    yield "the sign of dy", np.sign(dy)
    yield "dy squared", dy * dy
    yield "the positive part of dy", np.maximum(dy, 0)
    yield "dy of ones", np.ones_like(dy)
    yield "the mean of dy in place of each entry", np.full_like(dy, dy.mean())
    yield "the sum of dy in place of each entry", np.full_like(dy, dy.sum())
    yield "dy without its mean", dy - dy.mean()
    for axis in range(dy.ndim):
        yield from ((f"{words} along its axis {axis}", changed) for words, changed in _along(dy, axis))
    if dy.ndim > 1 and dy.shape[-1] == dy.shape[-2]:
        yield "dy with its last two axes exchanged", dy.swapaxes(-1, -2)


def _along(dy: Array, axis: int) -> Iterator[tuple[str, Array]]:
    yield "dy reversed", np.flip(dy, axis)
    yield "dy rolled by 1", np.roll(dy, 1, axis)
    yield "dy rolled by -1", np.roll(dy, -1, axis)
    yield "the mean of dy", np.broadcast_to(dy.mean(axis, keepdims=True), dy.shape)
    yield "the sum of dy", np.broadcast_to(dy.sum(axis, keepdims=True), dy.shape)
    yield "the first entry of dy", np.broadcast_to(dy.take([0], axis), dy.shape)
    yield "the last entry of dy", np.broadcast_to(dy.take([-1], axis), dy.shape)
    yield "dy without its mean", dy - dy.mean(axis, keepdims=True)
    yield "running sums of dy", np.cumsum(dy, axis)
