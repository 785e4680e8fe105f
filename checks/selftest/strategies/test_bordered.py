"""Axes that share a kernel and a stride have padding of their own early, and padding in a word has every dilation."""

from __future__ import annotations

from itertools import islice
from typing import Any

import pytest

from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.families.windowed import each_axis
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.selftest.contracts.plant import complaints
from checks.strategies.mixed import light
from checks.subject import Subject
from checks.types import Array, Arrays, Config

#: Cases of the wide look: those of a few seconds.
EARLY = 200


def sheet_of(name: str) -> GeometricFamily:
    """A family's sheet."""
    found = family(name)
    assert isinstance(found, GeometricFamily)
    return found


@pytest.mark.parametrize("name", [name for name, sheet in families().items() if isinstance(sheet, GeometricFamily)])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_they_are_valid_and_small(name: str, axes: int) -> None:
    """The reference takes each; no forward takes many products."""
    sheet = sheet_of(name)
    for case in sheet.bordered(3, (axes,)):
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"]
        assert light(sheet.geometry(case))
        assert len(sheet.geometry(case).axes) == axes


def test_a_pool_has_as_much_padding_at_both_ends_and_a_relu_none() -> None:
    """At most half of a window."""
    pools = [case for name in ("max_pool", "avg_pool") for case in sheet_of(name).bordered(0, (2,))]
    assert pools
    assert all(isinstance(case.config["padding"], int | tuple) for case in pools)
    assert not list(sheet_of("relu").bordered(0, (2,)))


def test_a_layer_without_padding_gets_none_of_them() -> None:
    """What is drawn for it has no padding."""
    unpadded = Limits(sheet_of("conv"), {"axes": 2, "padding": 0})
    taken = list(islice(filter(unpadded.takes, wide_cases(unpadded, 0)), 60))
    assert {str(case.config["padding"]) for case in taken} == {"0"}


def crops_by_the_first_axis(right: Subject) -> Subject:
    """A pointwise convolution of stride 1 whose backward takes the first axis's padding for all."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, arrays["x"].shape[2:], arrays["weight"].shape[2:], config)

    def pull(dy: Array, saved: Any) -> Arrays:
        own, sizes, kernel, config = saved
        found, padding = dict(right.backward(dy, own)), config["padding"]
        if {*kernel, *each_axis(config["stride"], len(sizes))} == {1} and not isinstance(padding, (int, str)):
            first = padding[0] if isinstance(padding[0], int) else padding[0][0]
            moved = [first - (each if isinstance(each, int) else each[0]) for each in padding]
            for axis, by in enumerate(moved, 2):
                found["dx"] = found["dx"].take(range(by, by + sizes[axis - 2]), axis, mode="clip")
        return found

    return Subject("planted", run, pull)


def odd_cell_in_front(right: Subject) -> Subject:
    """Padding that is said to be the same is wider at the front where the kernel is even and dilated."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        sizes = arrays["weight"].shape[2:]
        dilation = each_axis(config["dilation"], len(sizes))
        if config["padding"] == "same" and any(k % 2 == 0 and d > 1 for k, d in zip(sizes, dilation, strict=True)):
            total = [d * (k - 1) for k, d in zip(sizes, dilation, strict=True)]
            config = {**config, "padding": tuple((each - each // 2, each // 2) for each in total)}
        return right.forward(arrays, config)

    return Subject("planted", run, right.backward)


@pytest.mark.parametrize("make", [crops_by_the_first_axis, odd_cell_in_front])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_a_path_that_forgets_them_is_found_early(make: Any, seed: int) -> None:
    """By the second source alone."""
    conv = sheet_of("conv")
    tried = islice(wide_cases(Limits(conv, {"axes": 2}), seed), EARLY)
    assert any(complaints(make(conv.reference), "conv", tried, [Reference()]))
