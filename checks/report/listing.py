"""What there is: families with their arguments and configuration cells, laws with what each needs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from checks.examination import WITNESSES
from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.witness import Witness


def listing() -> Iterator[str]:
    """The lines of ``gradproof list``."""
    yield "families"
    for sheet in families().values():
        yield from _family(sheet)
    yield "laws"
    for witness in WITNESSES:
        yield from _law(witness)


def _family(sheet: Family) -> Iterator[str]:
    yield f"  {sheet.name}({', '.join(sheet.arguments)})  {_first(sheet)}"
    for cell, options in sheet.space.items() if isinstance(sheet, GeometricFamily) else ():
        if len(options) > 1:
            yield f"      {cell}: {', '.join(options)}"


def _law(witness: Witness) -> Iterator[str]:
    yield f"  {witness.law}  {_first(witness)}"
    yield f"      needs {witness.needs}"


def _first(thing: object) -> str:
    return (inspect.getdoc(type(thing)) or "").partition("\n")[0]
