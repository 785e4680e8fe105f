"""Keywords that a layer holds, as ``functools.partial`` and modules do: whatever else is said, its calls have these."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from checks.adapters.words import Fixed
from checks.errors import UsageError
from checks.scope.accepted import accepts


def holds(known: Mapping[str, Any], said: Mapping[str, Any]) -> dict[str, Fixed]:
    """Those of the ``known`` limits that are values a layer holds, where anything is said of them.

    Raises UsageError where what is said leaves out what it holds: no case would show the layer as it is.
    """
    held = {name: limit for name, limit in known.items() if name in said and isinstance(limit, Fixed)}
    held = {name: limit for name, limit in held.items() if limit.value != "kernel"}  # which is whatever the window is
    for name, limit in held.items():
        if not accepts(said[name], limit.value):
            raise UsageError(
                f"supports has {name}={said[name]!r:.80}, and the layer holds {name}={limit.value!r:.80}; expected a "
                "limit that takes this, or none"
            )
    return held
