"""The table planted mistakes x witnesses: which laws caught each mistake on each of the cases that can show it.

Write it anew with ``python -m checks.selftest.mistakes.table`` after a witness or a mistake changed, and read the diff:
a law that is gone is a weaker witness.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from checks.selftest.mistakes.plants import Plant, plants
from checks.selftest.mistakes.showing import broken
from checks.selftest.spoil import NAMES

#: Left out: how subnormal numbers are rounded depends on the path that a library takes, which memory may change.
UNSTEADY = "scaling (hazard)"

SNAPSHOT = Path(__file__).with_name("table.txt")


def caught(plant: Plant) -> Iterator[frozenset[str]]:
    """The laws that find a planted layer wrong on each of the cases that can show it, one case after another."""
    subject = plant.make()
    return (frozenset(broken(subject, case)) for case in plant.cases())


def line(plant: Plant, found: Iterable[frozenset[str]]) -> str:
    """One line of the table; it begins with that of fewer cases."""
    cases = (", ".join(sorted(laws - {UNSTEADY})) or "nothing" for laws in found)
    return " | ".join((plant.family, plant.title, *cases))


def lines() -> Iterator[str]:
    """The table, line by line."""
    return (line(plant, caught(plant)) for name in sorted(NAMES) for plant in plants(name))


def main() -> None:
    """Write the snapshot."""
    SNAPSHOT.write_text("".join(f"{text}\n" for text in lines()), encoding="utf-8")
    sys.stdout.write(f"{SNAPSHOT}\n")


if __name__ == "__main__":
    main()
