"""What there is: families with their arguments and configuration cells, laws with what each needs."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping

from checks.examination import WITNESSES
from checks.families import families
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.invariants.kinks import BESIDE, CONVENTION
from checks.invariants.surroundings import Surroundings
from checks.judge import HANGS, RUNS, SHAPE
from checks.witness import Witness

#: Laws without a witness of their own name: what each says, and what it needs.
SPOKEN: Mapping[str, tuple[str, str]] = {
    RUNS: (
        "Forward and backward give arrays, and leave their process alive; to refuse a case is no breach.",
        "the layer alone; for a layer that ends its process one of its own (isolate=True)",
    ),
    HANGS: ("Each call answers within its time.", "a process of its own (isolate=True)"),
    SHAPE: ("y has the shape that it must have, and each gradient that of its argument.", Witness.needs),
    BESIDE: ("An entry next to 0, but not at it, has its one gradient.", "a family that works on each entry alone"),
    CONVENTION: (
        "Where several gradients are valid the backward gives the one that the family, or its keyword, names.",
        "a family with kinks; the law kinks holds",
    ),
}


def listing() -> Iterator[str]:
    """The lines of ``gradproof list``."""
    yield "families"
    for sheet in families().values():
        yield from _family(sheet)
    yield "laws"
    for law in _witnessed():
        yield from _law(*law)
    yield "laws that the witnesses above find broken on their way"
    for law in _on_the_way():
        yield from _law(*law)


def laws() -> Iterator[tuple[str, str, str]]:
    """Each law: its name, what it says, what it needs; those without a witness of their own are the last."""
    yield from _witnessed()
    yield from _on_the_way()


def _witnessed() -> Iterator[tuple[str, str, str]]:
    for witness in (*WITNESSES, Surroundings()):
        yield witness.law, _first(witness), witness.needs


def _on_the_way() -> Iterator[tuple[str, str, str]]:
    for law, (says, needs) in SPOKEN.items():
        yield law, says, needs


def _family(sheet: Family) -> Iterator[str]:
    yield f"  {sheet.name}({', '.join(sheet.arguments)})  {_first(sheet)}"
    for cell, options in sheet.space.items() if isinstance(sheet, GeometricFamily) else ():
        if len(options) > 1:
            yield f"      {cell}: {', '.join(options)}"


def _law(law: str, says: str, needs: str) -> Iterator[str]:
    yield f"  {law}  {says}"
    yield f"      needs {needs}"


def _first(thing: object) -> str:
    return (inspect.getdoc(type(thing)) or "").partition("\n")[0]
