"""How many of something a layer has, as settings: several, one, more than a block holds, past a multiple of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from checks.strategies.geometry import Axis, Geometry

#: Blocks in which vectorized code works, the largest first.
BLOCKS = (64, 32, 16, 8)

#: In words, whether a geometry has it, and the nearest that has not.
Of: TypeAlias = tuple[str, Callable[[Geometry], bool], Callable[[Geometry], Geometry]]


def counts() -> Iterator[Of]:
    """Every setting of a count: of groups, channels and samples, of windows and cells along an axis."""
    yield from _GROUPS
    yield from _CHANNELS
    for (one, several), of, to in _COUNTED:
        yield _counted(f"several {several}", of, to, lambda many: many > 1, lambda _: 1)
        yield _counted(f"one {one}", of, to, lambda many: many == 1, lambda _: 2)
        for block in BLOCKS:
            yield _counted(f"more than {block} {several}", of, to, _above(block), _down(block))
            yield _counted(f"{several} past a multiple of {block}", of, to, _past(block), _up(block))
    for (things, along, longer), block in product(_ALONG, BLOCKS):
        yield _along(f"more than {block} {things} along an axis", along, longer, _above(block), _down(block))
        yield _along(f"{things} past a multiple of {block} along an axis", along, longer, _past(block), _up(block))


def _counted(
    words: str,
    of: Callable[[Geometry], int],
    to: Callable[[Geometry, int], Geometry],
    has: Callable[[int], bool],
    without: Callable[[int], int],
) -> Of:
    return words, lambda geometry: has(of(geometry)), lambda geometry: to(geometry, without(of(geometry)))


def _along(
    words: str,
    of: Callable[[Axis], int],
    to: Callable[[Axis, int], Axis],
    has: Callable[[int], bool],
    without: Callable[[int], int],
) -> Of:
    """That of any axis, changed along all that have it."""

    def plainer(geometry: Geometry) -> Geometry:
        axes = (to(axis, without(of(axis))) if has(of(axis)) else axis for axis in geometry.axes)
        return replace(geometry, axes=tuple(axes))

    return words, lambda geometry: any(has(of(axis)) for axis in geometry.axes), plainer


def _above(block: int) -> Callable[[int], bool]:
    return lambda many: many > block


def _down(block: int) -> Callable[[int], int]:
    return lambda _: block


def _past(block: int) -> Callable[[int], bool]:
    return lambda many: many > block and many % block != 0


def _up(block: int) -> Callable[[int], int]:
    return lambda many: many + -many % block


def _of_x(geometry: Geometry) -> int:
    return geometry.groups * geometry.inputs


def _of_y(geometry: Geometry) -> int:
    return geometry.groups * geometry.outputs


def _ungrouped(geometry: Geometry) -> Geometry:
    """The same channels in one group."""
    return replace(geometry, groups=1, inputs=_of_x(geometry), outputs=_of_y(geometry))


def _with_x(geometry: Geometry, many: int) -> Geometry:
    """So many channels of x, in as many groups where these can share them."""
    shared = geometry if many % geometry.groups == 0 else _ungrouped(geometry)
    return replace(shared, inputs=many // shared.groups)


def _with_y(geometry: Geometry, many: int) -> Geometry:
    shared = geometry if many % geometry.groups == 0 else _ungrouped(geometry)
    return replace(shared, outputs=many // shared.groups)


def _as_many(geometry: Geometry) -> Geometry:
    most = max(geometry.inputs, geometry.outputs)
    return replace(geometry, inputs=most, outputs=most)


_GROUPS: tuple[Of, ...] = (
    ("several groups", lambda g: g.groups > 1, _ungrouped),
    ("groups of one channel of x", lambda g: g.groups > 1 and g.inputs == 1, lambda g: replace(g, inputs=2)),
    ("one group", lambda g: g.groups == 1, lambda g: replace(g, groups=2)),
)

_CHANNELS: tuple[Of, ...] = (
    ("more channels of y than of x", lambda g: g.outputs > g.inputs, _as_many),
    ("fewer channels of y than of x", lambda g: g.outputs < g.inputs, _as_many),
    ("another number of channels of y than of x", lambda g: g.outputs != g.inputs, _as_many),
    ("as many channels of y as of x", lambda g: g.outputs == g.inputs, lambda g: replace(g, outputs=g.inputs + 1)),
)

#: What is counted, how many of it there are, and the same geometry with so many.
_COUNTED: tuple[tuple[tuple[str, str], Callable[[Geometry], int], Callable[[Geometry, int], Geometry]], ...] = (
    (("channel of x", "channels of x"), _of_x, _with_x),
    (("channel of y", "channels of y"), _of_y, _with_y),
    (("sample", "samples"), lambda g: g.batch, lambda g, many: replace(g, batch=many)),
)

#: The same of an axis.
_ALONG: tuple[tuple[str, Callable[[Axis], int], Callable[[Axis, int], Axis]], ...] = (
    ("windows", lambda a: a.output, lambda a, many: replace(a, size=a.size + (many - a.output) * a.stride)),
    ("cells of x", lambda a: a.size, lambda a, many: replace(a, size=many)),
)
