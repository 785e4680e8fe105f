"""Covering arrays: rows that together hold every allowed combination of so many options; the library makes them.

Making one takes up to seconds, which every process would pay again. Those of the families are kept in a file, which
``python -m checks.selftest.strategies.arrays`` writes; that of any other space is made where it is asked for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, TypeAlias

from checks.strategies.cells import Row, Rule, Space, broken, rules

#: Where the arrays are kept, beside this module.
KEPT = "covering.json"

#: A space with its cells and options in order, and how many options are combined.
Key: TypeAlias = tuple[tuple[tuple[str, tuple[str, ...]], ...], int]


def covering(space: Space, strength: int = 2) -> list[dict[str, str]]:
    """Rows that together hold every allowed combination of ``strength`` options: a covering array, always the same."""
    return [dict(row) for row in _covering(key(space, strength))]


def key(space: Space, strength: int) -> Key:
    """What an array is found by."""
    return tuple((name, tuple(options)) for name, options in space.items()), strength


@cache
def _covering(wanted: Key) -> tuple[Row, ...]:
    return kept().get(wanted) or made(wanted)


def made(wanted: Key) -> tuple[Row, ...]:
    """The array, made anew."""
    import covertable  # noqa: PLC0415 - seldom needed

    space, strength = wanted
    factors = {name: list(options) for name, options in space}
    rows = covertable.make(factors, strength=strength, constraints=list(map(_constraint, rules(factors))))
    return tuple({name: row[name] for name in factors} for row in rows)


@cache
def kept() -> Mapping[Key, tuple[Row, ...]]:
    """The arrays of the file, by their space."""
    found = json.loads(files("checks.strategies").joinpath(KEPT).read_text(encoding="utf-8"))
    return dict(map(_read, found))


def written(arrays: Mapping[Key, tuple[Row, ...]]) -> str:
    """Arrays as text: for each its strength, its space, and its rows, a digit for the option of each cell."""
    return json.dumps([_entry(wanted, rows) for wanted, rows in arrays.items()], indent=1) + "\n"


def _entry(wanted: Key, rows: tuple[Row, ...]) -> dict[str, Any]:
    space, strength = wanted
    digits = ["".join(str(options.index(row[name])) for name, options in space) for row in rows]
    return {"strength": strength, "space": {name: ", ".join(options) for name, options in space}, "rows": digits}


def _read(entry: Mapping[str, Any]) -> tuple[Key, tuple[Row, ...]]:
    space = {name: tuple(options.split(", ")) for name, options in entry["space"].items()}
    rows = (dict(zip(space, map(int, digits), strict=True)) for digits in entry["rows"])
    return key(space, entry["strength"]), tuple(
        {name: space[name][place] for name, place in row.items()} for row in rows
    )


def _constraint(rule: Rule) -> dict[str, Any]:
    """A rule in the library's words: a condition on the cells that it names, true where they can stand together."""
    return {"operator": "fn", "requires": list(rule), "evaluate": lambda row: not broken(rule, row)}
