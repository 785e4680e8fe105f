"""Lists on which a forward puts what its backward takes off again: each backward belongs to the forward before it."""

from __future__ import annotations

from collections import deque
from collections.abc import Sized
from dataclasses import dataclass
from typing import Any

from checks.adapters.paths import things_in

#: Backwards of a layer that are looked at: one that takes nothing off then never does.
LOOKS = 3


@dataclass
class Stacks:
    """What is known of the lists of one layer, as far as its first backwards have shown it."""

    looks: int = 0
    takes: bool = False

    def of(self, layer: Any) -> list[tuple[Sized, int]]:
        """Its lists and their lengths, while it is not known whether a backward takes anything off."""
        self.looks += 1
        if self.takes or self.looks > LOOKS:
            return []
        return [(each, len(each)) for each in things_in(layer) if isinstance(each, (list, deque))]

    def look_again(self, before: list[tuple[Sized, int]]) -> None:
        """Look at the same lists after a backward."""
        self.takes = self.takes or any(len(each) < length for each, length in before)
