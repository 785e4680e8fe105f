"""Diagnoses of layers whose result is changed in one way, on a few small cases."""

from __future__ import annotations

from collections.abc import Callable

from checks.case import Case, parse
from checks.diagnosis import Diagnosis, diagnose
from checks.families import family
from checks.subject import Subject
from checks.types import Array
from checks.witness import Trial

CONV = parse(
    "conv(x=(2,4,7,6), weight=(6,2,3,2), bias=(6,), dy=(2,6,3,5); stride=(2,1), padding=0, dilation=1, groups=2; "
    'dtype="float64", data="integers", span=9, unit=1, seed=5)'
)
GAPS = parse(
    "conv(x=(1,1,6,5), weight=(1,1,2,3), dy=(1,1,2,3); stride=(3,1), padding=0, dilation=1, groups=1; "
    'dtype="float64", data="integers", span=9, unit=1, seed=1)'
)
RELU = parse('relu(x=(2,1,5), dy=(2,1,5); at_zero=0.0; dtype="float64", data="distinct", span=9, unit=1, seed=2)')
LOSERS = parse(
    "max_pool(x=(1,1,4,5), dy=(1,1,2,2); kernel_size=2, stride=2, padding=0, ceil_mode=False, dilation=1; "
    'dtype="float64", data="distinct", span=9, unit=1, seed=2)'
)
POOL = parse(
    "avg_pool(x=(3,2,6,6), dy=(3,2,5,3); kernel_size=2, stride=(1,2), padding=0; "
    'dtype="float64", data="integers", span=9, unit=4, seed=2)'
)


def changed(case: Case, of: str, change: Callable[[Array], Array]) -> Diagnosis:
    """The diagnosis of a right layer, one of whose gradients is changed."""
    reference = family(case.family).reference

    def backward(dy: Array, saved: object) -> dict[str, Array]:
        gradients = dict(reference.backward(dy, saved))
        return {**gradients, of: change(gradients[of].copy())}

    return diagnose(Trial(Subject("changed", reference.forward, backward), family(case.family), case), of)


def put(value: float, *place: slice | int | list[int]) -> Callable[[Array], Array]:
    """Add a number at a place."""

    def change(a: Array) -> Array:
        a[place] += value
        return a

    return change


Planted = tuple[str, Callable[[Array], Array], str]
