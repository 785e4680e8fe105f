"""What was found out about what a subject takes, and what is to be said of the rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


class LeftOut(str):
    """A remark on settings that are not examined, ``behind`` of them though the forward answers there."""

    __slots__ = ("behind",)
    behind: tuple[str, ...]


@dataclass(frozen=True)
class Learned:
    """Limits that were found, and what the subject raised on each setting that they leave out.

    ``behind`` are settings on which the forward answers and the backward says that it does not. ``hurried`` is what is
    to be said of those that it was not asked about.
    """

    limits: Mapping[str, Any] = field(default_factory=dict)
    raised: Mapping[str, str] = field(default_factory=dict)
    behind: tuple[str, ...] = ()
    hurried: str = ""

    @property
    def remarks(self) -> tuple[str, str]:
        """A sentence about what was raised, and one about what was not asked, as far as there is anything to say."""
        return self._left_out, self.hurried

    @property
    def _left_out(self) -> LeftOut:
        """Settings on which the same was raised share it."""
        shared: dict[str, list[str]] = {}
        for setting, words in self.raised.items():
            shared.setdefault(words, []).append(setting)
        told = "; ".join(f"{', '.join(settings)} ({words})" for words, settings in shared.items())
        said = LeftOut(f"not examined, for the layer raised there: {told}" if told else "")
        said.behind = self.behind
        return said
