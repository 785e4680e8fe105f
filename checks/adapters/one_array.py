"""Arguments of an example that are one and the same array: a layer is handed copies, each its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def of_one_array(example: Any) -> list[str]:
    """A sentence for each array that stands in several places of an example, by place or by name."""
    named = example if isinstance(example, Mapping) else dict(enumerate(example, 1)) if _is_several(example) else {}
    places: dict[int, list[str]] = {}
    for name, value in named.items():
        if getattr(value, "shape", ()):
            places.setdefault(id(value), []).append(str(name))
    return [
        f"arguments {' and '.join(names)} of the example are one array, and the layer gets a copy for each: what it "
        "does where they are the same object (x is y) is not examined"
        for names in places.values()
        if len(names) > 1
    ]


def _is_several(example: Any) -> bool:
    return isinstance(example, (tuple, list))
