"""Layers that are wrong under a known condition: what is told that a wrong case has is that, no more and no less."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from itertools import islice
from typing import Any, TypeAlias

import pytest

from checks import examine, story
from checks.case import Case
from checks.families import family
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Subject
from checks.types import Array, Arrays, Config

pytestmark = [pytest.mark.usefixtures("plainest"), pytest.mark.long]

Holds: TypeAlias = Callable[[Geometry], bool]

#: Cases of a sweep that are judged.
CASES = 80


def some(*conditions: Callable[[Axis], bool]) -> Holds:
    """That some axis has each of these, not the same one for all."""
    return lambda geometry: all(any(map(holds, geometry.axes)) for holds in conditions)


def both(*conditions: Holds) -> Holds:
    """All of these."""
    return lambda geometry: all(holds(geometry) for holds in conditions)


def strided(axis: Axis) -> bool:
    """A stride other than 1."""
    return axis.stride > 1


def dilated(axis: Axis) -> bool:
    """A dilation other than 1."""
    return axis.dilation > 1


def padded(axis: Axis) -> bool:
    """Padding at either end."""
    return axis.before + axis.after > 0


def grouped(geometry: Geometry) -> bool:
    """Several groups."""
    return geometry.groups > 1


def mode(name: str, value: Any) -> Holds:
    """A mode of a pooling layer."""
    return lambda geometry: geometry.modes[name] == value


def past(many: int, block: int) -> bool:
    """A tail behind whole blocks."""
    return many > block and many % block != 0


def channels(geometry: Geometry) -> tuple[int, int]:
    """Those of x and of y."""
    return geometry.groups * geometry.inputs, geometry.groups * geometry.outputs


PLANTED: list[tuple[str, Holds, str]] = [
    ("conv", some(strided), "stride above 1"),
    ("conv", some(lambda axis: axis.stride > 2), "stride above 2"),
    ("conv", some(strided, dilated), "dilation above 1 and stride above 1"),
    ("conv", some(strided, dilated, padded), "dilation above 1 and padding and stride above 1"),
    ("conv", some(lambda axis: axis.before != axis.after, strided), "more padding on one side and stride above 1"),
    ("conv", some(lambda axis: axis.remainder > 0), "a remainder that no window reaches"),
    ("conv", some(lambda axis: axis.kernel % 2 == 0), "an even kernel"),
    ("conv", lambda geometry: len({axis.size for axis in geometry.axes}) > 1, "unequal lengths of x"),
    ("conv", lambda geometry: len(geometry.axes) == 3, "three axes"),
    ("conv", both(lambda geometry: len(geometry.axes) == 3, some(strided)), "three axes and stride above 1"),
    ("conv", grouped, "several groups"),
    ("conv", both(grouped, some(strided, padded)), "several groups and padding and stride above 1"),
    (
        "conv",
        both(grouped, lambda geometry: geometry.batch > 1, some(strided)),
        "several groups and several samples and stride above 1",
    ),
    ("conv", lambda geometry: geometry.groups == 1 < geometry.inputs, "one group and several channels of x"),
    ("conv", lambda geometry: geometry.groups > 1 == geometry.inputs, "groups of one channel of x"),
    ("conv", lambda geometry: channels(geometry)[0] > 1, "several channels of x"),
    ("conv", lambda geometry: channels(geometry)[0] == 1, "one channel of x"),
    ("conv", lambda geometry: channels(geometry)[1] > 1, "several channels of y"),
    ("conv", lambda geometry: geometry.inputs != geometry.outputs, "another number of channels of y than of x"),
    ("conv", lambda geometry: geometry.inputs < geometry.outputs, "more channels of y than of x"),
    ("conv", lambda geometry: geometry.batch > 1, "several samples"),
    ("conv", lambda geometry: channels(geometry)[0] > 8, "more than 8 channels of x"),
    ("conv", lambda geometry: past(channels(geometry)[0], 8), "channels of x past a multiple of 8"),
    ("conv", some(lambda axis: past(axis.output, 8)), "windows past a multiple of 8 along an axis"),
    ("conv", some(lambda axis: past(axis.output, 16)), "windows past a multiple of 16 along an axis"),
    ("conv", lambda geometry: not geometry.modes["bias"], "bias=False"),
    ("avg_pool", lambda geometry: geometry.inputs > 1, "several channels of x"),
    ("avg_pool", some(lambda axis: axis.output > 1 and axis.stride > axis.extent), "gaps between windows"),
    (
        "avg_pool",
        both(mode("ceil_mode", True), mode("count_include_pad", False), some(padded)),
        "ceil_mode=True and count_include_pad=False and padding",
    ),
    ("max_pool", both(mode("ceil_mode", True), some(dilated)), "ceil_mode=True and dilation above 1"),
]


def planted(name: str, holds: Holds) -> Subject:
    """The reference with two numbers of dx off where a condition holds, by which no known mistake gives them."""
    sheet: Any = family(name)

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = sheet.reference.forward(arrays, config)
        shapes = {**{key: value.shape for key, value in arrays.items()}, "dy": y.shape}
        return y, (
            saved,
            bool(y.size) and holds(sheet.geometry(Case(name, shapes, config, str(y.dtype), "integers", 0))),
        )

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        found = dict(sheet.reference.backward(dy, saved[0]))
        if saved[1]:
            found["dx"] = found["dx"].copy()
            found["dx"].flat[[0, -1]] += (7, -3)
        return found

    return Subject("planted", forward, backward)


@pytest.mark.parametrize(("name", "holds", "words"), PLANTED, ids=[f"{name}, {words}" for name, _, words in PLANTED])
def test_what_is_told_of_a_wrong_case_is_the_condition_that_was_planted(name: str, holds: Holds, words: str) -> None:
    """Of one, two or three settings, or of a count."""
    cases = list(islice(family(name).sweep(0, CASES), CASES))
    said = story(examine(planted(name, holds), name, cases=cases, laws=["reference"]))
    found = re.findall(r"every wrong case has (.*?)(?:, and \d+ of \d+ right ones)?; without (?:it|any)", said)
    assert found == [words], said
