"""How long a layer is asked what it takes: a slow one is not asked everything, and not examined on the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic

#: Seconds that finding out may take, and those of one call from which on a layer is slow.
PATIENCE, SLOW = 4.0, 0.2


@dataclass
class Patience:
    """Begins when it is made; ``again`` makes a call once more: a first one may load much, or compile.

    ``unasked`` are settings of which nothing was asked.
    """

    again: Callable[[], object]
    unasked: list[str] = field(default_factory=list)
    _start: float = field(default_factory=monotonic)

    @cached_property
    def slow(self) -> bool:
        """Whether the layer is slow."""
        start = monotonic()
        self.again()
        return monotonic() - start > SLOW

    @property
    def over(self) -> bool:
        """Whether there is no time left for a slow layer."""
        return monotonic() - self._start > PATIENCE and self.slow

    def spares(self, setting: str) -> bool:
        """Whether there is no time left to ask of a setting, which is noted."""
        self.unasked += [setting] if (over := self.over) else []
        return over

    def remark(self, sentence: str) -> str:
        """A sentence about what was not asked, which stands at its braces; empty where everything was."""
        return sentence.format("; ".join(dict.fromkeys(self.unasked))) if self.unasked else ""
