"""A claim says what was computed, what it must be and how far apart rounding may drive them; a verdict judges it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from checks.types import Array

Status = Literal["right", "wrong", "blind", "hazard"]

#: What a broken claim is: a mistake, or something that is right today and dangerous tomorrow.
Severity = Literal["wrong", "hazard"]

#: What is counted of a dictionary that its caller handed over: keys that were written to, which the reason names.
KEY = "key"

#: The same of a law that speaks of whose memory a result is.
MEMORY = "memory"

#: Part of its bound up to which a number is told as 0.
NOTHING = 2.0**-10

#: Laws by which a gradient is held against what the subject's own forward shows.
DERIVED = frozenset({"finite differences", "adjoint"})

#: Laws whose claims hold every number of a result against a second source: what they resolve, a pass excludes.
ENTRY_BY_ENTRY = frozenset({"reference", "textbook", "torch", "finite differences", "golden digests"})


# Nobody writes to claims and verdicts; they are not frozen because a case has a hundred, made four times as fast so.
@dataclass(eq=False)
class Claim:
    """One comparison that has yet to be made, all arrays of one shape.

    ``law`` names the witness, ``of`` what it speaks about (``y``, ``dx``, ...). ``bound`` is the largest difference
    that rounding can explain, per element, in the units of ``want``; NaN where nothing can be said. ``why`` derives
    the bound in a sentence. ``blind`` counts elements that the witness left out on purpose (they are not in ``got``).
    ``places`` maps positions in ``got`` to indices of the quantity itself, where the witness looked at some elements
    only; empty where no element can be named. ``severity`` is the status of the verdict where an element is out of its
    bound. ``counted`` is what the index of an element counts where that is no entry of the quantity (a draw, a sum).
    ``seen`` says in a few words what an element out of its bound shows of the layer itself.
    """

    law: str
    of: str
    got: Array
    want: Array
    bound: Array
    why: str
    blind: int = 0
    places: Sequence[Sequence[int]] | Array | None = None
    severity: Severity = "wrong"
    counted: str = ""
    seen: str = ""


class Inside(Sequence[tuple[int, ...]]):
    """The indices of a region of an array, in their order: none is looked for before it is asked for."""

    def __init__(self, region: Array) -> None:
        """Where this is true."""
        self._region = region

    def __len__(self) -> int:
        return int(np.count_nonzero(self._region))

    def __getitem__(self, place: Any) -> Any:
        return np.argwhere(self._region)[place]


def unable(law: str, of: str, size: int, why: str) -> Claim:
    """The claim of a witness that can say nothing about ``size`` elements, and why."""
    nothing = np.zeros(0)
    return Claim(law, of, nothing, nothing, nothing, why, blind=size)


@dataclass(unsafe_hash=True)
class Worst:
    """The element that used most of its bound; its error in the units of the value and in ULP of ``want``."""

    index: tuple[int, ...]
    got: Any
    want: Any
    bound: float
    error: float
    ulp: float

    @property
    def due(self) -> Any:
        """What it must be, as it is told: 0 where it is as good as that beside its bound, as a measured 0 is."""
        return 0.0 if 0 < abs(self.want) <= NOTHING * self.bound < math.inf else self.want


@dataclass(unsafe_hash=True)
class Verdict:
    """A judged claim.

    ``status``: right, wrong, blind, or hazard (dangerous, not wrong). ``exact``: every compared element was equal.
    ``compared``, ``wrong`` and ``blind`` count elements. ``share`` is the largest error as a share of its bound (0
    where equal, infinite where no error was allowed). ``resolution`` is the relative error that would have been seen in
    whichever of the compared entries it stands (0 where any difference would have been); None where no entry says so,
    or where the law is none of ``ENTRY_BY_ENTRY``. ``finest`` is the same of the entry, or draw, in which the smallest
    would have been seen, of the laws in ``DERIVED``.
    ``counted`` is the claim's, and so is ``seen`` where an element is out of its bound. ``off`` is the largest error
    out of its bound, as a part of the largest of the numbers that must be, and of 1; infinite where nobody knows.
    """

    law: str
    of: str
    status: Status
    why: str
    compared: int = 0
    wrong: int = 0
    blind: int = 0
    exact: bool = False
    share: float = 0.0
    worst: Worst | None = None
    resolution: float | None = None
    finest: float | None = None
    counted: str = ""
    seen: str = ""
    off: float = math.inf

    def __str__(self) -> str:
        place = f"{self.of}{list(self.worst.index)}" if self.worst else self.of
        values = f" got {self.worst.got}, want {self.worst.want}, bound {self.worst.bound:.3g}" if self.worst else ""
        return f"{self.law}: {place} {self.status}{values} ({self.why})"
