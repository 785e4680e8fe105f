"""How long a layer is asked what it takes: a slow one is not asked everything, and not examined on the rest."""

from __future__ import annotations

from time import monotonic

#: Seconds that finding out may take, and those of one call from which on a layer is asked of one count of axes alone.
PATIENCE, SLOW = 4.0, 0.5

_UNASKED = (
    "for want of time this slow layer was not asked whether it takes {}: it is not examined there; supports= can say "
    "what it takes"
)


class Patience:
    """Begins when it is made; ``unasked`` are settings of which nothing was asked."""

    def __init__(self) -> None:
        self._start = self._call = monotonic()
        self.unasked: list[str] = []

    def spares(self, setting: str) -> bool:
        """Whether there is no time left to ask of a setting, which is noted."""
        over = monotonic() - self._start > PATIENCE
        self.unasked += [setting] if over else []
        return over

    def slow(self) -> bool:
        """Whether what was asked since this was asked last took long."""
        before, self._call = self._call, monotonic()
        return self._call - before > SLOW

    @property
    def remark(self) -> str:
        """A sentence about what was not asked; empty where everything was."""
        return _UNASKED.format(", ".join(self.unasked)) if self.unasked else ""
