"""Small numbers that follow from no other: every pairing of two axes, and of groups and channels, comes early."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice, product

import numpy as np
import pytest

from checks.case import parse
from checks.families import families, family
from checks.families.geometric import GeometricFamily
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.strategies.geometry import Axis, Geometry
from checks.strategies.lean import alike
from checks.strategies.mixed import CANDIDATES, MOST_WORK, levels, light, mixed

#: Cases of the wide look in which pairings are counted: those of some seconds.
EARLY = 600

SHEETS = [pytest.param(sheet, id=name) for name, sheet in families().items() if isinstance(sheet, GeometricFamily)]
FAMILIES = pytest.mark.parametrize("sheet", SHEETS)


def _met(name: str, read: Callable[[Geometry], object], cases: int = EARLY) -> set[object]:
    sheet = family(name)
    assert isinstance(sheet, GeometricFamily)
    return {read(sheet.geometry(case)) for case in islice(wide_cases(Limits(sheet, {"axes": 2}), 0), cases)}


def _of_two_axes(*names: str) -> Callable[[Geometry], object]:
    return lambda geometry: tuple(getattr(axis, name) for name in names for axis in geometry.axes[:2])


def test_several_groups_of_several_channels_come_early() -> None:
    """Two to five groups with one to four channels of x and of y each: nearly all of them, in any combination."""
    met = _met("conv", lambda found: (found.groups, found.inputs, found.outputs))
    wanted = set(product(range(2, 6), range(1, 5), range(1, 5)))
    assert len(wanted & met) >= 0.9 * len(wanted)


@pytest.mark.parametrize("name", ["conv", "max_pool"])
def test_strides_and_dilations_of_two_axes_come_in_every_pairing(name: str) -> None:
    """One to three each, such as stride (1, 2) with dilation (2, 1)."""
    met = _met(name, _of_two_axes("stride", "dilation"))
    wanted = set(product(range(1, 4), repeat=4))
    assert len(wanted & met) >= 0.9 * len(wanted)


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_kernels_and_strides_of_two_axes_come_in_most_pairings(name: str) -> None:
    """Kernels of one to five with strides of one to three."""
    met = _met(name, _of_two_axes("kernel", "stride"))
    wanted = set(product(range(1, 6), range(1, 6), range(1, 4), range(1, 4)))
    assert len(wanted & met) >= 0.6 * len(wanted)


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool"])
def test_a_kernel_a_stride_and_a_padding_that_all_axes_share_come_in_every_pairing(name: str) -> None:
    """Most layers are such; with cells left over and without, as a stride of 2 leaves them."""
    settings = ("kernel", "stride", "before", "dilation", "remainder")
    wanted = {_of_two_axes(*settings)(found) for found in alike(2)}
    assert {(2, 2, 2, 2, 1, 1, 1, 1, 1, 1), (4, 4, 2, 2, 1, 1, 1, 1, 1, 1)} < wanted
    assert wanted <= _met(name, _of_two_axes(*settings), 400)


@FAMILIES
@pytest.mark.parametrize("axes", [1, 2, 3])
def test_mixed_cases_are_valid_and_small(sheet: GeometricFamily, axes: int) -> None:
    """The reference takes each; it replays from its text; no forward takes many products."""
    for case in islice(sheet.mixed(3, (axes,)), 40):
        assert sheet.reference.vjp(case).y.shape == case.shapes["dy"]
        assert parse(str(case)) == case
        assert len(case.shapes["x"]) == 2 + axes
        assert light(sheet.geometry(case))


@FAMILIES
def test_mixed_cases_are_the_same_for_the_same_seed_and_others_for_another(sheet: GeometricFamily) -> None:
    """Counts of axes come by turns."""
    first, again, other = (list(islice(sheet.mixed(seed, (1, 2)), 20)) for seed in (5, 5, 6))
    assert first == again
    assert first != other
    assert [len(case.shapes["x"]) - 2 for case in first] == [1, 2] * 10


def test_three_axes_have_smaller_planes_than_two() -> None:
    """So that a slow layer of three axes meets as many cases."""
    conv = family("conv")
    two, three = (np.mean([conv.work(each) for each in islice(conv.mixed(0, (n,)), 200)]) for n in (2, 3))
    assert three <= two


def test_rows_that_bring_new_combinations_are_preferred() -> None:
    """Options of three names, met after far fewer rows than chance would take."""
    options = {name: range(3) for name in "abc"}
    rows = islice(mixed(options, np.random.default_rng(0), lambda _: True), 40)
    assert len({tuple(row.values()) for row in rows}) == 3**3


def test_rows_that_do_not_fit_are_not_drawn() -> None:
    """Nor do they count as met."""
    options = {name: range(3) for name in "abc"}
    rows = list(islice(mixed(options, np.random.default_rng(0), lambda row: row["a"] < 1), 5 * CANDIDATES))
    assert {row["a"] for row in rows} == {0}
    assert len({(row["b"], row["c"]) for row in rows}) == 3**2


def test_a_space_without_groups_or_with_one_channel_has_none() -> None:
    """Nothing is drawn that a variant says it does not take."""
    conv = family("conv")
    assert isinstance(conv, GeometricFamily)
    assert "groups" not in levels(conv.confined(groups="one"), 2)
    assert levels(conv.confined(channels="one"), 1)["inputs"] == (1,)
    assert "dilation 0" not in levels(family("avg_pool").space, 2)  # type: ignore[attr-defined]


def test_a_layer_of_many_products_is_not_light() -> None:
    """Channels and cells count alike."""
    assert light(Geometry(axes=(Axis(MOST_WORK),)))
    assert not light(Geometry(inputs=2, axes=(Axis(MOST_WORK),)))
