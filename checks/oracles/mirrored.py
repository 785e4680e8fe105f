"""Layers of symmetric matrices: along one entry their forward is not what it is along that entry and its mirror image.

PyTorch's Cholesky factor reads one triangle, and its gradient is symmetric: right along each direction that leaves a
symmetric matrix one, and unlike every difference along a single entry.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice

import numpy as np

from checks.claim import Claim
from checks.compare import compare
from checks.oracles import lines
from checks.oracles.directions import product, random
from checks.oracles.estimates import errors, own_rounding, values
from checks.smooth import best
from checks.types import Array, gradient_of
from checks.witness import Trial

#: Random symmetric directions: a gradient that is linear in dy and wrong along any passes with probability 0.
DIRECTIONS = 4

ALONG = "a hazard, since it is right along symmetric directions, as the example is symmetric: for others it is not"


def unless_mirrored(trial: Trial, argument: str, claim: Claim) -> Claim:
    """The claim itself; a hazard where the gradient is symmetric as the example is, and right along such lines."""
    if compare(claim).status != "wrong" or not (trial.family.symmetric(argument) and _right(trial, argument)):
        return claim
    return replace(claim, severity="hazard", why=f"{claim.why}; {ALONG}")


def _right(trial: Trial, argument: str) -> bool:
    gradient, own = trial.got.gradients[gradient_of(argument)], {argument: own_rounding(trial, gradient_of(argument))}
    if not np.all(np.abs(gradient - _mirror(gradient)) <= own[argument] + _mirror(own[argument])):
        return False
    moved = [{argument: v + _mirror(v)} for v in islice(random(trial, argument), DIRECTIONS)]
    found = [best(lines.through(trial, each)) for each in moved]
    got, held = np.array([product(trial, each, own) for each in moved]).T
    return bool(np.all(np.abs(got - values(found)) <= held + errors(found, got, held)))


def _mirror(value: Array) -> Array:
    return np.swapaxes(value, -1, -2)
