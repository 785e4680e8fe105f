"""What a subject takes beyond its signature, found by trying: conventions on which right layers differ.

Whether a setting may differ between axes, whether padding may differ before and after, one to three spatial axes, half
precision, an empty batch, no bias: a forward that raises on the plainest case of such a kind is taken to say "not me",
and so is a backward that raises on an empty batch. Everything else that a layer raises on is a finding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.errors import CaseError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.fitting import LARGEST
from checks.scope.limits import Limits
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject

#: Keywords that may be one number for all axes, and the number of an axis behind each.
PER_AXIS = {"kernel_size": "kernel", "stride": "stride", "padding": "before", "dilation": "dilation"}

Change = Callable[[Geometry], Geometry]


def probed(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    """Limits that a subject shows by raising on plain cases, beside those that are ``given``.

    Nothing where it takes no plain case at all: then its errors are findings.
    """
    if not isinstance(family, GeometricFamily):
        return {}
    limits = Limits(family, given)
    taken = [axes for axes in (2, 1, 3) if _runs(subject, limits, _case(family, axes))]
    if not taken:
        return {}
    found: dict[str, Any] = {"axes": tuple(sorted(taken))} if len(taken) < 3 and "axes" not in given else {}  # noqa: PLR2004
    return found | _refused(subject, Limits(family, {**found, **given}), family, taken[0])


def _refused(subject: Subject, limits: Limits, family: GeometricFamily, axes: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    square: set[str] = set()
    for limit, case in _features(family, axes):
        if not set(limit) & set(limits.given) and not _runs(subject, limits, case):
            square |= set(limit.get("square", ()))
            found |= limit
    dtypes = tuple(t for t in ("float64", "float32", "float16") if _runs(subject, limits, _case(family, axes, t)))
    if len(dtypes) < 3 and "dtype" not in limits.given:  # noqa: PLR2004
        found["dtype"] = dtypes
    return found | ({"square": frozenset(square)} if square else {})


def _features(family: GeometricFamily, axes: int) -> Iterator[tuple[dict[str, Any], Case]]:
    """A limit, and the plain case that shows whether it is needed."""
    plain = _geometry(axes)
    words = family.config(plain)
    changes: list[tuple[dict[str, Any], Geometry]] = [({"batch": range(1, LARGEST)}, replace(plain, batch=0))]
    if axes > 1:
        changes += [({"square": {word}}, _first_axis(plain, name)) for word, name in PER_AXIS.items() if word in words]
    if "bias" in family.arguments:
        modes = {"bias": False, "padding": "numbers"}
        lopsided = replace(plain, axes=tuple(replace(axis, after=1) for axis in plain.axes))
        changes += [
            ({"bias": True}, replace(plain, modes=modes)),
            ({"asymmetric": False}, lopsided),
            ({"same": False}, replace(plain, modes={**modes, "padding": "same"})),
        ]
    for limit, geometry in changes:
        try:
            yield limit, family.case(_full(family, geometry), "float64", family.kinds[0], 0)
        except CaseError:
            continue


def _runs(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether the forward answers, on the case as the limits so far allow it; without samples the backward too."""
    inside = limits.inside(case)
    try:
        with np.errstate(all="ignore"):
            subject.apply(inside.inputs, inside.config)
            if not inside.shapes["x"][0]:
                subject.vjp(inside)
    except SubjectError:
        return False
    return limits.takes(inside)


def _case(family: GeometricFamily, axes: int, dtype: str = "float64") -> Case:
    return family.case(_full(family, _geometry(axes)), dtype, family.kinds[0], 0)


def _geometry(axes: int) -> Geometry:
    return Geometry(2, 1, 2, 2, (Axis(5, 3),) * axes)


def _full(family: GeometricFamily, geometry: Geometry) -> Geometry:
    """With the family's own modes at their plainest, a bias where there can be one."""
    modes = {**family.plain_modes, **({"bias": True} if "bias" in family.arguments else {}), **geometry.modes}
    return replace(geometry, modes=modes)


def _first_axis(geometry: Geometry, name: str) -> Geometry:
    """One number of the first axis made different from the others, at no cost to validity."""
    first = geometry.axes[0]
    changed = replace(first, **{name: {"kernel": 2, "before": 1}.get(name, 2)})
    both = replace(changed, after=changed.before)
    return replace(geometry, axes=(both, *geometry.axes[1:]))
