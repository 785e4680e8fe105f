"""Which combinations of configuration cells a run has met, and which it has not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, product

from checks.strategies.cells import Space, impossible

Combination = frozenset[str]


def met(groups: Iterable[set[str]], strength: int = 2) -> set[Combination]:
    """Every combination of ``strength`` cells that stand together in one of the groups (see ``cells.by_axis``)."""
    return {frozenset(cells) for group in groups for cells in combinations(sorted(group), strength)}


def expected(space: Space, strength: int = 2) -> Mapping[Combination, str]:
    """Every combination of options of different cells, each with the reason why it is impossible, or an empty text."""
    varied = {name: options for name, options in space.items() if len(options) > 1}
    return {
        frozenset(f"{name}: {option}" for name, option in row.items()): impossible(row)
        for row in combinations_of(varied, strength)
    }


def combinations_of(space: Space, strength: int) -> Iterator[dict[str, str]]:
    """Every choice of options for ``strength`` cells of a space, possible or not."""
    for names in combinations(space, strength):
        for options in product(*(space[name] for name in names)):
            yield dict(zip(names, options, strict=True))


def missing(space: Space, found: set[Combination], strength: int = 2) -> list[tuple[str, str]]:
    """Combinations of a space that were not met, each with the reason: impossible, or never drawn."""
    return [
        (" + ".join(sorted(cells)), why or "never drawn; raise the number of cases")
        for cells, why in expected(space, strength).items()
        if cells not in found
    ]
