"""Other cases for each law: a deterministic profile would draw the same ones every time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from zlib import crc32

from hypothesis import seed, settings


def drawn_for(purpose: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorator that gives a property test the draws of its purpose, where the profile in force is deterministic."""
    if not settings().derandomize:
        return lambda test: test
    return seed(crc32(purpose.encode()))
