"""Layers of one sample, one channel of x or of y, or one window: a path for one of these forgets something there."""

from __future__ import annotations

from collections.abc import Iterator

from checks.strategies.geometry import Axis, Geometry

#: Samples, channels of x and of y, and cells along each axis where there are more of them than one.
SEVERAL = (2, 3, 4)
SIZES = (3, 4, 2)


def single(axes: int) -> Iterator[Geometry]:
    """A pointwise convolution in each choice of these numbers to be one, then one whose only window is the whole x.

    Each differs from the one before it in one number, so that formats by turns meet each choice of any three.
    """
    for choice in _one_by_one(4):
        *ones, whole = choice
        yield _layer(ones, [Axis(1 if whole else size) for size in SIZES[:axes]])
    for choice in _one_by_one(3):
        yield _layer(choice, [Axis(size, size) for size in SIZES[:axes]])


def _one_by_one(count: int) -> Iterator[list[bool]]:
    """Every choice among so many: Gray's code."""
    for place in range(2**count):
        code = place ^ place // 2
        yield [bool(code >> bit & 1) for bit in range(count)]


def _layer(ones: list[bool], along: list[Axis]) -> Geometry:
    batch, inputs, outputs = (1 if one else number for number, one in zip(SEVERAL, ones, strict=True))
    return Geometry(batch, 1, inputs, outputs, tuple(along))
