"""Whether a layer of a family that was written by hand is handed arrays or a framework's tensors, found by trying."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from copy import deepcopy
from typing import Any

from checks.adapters import adapt
from checks.adapters.tensor_pair import Handed, ways
from checks.case import Case
from checks.errors import LostDeviceError, SubjectError
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.scope.limits import Limits
from checks.scope.plain import plain_case
from checks.scope.starts import AXES
from checks.subject import Subject


def handed(
    obj: Any, family: Family, given: Mapping[str, Any], watched: Callable[[Subject], Subject], device: str = "cpu"
) -> Handed:
    """The layer as it answers a plain case of the family; as it is where it never does.

    ``given`` holds limits of its cases; ``watched`` is put around what is called; ``device`` is where it computes.
    Raises UsageError where its signature is not understood.
    """
    tried = ways(obj, device)
    found = (way for way in tried if _answers(watched(adapt(deepcopy(way.layer), family.arguments)), family, given))
    return next(found, tried[0]) if len(tried) > 1 else tried[0]


def _answers(subject: Subject, family: Family, given: Mapping[str, Any]) -> bool:
    limits = Limits(family, {**of_family(subject.limits, family), **given})
    for case in filter(limits.takes, map(limits.inside, _plain(family))):
        with suppress(SubjectError, LostDeviceError):
            subject.run_forward({name: value.copy() for name, value in case.inputs.items()}, case.config)
            return True
    return False


def of_family(limits: Mapping[str, Any], family: Family) -> dict[str, Any]:
    """The limits of a layer that say anything of a family: nothing of a bias where that has none."""
    return {name: limit for name, limit in limits.items() if name != "bias" or "bias" in family.arguments}


def _plain(family: Family) -> Iterator[Case]:
    if isinstance(family, GeometricFamily):
        yield from (plain_case(family, axes) for axes in AXES)
