"""What a sweep does not reach: past the end of blocks, tables and narrow indices, and arrays of one number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters.gradients import by_name
from checks.case import Case
from checks.examination import Examination
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.lattice import LARGEST_SPAN
from checks.scope.limits import Limits
from checks.scope.wide import Wide, more_digits, taken, wide_cases
from checks.selftest.part import part
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from reference_impl import conv_backward, conv_forward

CONV = family("conv")
#: From x, weight, dy and right gradients to wrong ones.
Change = Callable[[Arrays, Arrays], Arrays]
#: Products of a sum that is long, and channels of a block.
LONG, BLOCK = 256, 32


def _conv(change: Change) -> Subject:
    def forward(arrays: Arrays, config: Config) -> tuple[Array, tuple[Arrays, object]]:
        y, saved = conv_forward(arrays["x"], arrays["weight"], arrays.get("bias"), **config)
        return y, (arrays, saved)

    def backward(dy: Array, kept: tuple[Arrays, object]) -> Arrays:
        arrays, saved = kept
        gradients = by_name(tuple(conv_backward(dy, saved)), CONV.arguments)  # type: ignore[arg-type]
        return {**gradients, **change({**arrays, "dy": dy}, gradients)}

    return Subject("planted", forward, backward)


def _tail(of: str, axis: int, block: int) -> Change:
    """What lies past the last whole block of a gradient is lost."""

    def change(_: Arrays, gradients: Arrays) -> Arrays:
        value = gradients[of].copy()
        size = value.shape[axis]
        np.moveaxis(value, axis, 0)[size - size % block if size > block else size :] = 0
        return {of: value}

    return change


def _counted(dtype: str) -> Change:
    """Cells of a plane are counted in a narrow type."""

    def change(_: Arrays, gradients: Arrays) -> Arrays:
        dx = gradients["dx"]
        flat = dx.reshape(*dx.shape[:2], int(np.prod(dx.shape[2:])))
        found = np.zeros_like(flat)
        for cell, place in enumerate(np.arange(flat.shape[2]).astype(dtype)):
            found[..., place] += flat[..., cell]
        return {"dx": found.reshape(dx.shape)}

    return change


def _counted_before_padding(dtype: str) -> Change:
    """The same of padded cells, in a type that is wide enough for the plane before it is padded."""

    def change(arrays: Arrays, gradients: Arrays) -> Arrays:
        cells = int(np.prod(arrays["x"].shape[2:]))
        padded = int(np.prod([size + kernel - 1 for size, kernel in _sizes_and_kernels(arrays)]))
        narrow = arrays["x"].shape[2:] == arrays["dy"].shape[2:] and cells <= np.iinfo(dtype).max + 1 < padded
        return {"dx": gradients["dx"] * (1 + narrow)}

    return change


def _sizes_and_kernels(arrays: Arrays) -> Iterable[tuple[int, int]]:
    return zip(arrays["x"].shape[2:], arrays["weight"].shape[2:], strict=True)


def _where(condition: Callable[[Arrays], bool]) -> Change:
    return lambda arrays, gradients: {"dweight": gradients["dweight"] * (1 + condition(arrays))}


def _narrowed(arrays: Arrays, gradients: Arrays) -> Arrays:
    """A long sum is kept in float32, whatever the format."""
    long, dweight = arrays["dy"][:, 0].size > LONG, gradients["dweight"]
    return {"dweight": dweight.astype(np.float32).astype(dweight.dtype) if long else dweight}


def _several_and_many(arrays: Arrays) -> bool:
    """Whether there are several groups, each of more channels than a block of 32, with a rest."""
    channels = arrays["weight"].shape[1]
    return bool(arrays["x"].shape[1] > channels > BLOCK and channels % BLOCK)


PLANTED: dict[str, Change] = {
    "long sums in float32": _narrowed,
    "many channels of several groups": _where(_several_and_many),
    **{f"samples past {block}": _tail("dx", 0, block) for block in (8, 64, 128)},
    **{f"channels past {block}": _tail("dx", 1, block) for block in (16, 128)},
    **{f"output channels past {block}": _tail("dbias", 0, block) for block in (32, 128)},
    **{f"columns past {block}": _tail("dx", -1, block) for block in (64, 256)},
    **{f"rows past {block}": _tail("dx", 2, block) for block in (64, 256)},
    **{f"cells in {dtype}": _counted(dtype) for dtype in ("int8", "uint8", "int16", "uint16")},
    **{f"padded cells in {dtype}": _counted_before_padding(dtype) for dtype in ("uint8", "uint16")},
    "kernels of 11": _where(lambda arrays: arrays["weight"].shape[-1] >= 11),
    "kernels that are the whole input": _where(lambda arrays: arrays["weight"].shape[2:] == arrays["x"].shape[2:]),
    "weights all zero": _where(lambda arrays: not arrays["weight"].any()),
    "all numbers alike": _where(lambda arrays: all(np.unique(value).size == 1 for value in arrays.values())),
}


@pytest.mark.parametrize("mistake", PLANTED)
def test_what_happens_past_small_sizes_alone_is_caught(mistake: str) -> None:
    """A right layer passes on these very cases."""
    cases = [case for case in CONV.unusual(0, (2,)) if case.sizes() < 200_000]
    assert any(_reference_differs(_conv(PLANTED[mistake]), case) for case in cases)


def _reference_differs(subject: Subject, case: Case) -> bool:
    got, want = subject.vjp(case).gradients, CONV.reference.vjp(case).gradients
    return any(not np.array_equal(value, want[of]) for of, value in got.items())


@pytest.mark.parametrize("name", families())
def test_unusual_cases_are_valid_and_right_layers_pass_them(name: str) -> None:
    """With every law on those that are not large."""
    sheet = families()[name]
    cases = part("unusual cases", [case for case in sheet.unusual(3, (1, 2, 3)) if case.sizes() < 2_000], 6)
    assert cases
    assert not examine(sheet.reference, sheet.name, cases=cases).wrong


@pytest.mark.long
@pytest.mark.parametrize(("mistake", "budget"), [("samples past 128", "1ms"), ("weights all zero", "60s")])
def test_examine_meets_unusual_cases_within_its_first_ones(mistake: str, budget: str) -> None:
    """Among the twenty that are examined whatever the budget, or in its first round."""
    assert examine(_conv(PLANTED[mistake]), like="conv2d", budget=budget, laws=["reference"]).wrong


def test_an_array_of_one_number_stays_one_where_the_case_is_brought_inside() -> None:
    """A layer of other shapes meets zeros too."""
    inside = map(Limits(CONV, {"kernel_size": 2, "bias": True}).inside, CONV.unusual(0, ()))
    assert any(not case.array("weight").any() for case in inside)


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_a_single_window_as_large_as_the_plane_is_met_with_padding(name: str) -> None:
    """It may be taken for a sum over the plane; random sizes hardly meet it. Among the wide look's first hundred."""
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    seen = map(sheet.geometry, islice(wide_cases(Limits(sheet, {}), 0), 100))
    assert any(
        all(axis.size == axis.kernel and axis.before and axis.output == 1 for axis in each.axes) for each in seen
    )


def _first(name: str, shows: Callable[[Case], bool], axes: int = 2) -> int:
    """The place in the wide look of the first case that shows something; 300 where none before does."""
    sheet = family(name)
    limits = Limits(sheet, {"axes": axes})
    met = taken(Examination(sheet.reference, sheet), limits, wide_cases(limits, 0), set())
    return next((place for place, case in enumerate(islice(map(more_digits, met), 300)) if shows(case)), 300)


def _longest(case: Case) -> int:
    sheet = family(case.family)
    assert isinstance(sheet, GeometricFamily)
    return max(sheet.geometry(case).along("kernel"))


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_a_kernel_of_more_than_ten_taps_along_one_axis_is_met_early(name: str, axes: int) -> None:
    """Numbers of two digits come before 2 where they are put in order as text."""
    assert _first(name, lambda case: _longest(case) in {11, 12, 13}, axes) < 200


@pytest.mark.parametrize(("name", "early"), [("conv", 200), ("max_pool", 100), ("avg_pool", 100), ("relu", 100)])
def test_a_row_of_float64_needs_more_digits_than_float32_has_early(name: str, early: int) -> None:
    """A backward may take a way of its own there, through float32."""

    def shows(case: Case) -> bool:
        dy = case.dy
        return case.shapes["x"][2] == 1 and case.dtype == "float64" and bool(np.any(dy != dy.astype(np.float32)))

    assert _first(name, shows) < early


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool", "relu"])
def test_one_negative_number_alone_is_met_early(name: str) -> None:
    """A layer may not look at its sign."""
    assert _first(name, lambda case: case.array("x").size == 1 and case.array("x").item() < 0) < 100


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_a_constant_dy_is_met_early_with_a_stride_and_no_padding(name: str) -> None:
    """Like the one of a sum of y, but with windows that overlap."""

    def shows(case: Case) -> bool:
        dy, config = case.dy, case.config
        alike = dy.size > 1 and np.unique(dy).size == 1 and bool(dy.any())
        return alike and config["padding"] == 0 and config["stride"] not in {1, (1, 1)}

    assert _first(name, shows) < 150


def test_a_channel_past_a_block_of_sixteen_is_met_early() -> None:
    """Of x, and of y."""
    assert _first("conv", lambda case: case.shapes["x"][1] == 17) < 100
    assert _first("conv", lambda case: case.shapes["dy"][1] == 17) < 100


def test_a_negative_divisor_is_met_early() -> None:
    """It turns signs, in PyTorch too."""
    assert _first("avg_pool", lambda case: (case.config["divisor_override"] or 1) < 0) < 150


@pytest.mark.usefixtures("plainest")
def test_what_shows_in_more_digits_alone_is_made_plainer_as_such() -> None:
    """The upstream gradient of a single sample goes through float32."""
    pool = family("max_pool")

    def backward(dy: Array, saved: Any) -> Arrays:
        through = dy.astype(np.float32).astype(dy.dtype) if len(dy) == 1 else dy
        return dict(pool.reference.backward(through, saved))

    examination = Examination(replace(pool.reference, backward=backward), pool)
    cases = (case for case in wide_cases(Limits(pool, {"axes": 2}), 0) if case.data in {"distinct", "ordered"})
    wide = Wide(examination, map(more_digits, islice(cases, 100)))
    examination.seconds = 1e9  # as if every law had been asked for that long
    wide.catch_up(lambda: 1e9)
    found = examination.findings["reference"].shrunk
    assert found.span > LARGEST_SPAN
    assert found.sizes() <= 4


@pytest.mark.parametrize("name", ["max_pool", "avg_pool", "relu"])
def test_right_layers_pass_on_more_digits(name: str) -> None:
    """By every law."""
    sheet = family(name)
    every = islice(wide_cases(Limits(sheet, {}), 0), 40)
    cases = [found for case in every if (found := more_digits(case)) != case]
    assert cases
    assert not examine(sheet.reference, sheet.name, cases=cases).wrong


def test_a_transform_is_not_asked_for_products_of_more_digits_than_there_are() -> None:
    """Winograd's are exact on other whole numbers."""
    every = list(islice(wide_cases(Limits(family("conv"), {}), 0), 300))
    assert list(map(more_digits, every)) == every
