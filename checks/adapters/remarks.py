"""Sentences about what is not examined."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def held_at_values(options: Mapping[str, Any]) -> list[str]:
    """About options, by name; nothing where there are none."""
    told = ", ".join(f"{name}={_told(value)}" for name, value in options.items())
    return [f"held at its value, since the backward gives no gradient of it: {told}"] if told else []


def _told(value: Any) -> str:
    return f"{value.dtype} of shape {tuple(value.shape)}" if hasattr(value, "shape") else repr(value)
