"""The table planted mistakes x witnesses: on how many of the cases that can show it each law caught each mistake.

Write it anew with ``python -m checks.selftest.mistakes.table`` after a witness or a mistake changed, and read the diff:
a smaller number is a weaker witness.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from checks.selftest.mistakes.plants import Plant, plants
from checks.selftest.mistakes.showing import broken
from checks.selftest.spoil import NAMES

#: Left out: how subnormal numbers are rounded depends on the path that a library takes, which memory may change.
UNSTEADY = "scaling (hazard)"

SNAPSHOT = Path(__file__).with_name("table.txt")


@cache
def caught(plant: Plant) -> tuple[int, Counter[str]]:
    """How many cases can show a planted layer, and on how many of them each law found it wrong."""
    found: Counter[str] = Counter()
    subject, cases = plant.make(), plant.cases()
    for case in cases:
        found.update(broken(subject, case))
    return len(cases), found


def line(plant: Plant) -> str:
    """One line of the table."""
    cases, found = caught(plant)
    counts = ", ".join(f"{law} {count}" for law, count in sorted(found.items()) if law != UNSTEADY)
    return f"{plant.family} | {plant.title} | of {cases}: {counts or 'nothing'}"


def lines() -> Iterator[str]:
    """The table, line by line."""
    return (line(plant) for name in sorted(NAMES) for plant in plants(name))


def main() -> None:
    """Write the snapshot."""
    SNAPSHOT.write_text("".join(f"{text}\n" for text in lines()), encoding="utf-8")
    sys.stdout.write(f"{SNAPSHOT}\n")


if __name__ == "__main__":
    main()
