"""Cases from rows of cells: drawn by Hypothesis, or swept from a seed beginning with a covering array."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from allpairspy import AllPairs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.strategies.cells import Row, Space, allowed, complete
from checks.strategies.fill import Choose

#: Builds a case from a row of cells; every further number comes from ``choose``.
Build = Callable[[Row, Choose], Case]

LARGEST_SEED = 2**32 - 1


def drawn(space: Space, build: Build) -> SearchStrategy[Case]:
    """Strategy of the cases of a space: every option is reachable, shrinking goes to the first option of each cell."""

    @st.composite
    def case(draw: st.DrawFn) -> Case:
        row = complete(space, lambda options: draw(st.sampled_from(options)))
        return build(row, lambda low, high: draw(st.integers(low, high)))

    return case()


def swept(space: Space, build: Build, seed: int, count: int) -> Iterator[Case]:
    """A covering array of every allowed pair of options, then random rows up to ``count`` cases."""
    rng = np.random.default_rng(seed)
    produced = 0
    for row in covering(space):
        yield build(row, _seeded(rng))
        produced += 1
    while produced < count:
        yield build(complete(space, _picker(rng)), _seeded(rng))
        produced += 1


def covering(space: Space, strength: int = 2) -> list[dict[str, str]]:
    """Rows that together hold every allowed combination of ``strength`` options (a greedy covering array)."""
    names = list(space)
    rows = AllPairs(
        [list(options) for options in space.values()],
        filter_func=lambda values: allowed(dict(zip(names, values, strict=False))),
        n=strength,
    )
    return [dict(zip(names, row, strict=True)) for row in rows]


def _seeded(rng: np.random.Generator) -> Choose:
    return lambda low, high: int(rng.integers(low, high + 1))


def _picker(rng: np.random.Generator) -> Callable[[Sequence[str]], str]:
    return lambda options: options[int(rng.integers(len(options)))]
