"""The catalogue of known mistakes: each predicts the wrong gradients that it would give on a case."""

from __future__ import annotations

from checks.family import Family
from checks.mistakes import (
    avg_pool,
    conv_assigned,
    conv_bias,
    conv_dx,
    conv_first_axis,
    conv_order,
    conv_weight,
    max_pool,
    max_pool_index,
    max_pool_ties,
    outcome,
    pool_axes,
    relu,
    upstream,
)
from checks.mistakes.mistake import Mistake

#: The special before the general: where two predict the same numbers, the first names them best.
CATALOGUE: tuple[Mistake, ...] = (
    conv_dx.MISTAKES
    + conv_weight.MISTAKES
    + conv_bias.MISTAKES
    + conv_first_axis.MISTAKES
    + conv_assigned.MISTAKES
    + conv_order.MISTAKES
    + max_pool.MISTAKES
    + max_pool_index.MISTAKES
    + max_pool_ties.MISTAKES
    + avg_pool.MISTAKES
    + pool_axes.MISTAKES
    + relu.MISTAKES
    + upstream.MISTAKES
    + outcome.MISTAKES
)


def known(family: Family) -> tuple[Mistake, ...]:
    """The mistakes that layers of a family can make: its own, those of what it varies, those that any layer can."""
    return tuple(mistake for mistake in CATALOGUE if mistake.concerns(family))
