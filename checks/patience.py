"""How long a layer is asked what it takes: a slow one is not asked everything, and not examined on the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic

#: Seconds that finding out may take, and those of one call from which on a layer is asked of one count of axes alone.
PATIENCE, SLOW = 4.0, 0.5


@dataclass
class Patience:
    """Begins when it is made; ``unasked`` are settings of which nothing was asked."""

    unasked: list[str] = field(default_factory=list)
    _start: float = field(default_factory=monotonic)
    _call: float = 0.0

    @property
    def over(self) -> bool:
        """Whether there is no time left."""
        return monotonic() - self._start > PATIENCE

    def spares(self, setting: str) -> bool:
        """Whether there is no time left to ask of a setting, which is noted."""
        self.unasked += [setting] if (over := self.over) else []
        return over

    def calling(self) -> None:
        """A call begins."""
        self._call = monotonic()

    @property
    def slow(self) -> bool:
        """Whether it has taken long."""
        return monotonic() - self._call > SLOW

    def remark(self, sentence: str) -> str:
        """A sentence about what was not asked, which stands at its braces; empty where everything was."""
        return sentence.format("; ".join(dict.fromkeys(self.unasked))) if self.unasked else ""
