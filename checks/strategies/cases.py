"""Cases from rows of cells: drawn by Hypothesis, or swept from a seed beginning with a covering array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.strategies.cells import Row, Space, allowed, complete, settled
from checks.strategies.coverage import Combination, combinations_of, wanted
from checks.strategies.fill import Choose

#: Builds a case from a row of cells; every further number comes from ``choose``.
Build = Callable[[Row, Choose], Case]

#: Reads the combinations of cells that a case meets.
Combinations = Callable[[Case], set[Combination]]

_TRIES = 100

LARGEST_SEED = 2**32 - 1


def drawn(space: Space, build: Build) -> SearchStrategy[Case]:
    """Strategy of the cases of a space: every option is reachable, shrinking goes to the first option of each cell.

    A cell with one option left takes a draw too, so that the draws after it keep their meaning when shrinking gives it
    more.
    """

    @st.composite
    def case(draw: st.DrawFn) -> Case:
        row = complete(space, lambda options: options[draw(st.integers(0, max(len(options), 2) - 1)) % len(options)])
        return build(row, lambda low, high: draw(st.integers(low, high)))

    return case()


def swept(
    space: Space, build: Build, combinations: Combinations, seed: int, count: int, triples: Sequence[str] = ()
) -> Iterator[Case]:
    """Covering arrays, then random rows up to ``count`` cases; the same for the same seed.

    Every allowed pair of options is met, and every allowed triple among the cells named in ``triples``. Whether one is
    met is read from the numbers of the cases (``combinations``), not from the intentions of the rows.
    """
    rng = np.random.default_rng(seed)
    threes = covering({name: space[name] for name in triples}, 3) if triples else []
    rows = covering(space) + [complete(space, _picker(rng), row) for row in threes]
    found = [build(row, _seeded(rng)) for row in rows]
    left = {each: why for each, why in wanted(space, triples).items() if not why}
    found += _closing(left, lambda row: build(complete(space, _picker(rng), row), _seeded(rng)), combinations, found)
    found += [build(complete(space, _picker(rng)), _seeded(rng)) for _ in range(count - len(found))]
    yield from found


def _closing(
    left: Iterable[Combination], build: Callable[[Row], Case], combinations: Combinations, so_far: Sequence[Case]
) -> list[Case]:
    """A case for each combination that is not met yet; numbers can differ from intentions, hence the tries."""
    found, met = list[Case](), set().union(*map(combinations, so_far))
    for each in left:
        row = dict(cell.split(": ") for cell in each)
        for _ in range(_TRIES if each not in met else 0):
            case = build(row)
            if each in combinations(case):
                found.append(case)
                met |= combinations(case)
                break
    return found


def covering(space: Space, strength: int = 2) -> list[dict[str, str]]:
    """Rows that together hold every allowed combination of ``strength`` options (a greedy covering array).

    Each row starts from a combination that no row holds yet and takes, cell by cell, the allowed option that completes
    most of the others (Cohen et al., The AETG system, IEEE Transactions on Software Engineering 23(7), 1997, with one
    candidate a row).
    """
    possible = (row for row in combinations_of(space, strength) if allowed({**settled(space), **row}))
    left = {frozenset(row.items()): row for row in possible}
    rows = []
    while left:
        row = _greedy(space, next(iter(left.values())), left)
        rows.append(row)
        for held in [combination for combination in left if combination <= row.items()]:
            del left[held]
    return rows


def _greedy(space: Space, start: Row, left: Iterable[frozenset[tuple[str, str]]]) -> dict[str, str]:
    row = {**settled(space), **start}
    for name in [name for name in space if name not in row]:
        wider = [{**row, name: option} for option in space[name] if allowed({**row, name: option})]
        row = max(wider, key=lambda each: sum(combination <= each.items() for combination in left))
    return {name: row[name] for name in space}


def _seeded(rng: np.random.Generator) -> Choose:
    return lambda low, high: int(rng.integers(low, high + 1))


def _picker(rng: np.random.Generator) -> Callable[[Sequence[str]], str]:
    return lambda options: options[int(rng.integers(len(options)))]
