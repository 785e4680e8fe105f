"""One sheet per family; a new sheet is a module here that ends in ``FAMILY = ...``, and everything picks it up."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from checks.errors import UsageError
from checks.family import Family


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
