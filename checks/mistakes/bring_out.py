"""Cases on which a mistake shows that swept cases rarely or never meet."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from checks.case import Case

#: Rows of x times columns of dy: cases that would grow beyond stay as they are.
MOST_CELLS = 2**17


def anywhere(case: Case) -> Case:
    """The case itself."""
    return case


def tied(case: Case) -> Case:
    """The case with few different numbers: windows are tied, and 0 is among them."""
    return case.but(data="integers", span=1, unit=1)


def lengthened(windows: int) -> Callable[[Case], Case]:
    """The case in float64, its last axis grown until dy has so many columns; empty or large cases stay."""

    def change(case: Case) -> Case:
        more = windows - case.shapes["dy"][-1]
        if more <= 0 or not 0 < prod(case.shapes["x"][:-1]) * windows < MOST_CELLS:
            return case
        grown = {"x": more * _stride(case), "dy": more}
        shapes = {name: (*shape[:-1], shape[-1] + grown.get(name, 0)) for name, shape in case.shapes.items()}
        return case.but(
            shapes=shapes, dtype="float64", unit=max(case.unit, 4) if case.data == "distinct" else case.unit
        )

    return change


def with_samples(count: int) -> Callable[[Case], Case]:
    """The case with so many samples; large cases stay."""

    def change(case: Case) -> Case:
        if not 0 < prod(case.shapes["x"][1:]) * count < MOST_CELLS:
            return case
        grown = {name: (count, *shape[1:]) if name in {"x", "dy"} else shape for name, shape in case.shapes.items()}
        return case.but(shapes=grown, dtype="float64")

    return change


def _stride(case: Case) -> int:
    stride = case.config.get("stride", 1) or case.config["kernel_size"]
    return int(stride[-1] if isinstance(stride, tuple) else stride)
