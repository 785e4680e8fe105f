"""Which combinations of configuration cells a run has met, and which it has not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import combinations, product

from checks.strategies.cells import Space, impossible, settled

Combination = frozenset[str]

#: Why a possible combination was not met.
NEVER_DRAWN = "never drawn; raise the number of cases"


def met(groups: Iterable[set[str]], strength: int = 2) -> set[Combination]:
    """Every combination of ``strength`` cells that stand together in one of the groups (see ``visited.by_axis``)."""
    return {frozenset(cells) for group in groups for cells in combinations(sorted(group), strength)}


def expected(space: Space, strength: int = 2) -> Mapping[Combination, str]:
    """Every combination of options of different cells, each with the reason why it is impossible, or an empty text."""
    return _expected(tuple((name, tuple(options)) for name, options in space.items()), strength)


@cache
def _expected(cells: tuple[tuple[str, tuple[str, ...]], ...], strength: int) -> Mapping[Combination, str]:
    """The same, told once a process: every sweep asks for it."""
    space = dict(cells)
    varied = {name: options for name, options in space.items() if len(options) > 1}
    return {
        frozenset(f"{name}: {option}" for name, option in row.items()): impossible({**settled(space), **row})
        for row in combinations_of(varied, strength)
    }


def combinations_of(space: Space, strength: int) -> Iterator[dict[str, str]]:
    """Every choice of options for ``strength`` cells of a space, possible or not."""
    for names in combinations(space, strength):
        for options in product(*(space[name] for name in names)):
            yield dict(zip(names, options, strict=True))


def wanted(space: Space, triples: Iterable[str] = ()) -> Mapping[Combination, str]:
    """What a sweep must meet: every pair of options, and every triple among the cells named in ``triples``."""
    return {**expected(space), **expected({name: space[name] for name in triples}, 3)}


def met_with_triples(groups: Iterable[set[str]], triples: Sequence[str]) -> set[Combination]:
    """Every pair of cells that stand together in one of the groups, and every triple of the cells named."""
    together = list(groups)
    named = [{cell for cell in cells if cell.partition(": ")[0] in triples} for cells in together]
    return met(together) | met(named, 3)


def missing(space: Space, found: set[Combination], triples: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Combinations that are wanted and were not met, each with the reason: impossible, or never drawn."""
    return [
        (" + ".join(sorted(cells)), why or NEVER_DRAWN)
        for cells, why in wanted(space, triples).items()
        if cells not in found
    ]
