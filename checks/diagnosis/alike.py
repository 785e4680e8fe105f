"""When numbers of a gradient count as the same, and how many of them show that this is no chance."""

from __future__ import annotations

import numpy as np

from checks.types import Array

#: Relative difference below which a factor or an offset counts as the same everywhere.
SAME = 1e-3
#: So many wrong elements, not all alike, show a factor or an offset: of any one number there is a ratio.
LEAST = 3


def several(want: Array) -> bool:
    """Whether right numbers are enough, and not all alike, for what they have in common with the wrong ones to tell."""
    return want.size >= LEAST and bool(np.any(want != want.flat[0]))


def slight(gap: Array, want: Array) -> bool:
    """Whether all that is off is next to nothing beside the right numbers that are known: no whole term of theirs."""
    off, right = (np.max(np.abs(values), where=np.isfinite(want), initial=0.0) for values in (gap, want))
    return bool(off <= SAME * right)
