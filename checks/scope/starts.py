"""Under which limits a layer takes a plain case: none; or one that layers have which take no usual case, or two."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from time import monotonic
from typing import Any

from checks.families.geometric import GeometricFamily
from checks.patience import SLOW, Patience
from checks.scope.built_sizes import own_sizes
from checks.scope.fitting import LARGEST
from checks.scope.limits import Limits
from checks.scope.objection import objection
from checks.scope.plain import Plain
from checks.subject import Subject

FORMATS = ("float64", "float32", "float16")

#: Counts of spatial axes, in the order in which they are tried.
AXES = (2, 1, 3)

#: Numbers of channels that layers take which are written for a block of them.
EIGHTS = range(8, LARGEST, 8)

#: The limits under which a plain case is tried, and what they leave out.
Start = tuple[str, dict[str, Any]]

#: What plain cases meet with, by their count of spatial axes; None where one is taken.
Objections = dict[int, str | None]


def starts(subject: Subject, plain: Plain, given: Mapping[str, Any], patience: Patience) -> Iterator[Start]:
    """Limits under which a plain case is tried, each with the setting that it leaves out.

    None, no bias, the formats taken where float64 is not, 8 channels, the sizes that an object was built with; then
    two of the first ones together, and all of them.
    """
    family = plain.family
    settings = [("a bias", {"bias": False})] if "bias" in family.arguments and "bias" not in given else []
    eights = ("channels that are no multiple of 8", {"channels": EIGHTS})
    formats = partial(_in_formats, family, given, partial(objections_of, subject, plain, patience))
    yield "", {}
    yield from settings
    yield from formats("", {})
    yield eights
    if own := own_sizes(subject):
        yield f"weights of another shape than {subject.built_with}, with which it was built", own
    both = [_together(eights, each) for each in settings]
    yield from both
    for start in (eights, *settings, *both):
        yield from formats(*start)


def _together(one: Start, other: Start) -> Start:
    return "; ".join(filter(None, (one[0], other[0]))), {**one[1], **other[1]}


def _in_formats(
    family: GeometricFamily, given: Mapping[str, Any], met: Callable[[Limits], Objections], said: str, inside: Any
) -> Iterator[Start]:
    """The formats in which it takes a plain case inside of limits; none where it takes none, or they are given."""
    if "dtype" in given:
        return
    limits = {dtype: Limits(family, {**inside, **given, "dtype": (dtype,)}) for dtype in FORMATS}
    objections = {dtype: met(limits[dtype]).values() for dtype in FORMATS}
    found = tuple(dtype for dtype in FORMATS if None in objections[dtype])
    if found:
        others = ", ".join(dtype for dtype in FORMATS if dtype not in found)
        yield _together((others, {"dtype": found}), (said, inside))


def objections_of(subject: Subject, plain: Plain, patience: Patience, limits: Limits) -> Objections:
    """What a plain case of each count of spatial axes meets with; of a slow subject up to the first that it takes."""
    found: Objections = {}
    for axes in AXES:
        start, ask = monotonic(), partial(objection, subject, limits, plain.case(axes))
        found[axes] = ask()
        patience.again = ask if found[axes] is None else patience.again
        if found[axes] is None and monotonic() - start > SLOW and patience.slow:
            break
    return found
