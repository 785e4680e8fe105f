"""Averages of large numbers in float16, whose sums are larger than that format holds, and which it holds themselves.

Who adds up in float32, or divides first, gives them. A sum that is kept in float16 is infinite before it is divided:
NumPy's own ``sum`` of such an array is, so that it is a hazard, not wrong.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from checks.arithmetic import PLAIN
from checks.bounds import nothing
from checks.claim import Claim
from checks.computing import hushed
from checks.errors import SubjectError
from checks.invariants.window_sums import computed, pulled
from checks.types import Array
from checks.witness import Trial

#: The format whose largest number, 65504, a few numbers of middling size add up to.
FORMAT = "float16"

#: Two of these are more.
LARGE = 2.0**15

#: One of so many cases is asked.
EVERY = 2


def mean_overflow(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for y, and for dx, of planes of large numbers: no average of them is infinite."""
    case, family = trial.case, trial.family
    averages = family.channelwise and not family.selects and not family.pointwise
    if case.dtype != FORMAT or not averages or trial.arithmetic != PLAIN or case.seed % EVERY or not case.filled:
        return
    arrays = {name: np.full(case.shapes[name], LARGE) for name in ("x", "dy")}
    want = computed(trial, arrays)
    with suppress(SubjectError):  # a layer may have a domain
        got = hushed(pulled, trial, arrays)
        yield from (_claim(law, of, got[of], want[of]) for of in want)


def _claim(law: str, of: str, got: Array, want: Array) -> Claim:
    """What is finite is not looked at again: another law knows what it must be."""
    held = np.isfinite(got) | (np.abs(want) > LARGE)
    why = (
        f"averages of {LARGE:.0f} are no larger: a sum that is kept in {FORMAT} overflows on its way; add up in float32"
    )
    return Claim(law, of, np.where(held, want, got), want, nothing(want.shape), why, severity="hazard")
