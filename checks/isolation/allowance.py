"""What a subject in a process of its own may use: seconds for one call, and memory."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

from checks.errors import UsageError

#: Seconds for one call of a forward or a backward unless it is said: the budget, within these.
LEAST, MOST = 10.0, 30.0

#: Seconds for loading a layer and whatever it imports unless it is said.
OPENING = 120.0

#: Share of the machine's memory that a subject may use unless it is said.
SHARE = 0.5

#: Bytes that Python, NumPy and PyTorch take before any layer is called: with less, a right layer would run out of them.
SMALLEST = 384 << 20

#: Files in which Linux says how much memory this container has; a word or a huge number says that nobody limits it.
CGROUPS = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))

_UNITS = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


@dataclass(frozen=True)
class Isolation:
    """Limits of a process of its own: ``seconds`` for one call of a forward or a backward, ``memory`` in bytes.

    ``opening`` is the seconds for importing and building the layer. ``memory`` counts what the process may write to
    (RLIMIT_DATA, on Linux; elsewhere nothing is limited); 0 stands for half of what the machine, or the container, has.
    """

    seconds: float = LEAST
    memory: int = 0
    opening: float = OPENING

    def __post_init__(self) -> None:
        numbers = all(isinstance(each, Real) for each in (self.seconds, self.memory, self.opening))
        if not numbers or not (self.seconds > 0 and self.opening > 0) or 0 != self.memory < SMALLEST:
            raise UsageError(
                f"{self}: expected seconds above 0, and bytes of memory, {SMALLEST:,} or more, such as 4 << 30 (0: "
                "half of what there is)"
            )

    @property
    def bytes(self) -> int:
        """Bytes that the process may use; 0 where nothing can be limited."""
        return (self.memory or int(SHARE * _machine())) if sys.platform == "linux" else 0

    @classmethod
    def within(cls, budget: float) -> Isolation:
        """The limits of a run of so many seconds: a call may take all of them, but at least 10 s and at most 30 s."""
        return cls(min(max(budget, LEAST), MOST))


def memory(text: str) -> int:
    """Bytes from text such as ``4GB``, ``500MB`` or ``1g``; units are powers of 1024.

    Raises UsageError where it is something else, or less than ``SMALLEST``.
    """
    match = re.fullmatch(r"\s*([0-9.]+)\s*([kmgt]?)i?b?\s*", text.lower())
    try:
        found = int(float(match[1]) * _UNITS[match[2]]) if match else 0
    except ValueError:
        found = 0
    if not found > 0:
        raise UsageError(f"memory {text!r} is no size; expected a positive number with MB or GB, such as '4GB'")
    if found < SMALLEST:
        raise UsageError(
            f"memory {text!r} is {found:,} bytes; expected {in_words(SMALLEST)} or more, which Python and PyTorch take "
            "before a layer is called"
        )
    return found


def in_words(size: int) -> str:
    """Bytes as people say them: a few digits of GB, unless those would be another number than so many MB."""
    large = f"{size / (1 << 30):.3g}"
    exact = float(large) * (1 << 30) == size or size % (1 << 20)
    return f"{large} GB" if size >= 1 << 30 and exact else f"{size / (1 << 20):.6g} MB"


def _machine() -> int:
    """Bytes of memory of this machine or, where that is less, of this container."""
    found = [os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")]
    for path in CGROUPS:
        text = path.read_text(encoding="ascii").strip() if path.exists() else ""
        found += [int(text)] if text.isdigit() else []
    return min(found)
