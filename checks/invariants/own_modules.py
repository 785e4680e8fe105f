"""Our own modules in ``sys.modules``: a layer that reloads by taking modules out may take ours along."""

from __future__ import annotations

import sys
from types import ModuleType

#: Packages of ours.
PACKAGES = ("checks", "reference_impl")

#: All that were ever there, by name: what is not found is imported again, and its classes are then no longer the same.
_known: dict[str, ModuleType] = {}


def missing() -> str:
    """How many are not there, or no longer the same, in words."""
    _known.update({name: module for name, module in list(sys.modules.items()) if _ours(name) and name not in _known})
    lost = sum(sys.modules.get(name) is not module for name, module in _known.items())
    return f"without {lost} of them" if lost else "complete"


def put_in(_: str) -> None:
    """All of them, the very same."""
    sys.modules.update(_known)


def _ours(name: str) -> bool:
    return name.partition(".")[0] in PACKAGES
