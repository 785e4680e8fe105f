"""The catalogue of known mistakes: each predicts the wrong gradients that it would give on a case."""

from __future__ import annotations

from checks.mistakes import avg_pool, conv_dx, conv_weight, max_pool, outcome, relu, upstream
from checks.mistakes.mistake import Mistake

#: The special before the general: where two predict the same numbers, the first names them best.
CATALOGUE: tuple[Mistake, ...] = (
    conv_dx.MISTAKES
    + conv_weight.MISTAKES
    + max_pool.MISTAKES
    + avg_pool.MISTAKES
    + relu.MISTAKES
    + upstream.MISTAKES
    + outcome.MISTAKES
)


def known(family: str) -> tuple[Mistake, ...]:
    """The mistakes that layers of a family can make."""
    return tuple(mistake for mistake in CATALOGUE if family in mistake.families)
