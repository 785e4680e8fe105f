"""Cases from rows of cells: drawn by Hypothesis, or swept from a seed beginning with a covering array."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from allpairspy import AllPairs
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.strategies.cells import Row, Space, allowed, complete
from checks.strategies.coverage import Combination, expected
from checks.strategies.fill import Choose

#: Builds a case from a row of cells; every further number comes from ``choose``.
Build = Callable[[Row, Choose], Case]

#: Reads the pairs of cells that a case meets.
Pairs = Callable[[Case], set[Combination]]

_TRIES = 100

LARGEST_SEED = 2**32 - 1


def drawn(space: Space, build: Build) -> SearchStrategy[Case]:
    """Strategy of the cases of a space: every option is reachable, shrinking goes to the first option of each cell."""

    @st.composite
    def case(draw: st.DrawFn) -> Case:
        row = complete(space, lambda options: draw(st.sampled_from(options)))
        return build(row, lambda low, high: draw(st.integers(low, high)))

    return case()


def swept(
    space: Space, build: Build, pairs: Pairs, seed: int, count: int, triples: Sequence[str] = ()
) -> Iterator[Case]:
    """Covering arrays, then random rows up to ``count`` cases; the same for the same seed.

    Every allowed pair of options is met, and every allowed triple among the cells named in ``triples``. Whether a pair
    is met is read from the numbers of the cases (``pairs``), not from the intentions of the rows.
    """
    rng = np.random.default_rng(seed)
    threes = covering({name: space[name] for name in triples}, 3) if triples else []
    rows = covering(space) + [complete(space, _picker(rng), row) for row in threes]
    found = [build(row, _seeded(rng)) for row in rows]
    found += _closing(space, build, pairs, rng, set().union(*map(pairs, found)))
    found += [build(complete(space, _picker(rng)), _seeded(rng)) for _ in range(count - len(found))]
    yield from found


def _closing(space: Space, build: Build, pairs: Pairs, rng: np.random.Generator, met: set[Combination]) -> list[Case]:
    """A case for each possible pair that is not met yet; numbers can differ from intentions, hence the tries."""
    found: list[Case] = []
    for pair, why in expected(space).items():
        row = dict(cell.split(": ") for cell in pair)
        for _ in range(_TRIES if not why and pair not in met else 0):
            case = build(complete(space, _picker(rng), row), _seeded(rng))
            if pair in pairs(case):
                found.append(case)
                met |= pairs(case)
                break
    return found


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
