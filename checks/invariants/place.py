"""One thing that every layer of a process shares."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """What is shared: its name, how it is read and, where that is possible, put back."""

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object] = lambda _: None
