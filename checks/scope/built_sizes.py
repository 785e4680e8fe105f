"""The sizes that an object was built with, and whether it works with these alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from checks.adapters.built_window import CHANNELS, MOST_AXES
from checks.families.geometric import GeometricFamily
from checks.scope.learned import Learned
from checks.scope.limits import Limits
from checks.scope.objection import breakage
from checks.scope.plain import full, plain_case, plain_geometry
from checks.strategies.geometry import Geometry
from checks.subject import Subject

#: Numbers of axes that a window may have.
WINDOWED = range(1, MOST_AXES + 1)

#: Lengths of another window and numbers of other channels: the first that is none of the object's own.
OTHERS = (2, 3, 4, 5)


def own_sizes(subject: Subject) -> dict[str, Any]:
    """The sizes of the very weight that an object was built with; none where that is no weight of windows."""
    if len(subject.built_with) - CHANNELS not in WINDOWED:
        return {}
    out_channels, in_channels, *window = subject.built_with
    sizes = {"in_channels": in_channels, "out_channels": out_channels, "kernel_size": [tuple(window)]}
    return {**sizes, "axes": len(window)}


def held(subject: Subject, limits: Limits, axes: int) -> Learned:
    """The sizes of its own without which an object raises, forward or back, and what it raises without them.

    None where it raises with all of them, too. What is asked has as many channels going in as out, and a square window:
    a mistake that takes one for the other does not raise there, and is left to be found.
    """
    own, family = own_sizes(subject), limits.family
    if not own or own["axes"] != axes or not isinstance(family, GeometricFamily):
        return Learned()
    found, raised = dict[str, Any](), dict[str, str]()
    for names, geometry in _others(own, axes):
        beside = {name: size for name, size in own.items() if name not in names}
        asked = Limits(family, {**beside, **limits.given})
        case = family.case(full(family, geometry), "float64", family.kinds[0], 0)
        if not limits.given.keys() & {*names} and (why := breakage(subject, asked, case)):
            found |= {name: own[name] for name in names}
            raised[f"{' and '.join(names)} of other weights than one of shape {subject.built_with}"] = why
    whole = Limits(family, {**own, **limits.given})
    return Learned() if found and breakage(subject, whole, plain_case(family, axes)) else Learned(found, raised)


def _others(own: Mapping[str, Any], axes: int) -> Iterator[tuple[tuple[str, ...], Geometry]]:
    """The sizes that may be its own, and a plain case in which they are others."""
    plain, (window,) = plain_geometry(axes), own["kernel_size"]
    side = next(length for length in OTHERS if length not in window)
    yield ("kernel_size",), replace(plain, axes=tuple(replace(axis, kernel=side) for axis in plain.axes))
    number = next(number for number in OTHERS if number not in {own["in_channels"], own["out_channels"]})
    yield ("in_channels", "out_channels"), replace(plain, inputs=number, outputs=number)
