"""What a subject takes beyond its signature, found by trying: conventions on which right layers differ.

Whether a setting may differ between axes, whether padding may differ before and after or be a word, one to three
spatial axes, the format, an empty batch, no bias: a forward that raises on the plainest case of such a kind is taken to
say "not me". So is a backward, where a forward takes what it hands on without a look: a pair for a number, a word, no
samples. Where that forward is right, though, a backward that stumbles over its own arrays has not understood the case
and says nothing: that is a finding, as is everything else that a layer raises on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any

import numpy as np

from checks.case import Case
from checks.errors import CaseError, SubjectError, SubjectShapeError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.refusals import stumbles
from checks.scope.fitting import LARGEST
from checks.scope.limits import Limits
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Pull, Subject
from checks.witness import Trial

#: Keywords that may be one number for all axes, and the number of an axis behind each.
PER_AXIS = {"kernel_size": "kernel", "stride": "stride", "padding": "before", "dilation": "dilation"}

FORMATS = ("float64", "float32", "float16")

#: Numbers of channels that layers take which are written for a block of them.
EIGHTS = range(8, LARGEST, 8)


@dataclass(frozen=True)
class Remembering(Subject):
    """A subject whose answers are kept: nobody else sees the first calls that a layer gets."""

    answers: list[tuple[Case, Pull]] = field(default_factory=list)

    @classmethod
    def of(cls, subject: Subject) -> Remembering:
        """The same subject."""
        return cls(**{each.name: getattr(subject, each.name) for each in fields(Subject)})

    def vjp(self, case: Case) -> Pull:
        """Forward and backward of one case, kept."""
        found = super().vjp(case)
        self.answers.append((case, found))
        return found


Change = Callable[[Geometry], Geometry]


def probed(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:
    """Limits that a subject shows by raising on plain cases, beside those that are ``given``.

    Where it takes no plain case, one in another format or with 8 channels is tried; nothing where it takes none of
    them: then its errors are findings.
    """
    if not isinstance(family, GeometricFamily):
        return {}
    for found in _starts(subject, family, given):
        if taken := _taken(subject, Limits(family, {**found, **given}), family):
            _first_backward(subject, Limits(family, {**found, **given}).inside(_case(family, taken[0])))
            count = {"axes": tuple(sorted(taken))} if len(taken) < 3 and "axes" not in given else {}  # noqa: PLR2004
            start = {**found, **count}
            return start | _refused(subject, Limits(family, {**start, **given}), family, taken[0])
    return {}


def _first_backward(subject: Subject, case: Case) -> None:
    """Let a layer that is another at its first call be so on a case that shows it."""
    with suppress(SubjectError), np.errstate(all="ignore"):
        subject.vjp(case)


def unprobed(subject: Subject, family: Family, given: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 - as above
    """No limits: nothing is tried."""
    return {}


def _starts(subject: Subject, family: GeometricFamily, given: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Limits under which a plain case is tried: none, no bias, the formats taken where float64 is not, 8 channels."""
    yield {}
    if "bias" in family.arguments and "bias" not in given:
        yield {"bias": False}
    each = [{**given, "dtype": (dtype,)} for dtype in FORMATS if "dtype" not in given]
    if formats := tuple(limit["dtype"][0] for limit in each if _taken(subject, Limits(family, limit), family)):
        yield {"dtype": formats}
    yield {"channels": EIGHTS}


def _taken(subject: Subject, limits: Limits, family: GeometricFamily) -> list[int]:
    """Counts of spatial axes of which a plain case is taken."""
    return [axes for axes in (2, 1, 3) if _runs(subject, limits, _case(family, axes))]


def _refused(subject: Subject, limits: Limits, family: GeometricFamily, axes: int) -> dict[str, Any]:
    found: dict[str, Any] = {}
    square: set[str] = set()
    for limit, case in _features(family, axes):
        runs = _runs if "bias" in limit else _runs_back
        if not set(limit) & set(limits.given) and not runs(subject, limits, case):
            square |= set(limit.get("square", ()))
            found |= limit
    dtypes = tuple(t for t in FORMATS if _runs(subject, limits, _case(family, axes, t)))
    if len(dtypes) < len(FORMATS) and "dtype" not in limits.given:
        found["dtype"] = dtypes
    return found | ({"square": frozenset(square)} if square else {})


def _features(family: GeometricFamily, axes: int) -> Iterator[tuple[dict[str, Any], Case]]:
    """A limit, and the plain case that shows whether it is needed."""
    plain = _geometry(axes)
    words = family.config(plain)
    changes: list[tuple[dict[str, Any], Geometry]] = [({"batch": range(1, LARGEST)}, replace(plain, batch=0))]
    if axes > 1:
        own = [*words, *(["kernel_size"] if "weight" in family.arguments else [])]
        changes += [({"square": {word}}, _first_axis(plain, name)) for word, name in PER_AXIS.items() if word in own]
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
    if not limits.takes(inside):
        return False
    try:
        with np.errstate(all="ignore"):
            subject.apply(inside.inputs, inside.config)
            if not inside.shapes["x"][0]:
                subject.vjp(inside)
    except SubjectError:
        return False
    return True


def _runs_back(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether forward and backward answer."""
    inside = limits.inside(case)
    if not limits.takes(inside):
        return False
    try:
        with np.errstate(all="ignore"):
            subject.vjp(inside)
    except SubjectShapeError:
        return True  # an answer in a wrong shape turns no case down: it is a finding
    except SubjectError as error:
        stumbling = bool(inside.shapes["x"][0]) and stumbles(error.__cause__)
        return stumbling and _runs(subject, limits, case) and _right_ahead(subject, limits, inside)
    return True


def _right_ahead(subject: Subject, limits: Limits, case: Case) -> bool:
    """Whether y is what the family's reference gives, within rounding."""
    trial = Trial(subject, limits.family, case)
    with np.errstate(all="ignore"):
        y, bound = subject.apply(case.inputs, case.config), 2 * trial.forward_error(case.inputs)
    want = limits.family.reference.apply(trial.wide_inputs, case.config)
    return y.shape == want.shape and bool(np.all(np.abs(y - want) <= bound))


def _case(family: GeometricFamily, axes: int, dtype: str = "float64") -> Case:
    return family.case(_full(family, _geometry(axes)), dtype, family.kinds[0], 0)


def _geometry(axes: int) -> Geometry:
    """Windows of two and of three both divide the plane, for layers that leave no rows over."""
    return Geometry(2, 1, 2, 2, (Axis(6, 3),) * axes)


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
