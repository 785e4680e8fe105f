"""Which cases a subject is examined on."""

from __future__ import annotations

from collections.abc import Callable
from sys import maxsize
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import reference_impl
from checks import (
    avg_pool_cases,
    cases_like,
    conv_cases,
    examine,
    geometries,
    max_pool_cases,
    pool_cases,
    relu_cases,
)
from checks.adapters import adapt
from checks.adapters.words import Fixed
from checks.case import Case, parse
from checks.errors import UsageError
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.scope.fitting import LARGEST
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.probe import probed
from checks.selftest.api.layers import RIGHT
from checks.strategies.large import BYTES
from checks.types import Array
from reference_impl import max_pool_backward, max_pool_forward

NAMES = [
    ("conv", "conv", {}),
    ("conv2d", "conv", {"axes": 2}),
    ("Conv3d", "conv", {"axes": 3}),
    ("convolution", "conv", {}),
    ("MaxPool1d", "max_pool", {"axes": 1}),
    ("max_pooling", "max_pool", {}),
    ("avg_pool3d", "avg_pool", {"axes": 3}),
    ("mean-pool", "avg_pool", {}),
    ("ReLU", "relu", {}),
]

LIMITS: list[dict[str, Any]] = [
    {"stride": 1, "padding": (0, 1), "dilation": 1, "groups": 1, "dtype": ["float32"], "axes": 2, "square": True},
    {"in_channels": lambda c: c % 4 == 0, "out_channels": 8, "bias": True},
    {"remainder": 0, "asymmetric": False, "same": False},
    {"kernel_size": Fixed((3, 2)), "stride": Fixed((2, 1)), "axes": 2, "groups": 1},
    {"padding": Fixed("same"), "kernel_size": 3, "stride": 1, "dilation": 1},
    {"padding": "same"},
    {"padding": ("same", "valid"), "groups": 1, "dilation": 1},
    {"padding": "valid", "stride": 2},
    {"padding": ("same", 1), "stride": (1, 2)},
    {"groups": Fixed(2), "in_channels": Fixed(4)},
    {"batch": range(1, 99), "padding": 0, "dtype": ("float64", "float32")},
]


@pytest.mark.parametrize(("name", "sheet", "axes"), NAMES)
def test_families_are_known_by_many_names(name: str, sheet: str, axes: dict[str, int]) -> None:
    """A digit fixes the axes."""
    found, fixed = resolve(name)
    assert (found.name, fixed) == (sheet, axes)


@pytest.mark.parametrize(
    ("name", "nearest"),
    [("conv2", "conv2d, conv"), ("conv10", "conv"), ("MaxPool1", "max_pool1d, max_pool"), ("cnv2d", "conv")],
)
def test_a_number_without_its_d_is_asked_about(name: str, nearest: str) -> None:
    """It numbers the layers of a network as often as it counts axes."""
    with pytest.raises(UsageError, match=rf"^like='{name}' is no family; the nearest are: {nearest}; expected one of"):
        resolve(name)


@pytest.mark.long(keep=5)
@pytest.mark.parametrize("limits", LIMITS, ids=", ".join)
def test_most_cases_can_be_brought_inside_of_the_limits(limits: dict[str, Any]) -> None:
    """At least nine of ten swept cases become cases that the subject takes; the rest is left out."""
    scope = Limits(family("conv"), limits)
    cases = list(family("conv").sweep(0, 100))
    kept = [case for case in map(scope.inside, cases) if scope.takes(case)]
    assert len(kept) >= 0.9 * len(cases)
    assert list(limited(scope).sweep(0, 100)) == kept


@pytest.mark.parametrize("limits", LIMITS, ids=", ".join)
def test_plainer_cases_stay_inside_of_the_limits(limits: dict[str, Any]) -> None:
    """Shrinking never leaves what the subject takes."""
    scope = Limits(family("conv"), limits)
    sheet = limited(scope)
    largest = max(sheet.sweep(0, 30), key=lambda case: case.sizes())
    seen: set[Case] = set()
    while candidates := [case for case in sheet.simpler(largest) if case not in seen]:
        assert all(scope.takes(case) for case in candidates)
        seen.add(largest)
        largest = candidates[0]
    assert largest.sizes() < 500


def test_a_case_inside_is_left_as_it_is() -> None:
    """Nothing is replaced without need."""
    scope = Limits(family("relu"), {"axes": 1})
    cases = [case for case in family("relu").sweep(0, 50) if scope.takes(case)]
    assert [scope.inside(case) for case in cases] == cases


def test_keywords_that_a_layer_lacks_stay_plain() -> None:
    """A pooling without a stride moves by its window."""
    scope = Limits(family("max_pool"), {"words": frozenset({"kernel_size"})})
    inside = [case for case in map(scope.inside, family("max_pool").sweep(0, 50)) if scope.takes(case)]
    assert inside
    assert all(case.config["stride"] == case.config["kernel_size"] for case in inside)
    assert {(case.config["padding"], case.config["dilation"], case.config["ceil_mode"]) for case in inside} == {
        (0, 1, False)
    }


def test_conventions_on_which_layers_differ_are_tried_out() -> None:
    """A forward that raises on other axes, on pairs or on an empty batch is not asked for them again."""
    subject = adapt(RIGHT)
    plain = {name: limit for name, limit in subject.limits.items() if name not in {"square", "axes"}}

    def only_ints(arrays: Any, config: Any) -> Any:
        if arrays["x"].ndim != 4 or isinstance(config["stride"], tuple) or not len(arrays["x"]):
            raise TypeError("no")
        return subject.forward(arrays, config)

    narrow = type(subject)("narrow", only_ints, subject.backward)
    found = probed(narrow, family("conv"), plain)
    assert found["axes"] == (2,)
    assert found["square"] == {"stride"}
    assert 0 not in found["batch"]


def test_a_layer_that_leaves_no_rows_over_is_still_tried_out() -> None:
    """The reshape trick raises where the kernel does not divide the size, and cannot take a pair."""

    def forward(x: Any, kernel_size: Any) -> Any:
        _, _, rows, columns = x.shape
        if rows % kernel_size or columns % kernel_size:
            raise ValueError("sizes must divide")
        return max_pool_forward(x, kernel_size)

    subject = adapt((forward, max_pool_backward), ("x",))
    found = probed(subject, family("max_pool"), subject.limits)
    assert (found["axes"], found["square"]) == ((2,), {"kernel_size"})
    assert not examine((forward, max_pool_backward), like="max_pool", budget=0.1).wrong


@pytest.mark.long
@settings(max_examples=5)
@given(st.data())
def test_public_strategies_keep_the_limits_that_they_are_given(data: st.DataObject) -> None:
    """Cases of each family, and geometries."""
    assert len(data.draw(conv_cases(axes=1)).shapes["x"]) == 3
    assert data.draw(max_pool_cases(stride=2)).config["stride"] in {2, (2, 2), (2, 2, 2)}
    assert data.draw(avg_pool_cases(dtype="float32")).dtype == "float32"
    assert isinstance(data.draw(relu_cases()), Case)
    assert data.draw(pool_cases(axes=1)).family in {"max_pool", "avg_pool"}
    assert len(data.draw(cases_like("relu3d")).shapes["x"]) == 5
    assert len(data.draw(geometries("max_pool3d")).axes) == 3


def test_every_family_of_geometry_can_be_probed() -> None:
    """The references take everything that is tried."""
    for sheet in families().values():
        assert isinstance(sheet, GeometricFamily)
        assert set(probed(sheet.reference, sheet, {})) <= {"batch", "same"}


def _takes(test: Callable[[Array, Array], bool]) -> Any:
    def forward(x: Array, weight: Array, bias: Array | None = None, stride: Any = 1, padding: Any = 0) -> Any:
        if not test(x, weight):
            raise TypeError("not taken")
        return reference_impl.conv_forward(x, weight, bias, stride, padding)

    return forward, reference_impl.conv_backward


NARROW: dict[str, tuple[Callable[[Array, Array], bool], dict[str, Any]]] = {
    "float32": (lambda x, _: x.dtype == np.float32, {"dtype": ("float32",)}),
    "narrow formats": (lambda x, _: x.dtype != np.float64, {"dtype": ("float32", "float16")}),
    "channels by 8": (lambda x, w: x.shape[1] % 8 == len(w) % 8 == 0, {"channels": range(8, LARGEST, 8)}),
    "float32 and channels by 8": (
        lambda x, w: x.dtype == np.float32 and x.shape[1] % 8 == len(w) % 8 == 0,
        {"dtype": ("float32",), "channels": range(8, LARGEST, 8)},
    ),
}


@pytest.mark.parametrize("name", NARROW)
def test_a_layer_that_takes_no_usual_case_is_tried_in_other_formats_and_with_more_channels(name: str) -> None:
    """So that what it raises on others is not held against it."""
    test, limits = NARROW[name]
    found = probed(adapt(_takes(test)), family("conv"), {"axes": 2})
    assert {word: found[word] for word in limits} == limits


@pytest.mark.long
def test_a_falsifying_example_is_printed_as_the_text_of_its_case() -> None:
    """Which can be replayed, wherever the strategy brought it."""

    @given(case=conv_cases(stride=1))
    @settings(max_examples=1, database=None)
    def fails(case: Case) -> None:
        assert case.seed < 0

    with pytest.raises(AssertionError) as info:
        fails()
    (told,) = (note for note in info.value.__notes__ if "case=" in note)
    text = next(line for line in told.splitlines() if "case=" in line).partition("case=")[2].rpartition(")")[0] + ")"
    assert str(parse(text)) == text


def test_a_layer_that_takes_no_empty_batch_keeps_large_ones() -> None:
    """An index of 8 bits for samples is met in it all the same; so are as many groups, beside another limit."""
    limits = Limits(family("conv"), {"axes": 2, "bias": True, "batch": range(1, maxsize)})
    unusual = [limits.inside(case) for case in family("conv").unusual(0, (2,))]
    assert any(case.shapes["x"][0] == BYTES for case in unusual)
    assert any(case.config["groups"] == BYTES for case in unusual)
