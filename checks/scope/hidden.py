"""Settings that a layer has inside of it and does not take: told from y on plain cases, from its shapes first.

Where several explain the shapes, those count that make the most cases right, and of these the plainest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

import numpy as np

from checks.case import Case
from checks.errors import CaseError, SubjectError, UsageError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject
from checks.types import Array

#: Sizes of the plain cases, and of their windows where a layer does not fix those: they tell all numbers below apart.
SIZES = ((7, 3), (8, 2), (18, 3), (31, 2))

#: The stride of a pooling that is told none: its window.
WINDOW = "kernel"

#: What is tried for each setting, the usual first.
TRIED: Mapping[str, tuple[Any, ...]] = {
    "padding": (0, 1, 2, 3, 4),
    "stride": (1, 2, 3, 4),
    "dilation": (1, 2, 3),
    "ceil_mode": (False, True),
}

#: How many settings that explain the shapes of y are compared by its values, and how near to those it must be.
COMPARED, NEAR = 12, 1e-5

#: A case, and what y was on it.
Seen = tuple[Case, Array]


def hidden(subject: Subject, limits: Limits) -> dict[str, Any]:
    """Settings that explain y, as limits; none where nothing is to be explained, or none explain its shapes."""
    words, family = limits.given.get("words"), limits.family
    if words is None or not isinstance(family, GeometricFamily):
        return {}
    missing = [word for word in TRIED if word in family.words and word not in words]
    seen = _seen(subject, limits, family) if missing else []
    if not seen or all(y.shape == case.shapes["dy"] for case, y in seen):
        return {}
    tried = _tried(missing, limits.given, family)
    fitting = list(islice((values for values in tried if _fits_all(family, seen, values)), COMPARED))
    found = max(fitting, key=lambda values: _right(family, seen, values), default={})  # of equals the first
    return {word: value for word, value in found.items() if value != _plain(word, family)}


def in_words(found: Mapping[str, Any]) -> list[str]:
    """A sentence about what is taken to be so; none where nothing is."""
    named = ", ".join(f"{word}={value}" for word, value in found.items())
    said = f"the shapes of y are those of {named}, which the layer does not take: it is taken to be fixed inside"
    return [f"{said}, as supports={dict(found)} says"] if found else []


def _seen(subject: Subject, limits: Limits, family: GeometricFamily) -> list[Seen]:
    """What y was like on plain cases; nothing where the first one shows nothing hidden, or one of them no y."""
    found: list[Seen] = []
    for case in _cases(limits, family):
        try:
            with np.errstate(all="ignore"):
                y = subject.apply(case.inputs, case.config)
        except SubjectError:
            return []
        if y.ndim != len(case.shapes["dy"]) or y.shape[:2] != case.shapes["dy"][:2]:
            return []
        if y.shape == case.shapes["dy"] and not found:
            return []
        found.append((case, y))
    return found


def _cases(limits: Limits, family: GeometricFamily) -> Iterator[Case]:
    modes = {**family.plain_modes, **({"bias": True} if "bias" in family.arguments else {})}
    for size, kernel in SIZES:
        for axes in limits.axes[:1]:
            geometry = Geometry(2, 1, 2, 2, (Axis(size, kernel),) * axes, modes)
            try:
                yield limits.inside(family.case(geometry, "float64", family.kinds[0], 0))
            except CaseError:
                continue


def _tried(missing: list[str], given: Mapping[str, Any], family: Family) -> Iterator[dict[str, Any]]:
    """Numbers of what is not taken, and is not said to be anything, those that change the fewest first."""
    free = [word for word in missing if word not in given]
    each = (dict.fromkeys((_plain(word, family), *TRIED[word])) for word in free)
    every = [dict(zip(free, values, strict=True)) for values in product(*each)]
    yield from sorted(every, key=lambda values: sum(value != _plain(word, family) for word, value in values.items()))


def _fits_all(family: GeometricFamily, seen: Sequence[Seen], values: Mapping[str, Any]) -> bool:
    axes = (zip(family.geometry(case).axes, y.shape[2:], strict=True) for case, y in seen)
    return all(_fits(axis, size, values) for each in axes for axis, size in each)


def _fits(axis: Axis, size: int, values: Mapping[str, Any]) -> bool:
    padding, stride = values.get("padding"), values.get("stride", axis.stride)
    stride = axis.kernel if stride == WINDOW else stride
    around, before = (axis.before + axis.after, axis.before) if padding is None else (2 * padding, padding)
    extent = values.get("dilation", axis.dilation) * (axis.kernel - 1) + 1
    steps, rest = divmod(axis.size + around - extent, stride)
    begins = (steps + 1) * stride < axis.size + before  # one that ceil_mode adds
    return bool(steps + 1 + bool(values.get("ceil_mode") and rest and begins) == size)


def _right(family: GeometricFamily, seen: Sequence[Seen], values: Mapping[str, Any]) -> int:
    """On how many of these cases y is what the reference gives with these settings."""
    return sum(_agrees(family, case, y, values) for case, y in seen)


def _agrees(family: GeometricFamily, case: Case, y: Array, values: Mapping[str, Any]) -> bool:
    config = {**case.config, **values}
    if config.get("stride") == WINDOW:
        config["stride"] = config["kernel_size"]
    try:
        want = family.reference.apply(case.inputs, config)
    except (SubjectError, UsageError):  # a pooling whose padding is more than half its window
        return False
    return want.shape == y.shape and bool(np.all(np.abs(y - want) <= NEAR * np.max(np.abs(want), initial=0.0)))


def _plain(word: str, family: Family) -> Any:
    """What a setting is where nothing is said of it; of a pooling its stride is its window."""
    return WINDOW if word == "stride" and "kernel_size" in family.words else TRIED[word][0]
