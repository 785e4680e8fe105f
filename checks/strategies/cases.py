"""Cases from rows of cells: drawn by Hypothesis, or swept from a seed beginning with a covering array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import count

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from checks.case import Case
from checks.data import PATTERNED
from checks.strategies.cells import Row, Space, complete
from checks.strategies.coverage import Combination, wanted
from checks.strategies.covering import covering
from checks.strategies.fill import Choose

#: Builds a case from a row of cells; every further number comes from ``choose``.
Build = Callable[[Row, Choose], Case]

#: Reads the combinations of cells that a case meets.
Combinations = Callable[[Case], set[Combination]]

_TRIES = 100

LARGEST_SEED = 2**32 - 1

#: Numbers that a random case may hold.
SMALL = 10_000

#: What random cases mostly have, and the share that is settled so: empty arrays show little, large ones take long.
USUAL: Row = {"block": "none", "batch": "more", "output": "few", "kernel": "odd"}
SETTLED: Mapping[str, float] = {"block": 0.8, "batch": 0.7, "output": 0.6, "kernel": 0.3}


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
    space: Space, build: Build, combinations: Combinations, seed: int, least: int, triples: Sequence[str] = ()
) -> Iterator[Case]:
    """Covering arrays, then random rows up to ``least`` cases; the same for the same seed.

    Every allowed pair of options is met, and every allowed triple among the cells named in ``triples``. Whether one is
    met is read from the numbers of the cases (``combinations``), not from the intentions of the rows.
    """
    rng = np.random.default_rng(seed)
    threes = covering({name: space[name] for name in triples}, 3) if triples else []
    rows = covering(space) + [complete(space, _picker(rng), row) for row in threes]
    found = [build(row, _seeded(rng)) for row in rows]
    left = {each: why for each, why in wanted(space, triples).items() if not why}
    found += _closing(left, lambda row: build(complete(space, _picker(rng), row), _seeded(rng)), combinations, found)
    yield from found
    for _ in range(least - len(found)):
        yield build(complete(space, _picker(rng)), _seeded(rng))


def random(space: Space, build: Build, seed: int) -> Iterator[Case]:
    """Cases of random rows without end, mostly ``USUAL`` ones.

    Every third has integers from {-1, 0, 1} where they are integers: entries, and sums, that are 0. Every third has
    them in special orders.
    """
    rng, special = np.random.default_rng([seed, 23]), patterned(space, build, seed + 1)
    for place in count():
        if place % 3 == 1:
            yield next(special)
            continue
        case = build(complete(space, _picker(rng), _usual(space, rng)), _seeded(rng))
        if case.sizes() <= SMALL:
            yield case.but(span=1) if place % 3 == 0 and case.data == "integers" else case


def patterned(space: Space, build: Build, seed: int) -> Iterator[Case]:
    """The same with integers in special orders alone (``checks.patterns``)."""
    rng = np.random.default_rng([seed, 31])
    whole = [kind for kind in space["data"] if kind in PATTERNED]
    for place in count():
        row = complete(space, _picker(rng), _usual(space, rng))
        case = build({**row, "data": PATTERNED[whole[place % len(whole)]]}, _seeded(rng))
        if case.sizes() <= SMALL:
            yield case


def _usual(space: Space, rng: np.random.Generator) -> Row:
    """Some cells at what is usual, where the space has it."""
    known = {cell: option for cell, option in USUAL.items() if option in space.get(cell, ())}
    return {cell: option for cell, option in known.items() if rng.random() < SETTLED[cell]}


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


def _seeded(rng: np.random.Generator) -> Choose:
    return lambda low, high: int(rng.integers(low, high + 1))


def _picker(rng: np.random.Generator) -> Callable[[Sequence[str]], str]:
    return lambda options: options[int(rng.integers(len(options)))]
