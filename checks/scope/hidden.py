"""Settings that a layer has inside of it and does not take: told from the shapes of y on plain cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

import numpy as np

from checks.case import Case
from checks.errors import CaseError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject

#: Sizes of the plain cases, and of their windows where a layer does not fix those: they tell all numbers below apart.
SIZES = ((7, 3), (8, 2), (18, 3), (31, 2))

#: Numbers that are tried for each setting, the usual ones first.
TRIED: Mapping[str, tuple[int, ...]] = {"padding": (0, 1, 2, 3, 4), "stride": (1, 2, 3, 4), "dilation": (1, 2, 3)}

#: One axis of a case and how many entries y has along it.
Seen = tuple[Axis, int]


def hidden(subject: Subject, limits: Limits) -> dict[str, int]:
    """Settings that explain the shapes of y, as limits; none where nothing is to be explained, or none explain it."""
    words, family = limits.given.get("words"), limits.family
    if words is None or not isinstance(family, GeometricFamily):
        return {}
    missing = [word for word in TRIED if word in family.words and word not in words]
    seen = _seen(subject, limits, family) if missing else []
    if not seen or all(axis.output == size for axis, size in seen):
        return {}
    found = next((values for values in _tried(missing, limits.given) if all(_fits(*each, values) for each in seen)), {})
    return {word: value for word, value in found.items() if value != _plain(word, family)}


def in_words(found: Mapping[str, int]) -> list[str]:
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
        found += zip(family.geometry(case).axes, y.shape[2:], strict=True)
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


def _tried(missing: list[str], given: Mapping[str, Any]) -> Iterator[dict[str, int]]:
    """Numbers of what is not taken, and is not said to be anything, those that change the fewest first."""
    free = [word for word in missing if word not in given]
    every = [dict(zip(free, values, strict=True)) for values in product(*(TRIED[word] for word in free))]
    yield from sorted(every, key=lambda values: sum(value != TRIED[word][0] for word, value in values.items()))


def _fits(axis: Axis, size: int, values: Mapping[str, int]) -> bool:
    padding = values.get("padding")
    around = axis.before + axis.after if padding is None else 2 * padding
    extent = values.get("dilation", axis.dilation) * (axis.kernel - 1) + 1
    return (axis.size + around - extent) // values.get("stride", axis.stride) + 1 == size


def _plain(word: str, family: Family) -> int | None:
    """What a setting is where nothing is said of it; of a pooling its stride is its window."""
    return None if word == "stride" and "kernel_size" in family.words else TRIED[word][0]
