"""The name under which what is known of a layer is kept from one run to the next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.subject import Subject


def identity(obj: Any) -> str:
    """``module:name`` of a class, a function or an object's class; both names of a pair; a Subject's own name."""
    if isinstance(obj, Subject):
        return obj.name
    if isinstance(obj, (tuple, list)):
        return ", ".join(map(identity, obj))
    if isinstance(obj, Mapping):
        return identity(list(obj.values()))
    named = obj if hasattr(obj, "__qualname__") else type(obj)
    return f"{getattr(named, '__module__', None) or 'builtins'}:{named.__qualname__}"
