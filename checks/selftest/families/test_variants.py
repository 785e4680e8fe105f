"""Variants of a family: confined cells, keywords that are not needed, and what the family lends."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

import reference_impl
from checks.errors import CaseError, UsageError
from checks.families.built import Layer
from checks.families.convolution import Convolution
from checks.families.geometric import GeometricFamily
from checks.families.max_pooling import MaxPooling
from checks.judge import verdicts
from checks.mistakes import known
from checks.oracles import ORACLES
from checks.selftest.spoil import case_of
from checks.strategies.cells import Space
from checks.strategies.coverage import NEVER_DRAWN
from checks.strategies.geometry import Axis, Geometry
from checks.types import Array
from checks.witness import Trial


def tiled(x: Array, kernel_size: int | tuple[int, ...]) -> tuple[Array, Any]:
    """Max pooling in windows that touch: nothing else can be chosen."""
    return reference_impl.max_pool_forward(x, kernel_size)


class Tiled(MaxPooling):
    """Max pooling in windows that touch."""

    name = "tiled"
    layer: ClassVar[Layer] = (tiled, reference_impl.max_pool_backward)
    space: ClassVar[Space] = MaxPooling.confined(stride="kernel", padding="none", dilation="one", ceil="no")


class Own(Convolution):
    """A convolution in which every channel is a group."""

    name = "own"
    space: ClassVar[Space] = Convolution.confined(groups="own")


def test_a_variant_hands_over_the_keywords_that_are_left() -> None:
    """What is confined to the default is not said; every second source takes the cases as they are."""
    compared = 0
    for case in list(Tiled().sweep(0, 20))[:20]:
        assert set(case.config) == {"kernel_size"}
        for witness in ORACLES:
            for verdict in verdicts(witness, Trial(Tiled().reference, Tiled(), case)):
                assert verdict.status != "wrong", str(verdict)
                compared += verdict.compared
    assert compared


def test_a_variant_has_the_mistakes_and_the_names_of_what_it_varies() -> None:
    """The family's own ones too; the family has none of the variant's."""
    assert Tiled().lineage == ("tiled", "max_pool")
    assert known(Tiled()) == known(MaxPooling())


def test_the_groups_of_a_confined_convolution_follow_from_its_shapes() -> None:
    """The nearest geometry has a group for each channel; shapes with fewer are no layer of it."""
    case = Own().case(Geometry(1, 1, 3, 2, (Axis(4, 2),)), "float64", "integers", 0)
    assert case.shapes == {"x": (1, 3, 4), "weight": (6, 1, 2), "dy": (1, 6, 3)}
    assert "groups" not in case.config
    with pytest.raises(CaseError, match="3 channels of x in a group; expected each channel to be a group of its own"):
        Own().case_of(case_of("conv").shapes, {}, "float64", "integers", 0)


@pytest.mark.parametrize("cells", [{"group": "own"}, {"groups": "each"}, {"stride": "own"}], ids=str)
def test_a_cell_or_an_option_that_there_is_not_is_turned_down(cells: dict[str, str]) -> None:
    """With those that there are."""
    with pytest.raises(
        UsageError, match=r"no space can be confined to .*; expected .*groups: one, some, all, depthwise, own"
    ):
        Convolution.confined(**cells)


@pytest.mark.parametrize("sheet", [Tiled(), Own()], ids=lambda sheet: sheet.name)
def test_a_sweep_of_a_variant_meets_all_that_is_left(sheet: GeometricFamily) -> None:
    """Options that cannot stand with the confined ones are gone; every cell and combination that is left is met."""
    cases = list(sheet.sweep(0, 0))
    assert sheet.all_cells <= set().union(*map(sheet.cells, cases))
    unmet = sheet.unmet(set().union(*map(sheet.combinations, cases)))
    assert [name for name, why in unmet if why == NEVER_DRAWN] == []
    assert "kernel: one" in Own().all_cells - Tiled().all_cells
