"""The max pooling sheet."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from typing import Any, ClassVar

import numpy as np

import reference_impl
from checks.case import Case
from checks.families.built import Layer
from checks.families.ties import held_at_padding, tied_inputs, tied_subgradients
from checks.families.windowed import CEIL, POOL_SPACE, Pooling, axes_of, overlaps
from checks.kink import Kink, Subgradients
from checks.strategies import cells
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Pull
from checks.types import Array, Arrays, Config, Shape, Shapes
from reference_impl import textbook


class MaxPooling(Pooling):
    """y = the largest entry of each window; the whole upstream value goes back to it."""

    name = "max_pool"
    aliases = ("maxpooling",)
    layer: ClassVar[Layer] = (reference_impl.max_pool_forward, reference_impl.max_pool_backward)
    selects = True
    kinds = ("distinct", "spread", "near")
    share_in_words = "whole, at the cell that won"
    space: ClassVar[cells.Space] = {"data": kinds} | dict(POOL_SPACE) | {"dilation": cells.DILATION}
    mode_cells: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {"ceil": CEIL}
    triples = ("kernel", "stride", "remainder", "padding", "ceil", "dilation")

    def textbook(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Max pooling by the recorded index, window by window."""
        x = arrays["x"]
        return Pull(textbook.max_pool_forward(x, **config), {"dx": textbook.max_pool_backward(dy, x, **config)})

    def torch_twin(self, torch: Any, tensors: dict[str, Any], config: Config) -> Any:
        """torch.nn.functional.max_pool1d, max_pool2d or max_pool3d."""
        pool = getattr(torch.nn.functional, f"max_pool{tensors['x'].ndim - 2}d")
        return pool(tensors["x"], **config)

    def roundings(self, shapes: Shapes, config: Config) -> dict[str, int]:
        """None for y, which is selected; dx adds up as many upstream values as windows overlap at a cell."""
        return {"y": 0, "dx": overlaps(axes_of(shapes, config), shapes["dy"]) - 1}

    def peak(self, largest: Mapping[str, float]) -> float:
        """The largest upstream value: entries of x are only compared."""
        return largest["dy"]

    def reach(self, case: Case, argument: str) -> float:
        """As far as the data keep neighbours apart."""
        return case.reach

    def kinks(self, case: Case) -> tuple[Kink, ...]:
        """Ties, also between overlapping windows and with padding, and windows of minus infinity."""
        return tied_inputs(case.shapes["x"], case.config, case.dtype, case.seed)

    def undecided(self, case: Case) -> Array:
        """Planes in which two cells are alike: a format may have too few numbers for a large one."""
        x = case.inputs["x"]
        cells = np.sort(x.reshape(*x.shape[:2], prod(x.shape[2:])), axis=2)
        tied = np.any(cells[..., 1:] == cells[..., :-1], axis=2)
        return np.asarray(tied.reshape(*x.shape[:2], *(1,) * (x.ndim - 2)))

    def won_by_padding(self, x: Array, config: Config) -> bool:
        """Where minus infinity meets padding, which is minus infinity, too."""
        return not np.array_equal(held_at_padding(x, config), x, equal_nan=True)

    def subgradients(self, arrays: Arrays, config: Config, dy: Array) -> Subgradients:
        """Any split of a window's upstream value among its tied cells."""
        return tied_subgradients(arrays["x"], config, dy)

    def share(self, axes: tuple[Axis, ...], out: Shape, config: Config) -> Array:
        """One: the winner gets all."""
        return np.ones(())

    def keywords(self, geometry: Geometry) -> Config:
        """With dilation."""
        return {**super().keywords(geometry), "dilation": geometry.keyword("dilation")}


FAMILY = MaxPooling()
