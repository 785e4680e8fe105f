"""How long a layer is asked what it takes: a slow one is not asked everything, and not examined on the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from time import monotonic

#: Seconds that finding out may take, and those of one call from which on a layer is slow.
PATIENCE, SLOW = 4.0, 0.2
#: Calls that a question takes, as a rule: of a slow layer none is begun that would take longer.
QUESTION = 5


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
        return self._seconds > SLOW

    @cached_property
    def _seconds(self) -> float:
        """Seconds of a call."""
        start = monotonic()
        self.again()
        return monotonic() - start

    @property
    def over(self) -> bool:
        """Whether there is no time left for a slow layer; one that has taken no time so far is not asked that."""
        passed = monotonic() - self._start
        if passed <= min(SLOW, PATIENCE):
            return False
        return self.slow and (passed > PATIENCE or passed + QUESTION * self._seconds > PATIENCE)

    def spares(self, setting: str) -> bool:
        """Whether there is no time left to ask of a setting, which is noted."""
        self.unasked += [setting] if (over := self.over) else []
        return over

    def remark(self, sentence: str) -> str:
        """A sentence about what was not asked, which stands at its braces; empty where everything was."""
        return sentence.format("; ".join(dict.fromkeys(self.unasked))) if self.unasked else ""
