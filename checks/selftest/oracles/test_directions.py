"""Random directions of an argument, and how a script makes each of them."""

from __future__ import annotations

from itertools import islice

import numpy as np

from checks.opening import opened
from checks.oracles.directions import random, random_in_source
from checks.witness import Trial


def test_the_source_of_a_random_direction_makes_it() -> None:
    """Whichever of them it is: a script shows the very one along which a derivative was wrong."""
    examination, limits = opened((lambda x: (x * x, x), lambda dy, x: 2 * dy * x), "", None, (np.ones((3, 2)),))
    trial = Trial(examination.subject, examination.family, next(iter(limits.family.sweep(0, 1))))
    for place, direction in enumerate(islice(random(trial, "x"), 3)):
        made = eval(random_in_source(trial, "x", place), {"np": np})  # noqa: S307 - our own source
        assert np.array_equal(made, direction)
