"""What a mistake takes is told where taking it away from the plainest case makes the gradient right."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from checks import examine, story
from checks.adapters.words import Fixed
from checks.case import Case
from checks.diagnosis import conditions
from checks.diagnosis.conditions import Apart, common
from checks.families import family
from checks.scope.limits import Limits, limited
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial

COUNTED = "all of them have something"


def wrong_where(name: str, holds: Callable[[Case], bool]) -> Subject:
    """The reference with dx doubled on some cases."""
    sheet = family(name)

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = sheet.reference.forward(arrays, config)
        shapes = {**{key: value.shape for key, value in arrays.items()}, "dy": y.shape}
        case = Case(name, shapes, config, str(y.dtype), "integers", 0)
        return y, (saved, 2 if holds(case) else 1)

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        gradients = dict(sheet.reference.backward(dy, saved[0]))
        return {**gradients, "dx": gradients["dx"] * saved[1]}

    return Subject("on some", forward, backward)


def told(name: str, holds: Callable[[Case], bool], plainest: Case) -> str:
    """What is said of the layer, of which that case is wrong."""
    trial = Trial(wrong_where(name, holds), family(name), plainest)
    return Apart(COUNTED, common(family(name), [plainest]), plainest).told(trial, "dx")


def pooled(size: int, kernel: int, stride: int, padding: int = 0, **modes: Any) -> Case:
    """An average pooling along one axis."""
    config: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": False}
    config |= {"count_include_pad": True, "divisor_override": None, **modes}
    return family("avg_pool").case_of({"x": (1, 1, size)}, config, "float64", "integers", 3)


PLAIN: Config = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1}


def convolved(**config: Any) -> Case:
    """A convolution of two axes."""
    config = {**PLAIN, **config}
    weight = (2, 2 // config["groups"], 2, 3)
    return family("conv").case_of({"x": (1, 2, 5, 7), "weight": weight, "bias": (2,)}, config, "float64", "integers", 3)


def axis(case: Case) -> Any:
    """The first axis of a case."""
    sheet: Any = family(case.family)
    return sheet.geometry(case).axes[0]


def squared(size: tuple[int, int], kernel: int, stride: int, padding: int = 0) -> Case:
    """An average pooling along two axes, with one number for both."""
    config: dict[str, Any] = {"kernel_size": kernel, "stride": stride, "padding": padding, "ceil_mode": False}
    config |= {"count_include_pad": True, "divisor_override": None}
    return family("avg_pool").case_of({"x": (1, 1, *size)}, config, "float64", "integers", 3)


def overlapping(case: Case) -> bool:
    """Whether windows overlap, of a layer that takes one stride for all axes and turns others down."""
    sheet: Any = family(case.family)
    axes = sheet.geometry(case).axes
    if len({axis.stride for axis in axes}) > 1:
        raise NotImplementedError("one stride")
    return any(axis.output > 1 and axis.stride < axis.kernel for axis in axes)


TAKES: list[tuple[str, Callable[[Case], bool], Case, str]] = [
    (
        "avg_pool",
        lambda case: case.config["count_include_pad"] is False and case.config["padding"] not in {0, (0,)},
        pooled(4, 2, 2, 1, count_include_pad=False),
        "every wrong case has count_include_pad=False and padding; without any one of them dx is right",
    ),
    (
        "avg_pool",
        lambda case: axis(case).remainder > 0,
        pooled(5, 2, 2),
        "every wrong case has a remainder that no window reaches",
    ),
    (
        "avg_pool",
        lambda case: axis(case).stride < axis(case).kernel,
        pooled(5, 3, 2),
        "every wrong case has overlapping windows",
    ),
    (
        "avg_pool",
        lambda case: case.shapes["x"][0] == 1,
        pooled(4, 2, 2),
        "every wrong case has one sample; without it dx",
    ),
    (
        "avg_pool",
        lambda case: case.dtype == "float64",
        pooled(4, 2, 2),
        "every wrong case has float64; without it dx is right",
    ),
    (
        "conv",
        lambda case: case.config["groups"] > 1 and "bias" in case.shapes and len({*map(str, strides(case))}) > 1,
        convolved(groups=2, stride=(2, 3)),
        "every wrong case has bias=True and several groups and unequal strides; without any one of them dx is right",
    ),
    (
        "conv",
        lambda case: case.shapes["x"][1] > 1,
        convolved(groups=2),
        "every wrong case has several channels of x; without it dx is right",
    ),
    (
        "conv",
        lambda case: case.config["groups"] > 1,
        convolved(groups=2),
        "every wrong case has several groups; without it dx is right",
    ),
    (
        "avg_pool",
        lambda case: case.shapes["x"][2] > 8 and case.shapes["x"][2] % 8 != 0,
        pooled(9, 1, 1),
        "every wrong case has cells of x past a multiple of 8 along an axis; without it dx is right",
    ),
]


def test_settings_of_different_axes_are_told_as_such() -> None:
    """A case that has padding, and none, has either on an axis of its own."""
    plainest = convolved(padding=(1, 0))
    words = told("conv", lambda case: len({axis.before for axis in axes(case)}) > 1, plainest)
    assert words.startswith("every wrong case has padding on one axis and none on another; without any one of them dx")
    assert told("conv", lambda case: axis(case).before > 0, plainest).startswith("every wrong case has padding; ")


def axes(case: Case) -> Any:
    """All axes of a case."""
    sheet: Any = family(case.family)
    return sheet.geometry(case).axes


def strides(case: Case) -> tuple[int, ...]:
    """That of each axis."""
    stride = case.config["stride"]
    return tuple(stride) if isinstance(stride, tuple) else (stride,)


@pytest.mark.parametrize(("name", "holds", "plainest", "words"), TAKES, ids=[row[3] for row in TAKES])
def test_what_a_mistake_takes_is_told(name: str, holds: Callable[[Case], bool], plainest: Case, words: str) -> None:
    """In place of what is counted; the same layer on the same case, always wrong, takes nothing."""
    assert told(name, holds, plainest).startswith(words)
    assert told(name, lambda _: True, plainest) == COUNTED


def test_what_other_wrong_cases_do_not_have_is_not_taken() -> None:
    """Padding alone makes the second one wrong."""
    cases = [pooled(4, 2, 2, 1, count_include_pad=False), pooled(4, 2, 2, 1)]
    found = common(family("avg_pool"), cases)
    assert "padding" in found
    assert "count_include_pad=False" not in found


def test_what_depends_on_the_numbers_takes_no_setting() -> None:
    """On other draws the plainest case is right, and so is each case without one of its settings."""
    reference, seen = family("avg_pool").reference, pooled(4, 2, 2, 1)

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        found = dict(reference.backward(dy, saved))
        return {"dx": found["dx"] * (2 if dy.tobytes() == seen.dy.tobytes() else 1)}

    plainest = seen.holding("dy", seen.dy).but(seed=4)
    trial = Trial(Subject("seldom", reference.forward, backward), family("avg_pool"), seen)
    assert Apart(COUNTED, common(family("avg_pool"), [seen]), plainest).told(trial, "dx") == COUNTED


def test_of_settings_that_are_not_enough_it_is_told_how_many_right_cases_have_them() -> None:
    """A mistake of one kernel: others with padding are right. Nothing is told where none of the right ones has it."""
    plainest, right = pooled(5, 3, 3, 1), (pooled(4, 2, 2, 1), pooled(5, 3, 3), pooled(4, 2, 2))
    layer = wrong_where("avg_pool", lambda case: axis(case).kernel == 3 and axis(case).before > 0)
    trial, shared = Trial(layer, family("avg_pool"), plainest), common(family("avg_pool"), [plainest])
    without = "; without it dx is right on the plainest case"
    said = {count: Apart(COUNTED, shared, plainest, right[count:]).told(trial, "dx") for count in (0, 1)}
    assert said == {
        0: f"every wrong case has padding, and 1 of 3 right ones{without}",
        1: f"every wrong case has padding{without}",
    }


def test_a_setting_of_every_right_case_sets_nothing_apart() -> None:
    """A mistake of one kernel with padding, where no other padded case is wrong, and none without padding was tried."""
    plainest, right = pooled(5, 3, 3, 1), (pooled(4, 2, 2, 1), pooled(6, 2, 2, 1))
    layer = wrong_where("avg_pool", lambda case: axis(case).kernel == 3 and axis(case).before > 0)
    trial, shared = Trial(layer, family("avg_pool"), plainest), common(family("avg_pool"), [plainest])
    assert Apart(COUNTED, shared, plainest, right).told(trial, "dx") == COUNTED


def test_a_kernel_of_one_cell_along_one_axis_is_told_as_such() -> None:
    """Of one of 1 x 3."""
    sheet: Any = family("conv")
    case = sheet.case_of({"x": (1, 1, 3, 5), "weight": (1, 1, 1, 3)}, PLAIN, "float64", "integers", 3)
    assert "a kernel of one cell along an axis" in common(sheet, [case])


def test_where_there_is_no_time_to_ask_nothing_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """A slow layer is not called again and again."""
    monkeypatch.setattr(conditions, "SECONDS", -1.0)
    assert told("avg_pool", lambda case: axis(case).remainder > 0, pooled(5, 2, 2)) == COUNTED


@pytest.mark.long
def test_the_story_says_what_it_takes() -> None:
    """Where no known mistake explains all wrong cases."""
    layer = wrong_where("avg_pool", lambda case: axis(case).remainder > 0)
    said = story(examine(layer, "avg_pool", budget="1ms"))
    has = r"every wrong case has a remainder that no window reaches, and \d+ of \d+ right ones; without it dx is right"
    assert re.search(f"looks    {has} on the plainest case", said)  # along another axis it changes nothing


def test_overlap_is_taken_away_along_all_axes_of_a_layer_of_one_stride() -> None:
    """Along the one axis on which windows overlap it would leave strides that the layer does not take."""
    assert told("avg_pool", overlapping, squared((2, 3), 2, 1)).startswith("every wrong case has overlapping windows;")


def test_what_alone_makes_the_plainest_case_right_is_told_where_other_wrong_ones_lack_it() -> None:
    """Of two mistakes one takes overlapping windows and the other padding: all that both share is a kernel."""
    plainest = squared((2, 3), 2, 1)
    layer = wrong_where("avg_pool", lambda case: overlapping(case) or case.config["padding"] not in {0, (0, 0)})
    shared = common(family("avg_pool"), [plainest, squared((4, 4), 2, 2, 1)])
    said = Apart(COUNTED, shared, plainest).told(Trial(layer, family("avg_pool"), plainest), "dx")
    assert said == (
        "every wrong case has a kernel of several cells along an axis; without it dx is right on the plainest case, "
        "and there without overlapping windows alone, which not every wrong case has: there may be two mistakes"
    )


def test_no_case_is_asked_for_whose_arrays_would_fill_memory() -> None:
    """An axis of 65,793 cells beside one of a single cell: two equal ones would be 4 billion cells."""
    sizes = set[int]()

    def unlike(case: Case) -> bool:
        sizes.add(case.sizes())
        return len(set(case.shapes["x"][2:])) > 1

    plainest = family("relu").case_of({"x": (1, 1, 1, 65793)}, {"at_zero": 0.0}, "float64", "distinct", 10)
    assert told("relu", unlike, plainest).startswith("every wrong case has several axes; without it dx is right")
    assert max(sizes) <= conditions.MOST_NUMBERS


def test_no_case_is_asked_for_that_the_layer_does_not_take() -> None:
    """A kernel in C that trusts its shapes reads past their end."""
    sheet = limited(Limits(family("conv"), {"groups": Fixed(1)}))
    groups = set[int]()

    def several(case: Case) -> bool:
        groups.add(case.config["groups"])
        return case.shapes["x"][1] > 1

    plainest = convolved()
    trial = Trial(wrong_where("conv", several), sheet, plainest)
    said = Apart(COUNTED, common(sheet, [plainest]), plainest).told(trial, "dx")
    assert said.startswith("every wrong case has several channels of x; without it dx is right")
    assert groups == {1}
