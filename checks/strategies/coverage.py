"""Which combinations of configuration cells a run has met, and which it has not, with the reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import combinations

from checks.strategies.cells import Space, impossible

Combination = frozenset[str]


def met(groups: Iterable[set[str]], strength: int = 2) -> set[Combination]:
    """Every combination of ``strength`` cells that stand together in one of the groups (see ``cells.by_axis``)."""
    return {frozenset(cells) for group in groups for cells in combinations(sorted(group), strength)}


def expected(space: Space, strength: int = 2) -> Mapping[Combination, str]:
    """Every combination of options of different cells, each with the reason why it is impossible, or an empty text."""
    varied = {name: options for name, options in space.items() if len(options) > 1}
    found = {}
    for names in combinations(varied, strength):
        for options in _products([varied[name] for name in names]):
            row = dict(zip(names, options, strict=True))
            found[frozenset(f"{name}: {option}" for name, option in row.items())] = impossible(row)
    return found


def missing(space: Space, found: set[Combination], strength: int = 2) -> list[tuple[str, str]]:
    """Combinations of a space that were not met, each with the reason: impossible, or never drawn."""
    return [
        (" + ".join(sorted(cells)), why or "never drawn; raise the number of cases")
        for cells, why in expected(space, strength).items()
        if cells not in found
    ]


def _products(choices: list[Iterable[str]]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [()]
    for options in choices:
        rows = [(*row, option) for row in rows for option in options]
    return rows
