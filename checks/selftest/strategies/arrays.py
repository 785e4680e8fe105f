"""Write the covering arrays of the families anew: ``python -m checks.selftest.strategies.arrays``.

Needed where a family's cells, or the rules of what can stand together, have changed: tests then say which are missing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.strategies import covering
from checks.strategies.covering import KEPT, Key, key, made, written


def wanted() -> Iterator[Key]:
    """What the families of this project sweep: every pair of their options, every triple of their modes."""
    for sheet in families().values():
        if isinstance(sheet, GeometricFamily):
            yield key(sheet.space, 2)
            if sheet.triples:
                yield key({name: sheet.space[name] for name in sheet.triples}, 3)


if __name__ == "__main__":
    file = Path(covering.__file__).with_name(KEPT)
    file.write_text(written({each: made(each) for each in wanted()}), encoding="utf-8")
