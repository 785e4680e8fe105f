"""Which cases a subject is examined on."""

from __future__ import annotations

import time
from collections.abc import Callable
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
    story,
)
from checks.adapters import adapt
from checks.adapters.words import Fixed
from checks.case import Case
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.scope import spend
from checks.scope.fitting import LARGEST
from checks.scope.likeness import resolve
from checks.scope.limits import Limits, limited
from checks.scope.probe import probed
from checks.selftest.api.layers import RIGHT
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
    {"batch": range(1, 99), "padding": 0, "dtype": ("float64", "float32")},
]


@pytest.mark.parametrize(("name", "sheet", "axes"), NAMES)
def test_families_are_known_by_many_names(name: str, sheet: str, axes: dict[str, int]) -> None:
    """A digit fixes the axes."""
    found, fixed = resolve(name)
    assert (found.name, fixed) == (sheet, axes)


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


def test_a_backward_that_breaks_on_an_empty_batch_is_not_asked_for_one() -> None:
    """``reshape(n, c, -1)`` cannot tell what -1 stands for where there are no samples."""

    def backward(dy: Any, saved: Any) -> Any:
        return max_pool_backward(dy, saved).reshape(*dy.shape[:2], -1).reshape(saved.shape)

    found = probed(adapt((max_pool_forward, backward), ("x",)), family("max_pool"), {})
    assert list(found) == ["batch"]
    assert 0 not in found["batch"]


def test_a_layer_that_takes_nothing_at_all_is_given_no_limits() -> None:
    """Its errors are findings."""

    def raises(arrays: Any, config: Any) -> Any:
        raise KeyError("x")

    subject = adapt(RIGHT)
    assert probed(type(subject)("broken", raises, subject.backward), family("conv"), {}) == {}


def _slow_relu(seconds: float) -> tuple[Any, Any]:
    def forward(x: Array) -> tuple[Array, Array]:
        time.sleep(seconds)
        return np.maximum(x, 0), x

    return forward, lambda dy, x: dy * (x > 0)


def test_a_slow_layer_stops_soon_after_its_budget_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer cases than usual are not passed over in silence."""
    monkeypatch.setattr(spend, "GRACE", 2.0)
    found = examine(_slow_relu(0.02), like="relu", budget="1ms")
    assert 0 < found.cases < 20
    assert "20 are usual, and a larger budget shows more" in story(found)
    assert f", on {found.hurried} cases for want of time" in story(found).partition("\n")[0]
    assert 0 < found.hurried < 20


def test_a_layer_whose_opening_took_all_of_the_budget_is_judged_on_a_case_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is compiled anew for each shape, say: that says nothing of what it takes."""
    monkeypatch.setattr(spend, "GRACE", -1.0)
    assert examine(RIGHT, like="conv2d", budget="1ms").cases == 1


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
}


@pytest.mark.parametrize("name", NARROW)
def test_a_layer_that_takes_no_usual_case_is_tried_in_other_formats_and_with_more_channels(name: str) -> None:
    """So that what it raises on others is not held against it."""
    test, limits = NARROW[name]
    found = probed(adapt(_takes(test)), family("conv"), {"axes": 2})
    assert {word: found[word] for word in limits} == limits


def test_a_backward_that_raises_where_the_forward_hands_on_a_word_says_not_me() -> None:
    """A forward that passes padding='same' on to a library, a backward that computes with the number."""

    def forward(x: Array, weight: Array, bias: Array | None = None, padding: Any = 0) -> Any:
        y, saved = reference_impl.conv_forward(x, weight, bias, 1, padding)
        return y, (saved, padding)

    def backward(dy: Array, kept: Any) -> Any:
        saved, padding = kept
        assert padding * 2 >= 0
        return reference_impl.conv_backward(dy, saved)

    found = probed(adapt((forward, backward)), family("conv"), {"axes": 2})
    assert (found["same"], found["asymmetric"]) == (False, False)


def test_the_laws_of_a_slow_layer_take_turns_and_what_was_never_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No single case takes all of the time, and a run ends though no further case seems to be affordable."""
    monkeypatch.setattr(spend, "GRACE", 2.0)
    found = examine(_slow_relu(0.03), like="relu", budget="1ms")
    assert {"reference", "finite differences", "linearity"} <= found.asked
    assert found.cases > 1
    for law in found.unasked[:5]:
        assert law in story(found).partition(", for which there was no time")[0]
    assert not set(found.unasked) & set(found.tallies)


def _stumbling(error: type[Exception]) -> Any:
    """A convolution whose backward breaks where the first axis is dilated further than the second."""

    def forward(x: Array, weight: Array, bias: Array | None = None, dilation: Any = 1) -> Any:
        y, saved = reference_impl.conv_forward(x, weight, bias, dilation=dilation)
        return y, (saved, dilation)

    def backward(dy: Array, kept: Any) -> Any:
        saved, dilation = kept
        if isinstance(dilation, tuple) and error is TypeError:
            len(dilation * 0.5)  # type: ignore[operator] # on purpose
        if isinstance(dilation, tuple) and error is IndexError:
            np.zeros(2)[dilation[0] + 1]
        if isinstance(dilation, tuple) and error is ValueError:
            np.zeros(dilation[0]) + np.zeros(dilation[1] + 2)
        if isinstance(dilation, tuple) and error is NotImplementedError:
            raise ValueError("one number for all axes")
        return reference_impl.conv_backward(dy, saved)

    return forward, backward


@pytest.mark.parametrize(
    ("error", "finding"), [(ValueError, True), (IndexError, True), (TypeError, False), (NotImplementedError, False)]
)
def test_a_backward_that_stumbles_over_its_own_arrays_after_a_right_forward_does_not_say_not_me(
    error: type[Exception], finding: bool
) -> None:
    """A pair for a number, or an error that it raises itself, does; then such cases are left out."""
    layer = _stumbling(error)
    found = probed(adapt(layer), family("conv"), {"axes": 2})
    assert ("dilation" in found.get("square", ())) is not finding


def test_such_a_backward_is_a_finding() -> None:
    """Of the law ``runs``."""
    found = examine(_stumbling(ValueError), "conv2d", budget="1ms", laws=["reference"])
    assert "could not be broadcast" in found.findings["runs"].verdict.why


def test_a_backward_that_stumbles_after_a_wrong_forward_is_not_asked_for_such_cases() -> None:
    """Neither was written for them."""
    forward, backward = _stumbling(ValueError)

    def only_the_first(x: Array, weight: Array, bias: Array | None = None, dilation: Any = 1) -> Any:
        y, (saved, _) = forward(x, weight, bias, dilation)
        return y + isinstance(dilation, tuple), (saved, dilation)

    assert probed(adapt((only_the_first, backward)), family("conv"), {"axes": 2})["square"] == {"dilation"}


def _with(**settings: Any) -> Any:
    def forward(x: Array, weight: Array, bias: Array | None = None) -> Any:
        return reference_impl.conv_forward(x, weight, bias, **settings)

    return forward, reference_impl.conv_backward


@pytest.mark.parametrize(
    "settings",
    [{"padding": 1}, {"stride": 2}, {"dilation": 2}, {"padding": 2, "stride": 3}],
    ids=str,
)
def test_settings_that_a_layer_has_inside_are_told_from_the_shapes_of_y(settings: dict[str, Any]) -> None:
    """They are taken to be meant, and a note says so."""
    found = examine(_with(**settings), "conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong
    assert [note for note in found.notes if f"taken to be fixed inside, as supports={settings}" in note], found.notes


def test_a_layer_with_settings_inside_is_still_judged_by_them() -> None:
    """A wrong gradient is found, and what it makes of no samples is none of its shapes' doing."""
    forward, backward = _with(padding=1)

    def one_sample(dy: Array, saved: Any) -> Any:
        if not len(dy):
            raise ValueError("no samples")
        dx, dweight, dbias = backward(dy, saved)
        return dx, 2 * dweight, dbias

    found = examine((forward, one_sample), "conv2d", budget="1ms", laws=["reference"])
    assert found.findings["reference"].verdict.of == "dweight"
    assert "runs" not in found.findings


def test_nothing_is_told_of_a_layer_whose_shapes_are_right_or_make_no_sense() -> None:
    """Or of one that takes every setting."""
    forward, backward = _with()
    wide = (lambda x, weight, bias=None: (np.pad(forward(x, weight, bias)[0], 9), None)), backward
    for layer in ((forward, backward), wide, (reference_impl.conv_forward, backward)):
        assert not examine(layer, "conv2d", budget="1ms", laws=["reference"]).notes
