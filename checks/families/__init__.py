"""One sheet per family; a new sheet is a module here that ends in ``FAMILY = ...``, and everything picks it up."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from checks.case import Case
from checks.data import KINDS
from checks.errors import CaseError, UsageError
from checks.family import Family
from checks.rounding import DIGITS

#: A case that holds more numbers is no plain counterexample: a damaged file may ask for more memory than there is.
MOST_NUMBERS = 50_000_000


@cache
def families() -> dict[str, Family]:
    """Every family by name, in the order of their names."""
    sheets = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    found = [sheet.FAMILY for sheet in sheets if hasattr(sheet, "FAMILY")]
    return {family.name: family for family in sorted(found, key=lambda family: family.name)}


def family(name: str) -> Family:
    """The family of this name.

    Raises UsageError that lists the names there are.
    """
    if name not in families():
        raise UsageError(f"{name!r} is no family; expected one of {', '.join(families())}")
    return families()[name]


def demand_small(case: Case) -> Case:
    """The case itself.

    Raises CaseError where its numbers would fill the memory as they are drawn: no layer is to blame for that.
    """
    if case.sizes() > MOST_NUMBERS:
        raise CaseError(f"{case.sizes():,} numbers; expected at most {MOST_NUMBERS:,}: {str(case)!r:.200}")
    return case


def valid(case: Case) -> Case:
    """The case itself, where it is a layer of its family with numbers that can be drawn.

    Raises CaseError that says why it is none, UsageError where its family is unknown.
    """
    sheet = family(demand_small(case).family)
    for what, found, expected in (
        ("keyword", case.config, _keywords(case.family)),
        ("argument", case.arguments, sheet.arguments),
        ("format", [case.dtype], DIGITS),
        ("data", [case.data], KINDS),
    ):
        if unknown := [name for name in found if name not in expected]:
            raise CaseError(f"{case} is no valid layer: {what} {unknown[0]!r}; expected some of {', '.join(expected)}")
    try:
        shape = sheet.output_shape(case.shapes, case.config)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as error:
        raise CaseError(f"{case} is no valid layer: {error}") from error
    if shape != case.shapes["dy"]:
        raise CaseError(f"dy={case.shapes['dy']} in {case} does not fit; expected the shape of y, {shape}")
    if case.span < 0 or case.unit < 1 or case.seed < 0:
        raise CaseError(f"{case} cannot be drawn; expected span and seed of at least 0, unit of at least 1")
    return case


@cache
def _keywords(name: str) -> tuple[str, ...]:
    """The keywords of a family's layers."""
    return tuple(next(iter(families()[name].sweep(0, 1))).config)
