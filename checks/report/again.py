"""Who a report speaks of, and how its reader hears a case again: as they asked, from a shell or in Python."""

from __future__ import annotations

import shlex
from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass

from checks.case import Case
from checks.families.unclaimed import Unclaimed
from checks.judge import HANGS, RUNS


def command(case: Case, subject: str, supports: Iterable[str] = (), inputs: str = "") -> str:
    """The shell command that replays a case.

    ``supports`` holds what was said of the subject, as NAME=VALUE; ``inputs`` names its examples.
    """
    words = ["gradproof", "replay", str(case), *(["--subject", subject] if subject else [])]
    words += ["--inputs", inputs] if inputs else []
    return shlex.join([*words, *(word for limit in supports for word in ("--supports", limit))])


class Asker(ABC):
    """How somebody asked for an examination. Abstract or final."""

    @abstractmethod
    def named(self, name: str) -> str:
        """What the asker calls a subject of this name."""

    @abstractmethod
    def again(self, case: Case, laws: Iterable[str]) -> str:
        """What they write to hear a case again on which these laws broke."""


@dataclass(frozen=True)
class InPython(Asker):
    """By a call of ``examine`` and its kin, with what else was ``said`` in the first one, as source."""

    said: str = ""

    def named(self, name: str) -> str:
        """See ``Asker``."""
        return name

    def again(self, case: Case, laws: Iterable[str]) -> str:
        """See ``Asker``; a case on which a layer may end its process is better heard in another."""
        apart = ", isolate=True" if {RUNS, HANGS}.intersection(laws) else ""
        return f"examine(layer, {claim(case.family)}{self.said}, cases=[{str(case)!r}]{apart})"


@dataclass(frozen=True)
class InShell(Asker):
    """By the name of a target, MODULE:LAYER, what was said of it, and the name of its examples."""

    target: str
    supports: tuple[str, ...] = ()
    inputs: str = ""

    def named(self, name: str) -> str:
        """See ``Asker``; functions of several layers may have one name."""
        return self.target or name

    def again(self, case: Case, laws: Iterable[str]) -> str:
        """See ``Asker``; there every case is heard in a process apart."""
        _ = laws
        return command(case, self.target, self.supports, self.inputs)


def claim(family: str) -> str:
    """What a call of examine says of the layer: the family, or the same examples."""
    return "inputs=inputs" if family == Unclaimed.name else f"like={family!r}"
