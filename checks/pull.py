"""What one forward and one backward gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from checks.types import Array, Arrays


@dataclass(frozen=True)
class Pull:
    """What one forward and one backward gave: ``y`` and the gradients by name (``dx``, ``dweight``, ...).

    ``misshapen`` says which gradient came with other axes of length 1 than its argument has; empty where none did.
    ``stretched`` says the same of one that moves its argument all the same.
    """

    y: Array
    gradients: Arrays
    misshapen: str = ""
    stretched: str = ""

    def named(self) -> Arrays:
        """Everything that was computed, by name."""
        return {"y": self.y, **self.gradients}


@dataclass(frozen=True)
class PullState:
    """One forward and one backward with all that they left: ``pull`` holds copies of what came.

    ``results`` are the very arrays that came, by name; ``saved`` is what the forward saved; ``handed`` are the very
    arguments and dy that were handed over.
    """

    pull: Pull
    results: Arrays
    saved: Any
    handed: Arrays
