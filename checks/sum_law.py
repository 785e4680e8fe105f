"""A sum that a gradient must keep."""

from __future__ import annotations

from dataclasses import dataclass

from checks.types import Array


@dataclass(frozen=True)
class SumLaw:
    """Known sums: ``gradient`` summed over ``axes`` must equal ``dy * share`` summed over ``dy_axes``.

    ``share`` broadcasts against dy; the two sums have one shape. ``why`` derives the law.
    """

    gradient: str
    axes: tuple[int, ...]
    dy_axes: tuple[int, ...]
    share: Array
    why: str
