"""What is counted and what is found: one tally for each law, one finding for each law that broke."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.case import Case
from checks.claim import Verdict
from checks.kink import AT_A_KINK


@dataclass
class Tally:
    """What one law found over all cases: verdicts, elements, the largest share of a bound, the worst verdict."""

    right: int = 0
    wrong: int = 0
    blind: int = 0
    hazard: int = 0
    exact: int = 0
    compared: int = 0
    blind_elements: int = 0
    share: float = 0.0
    #: The largest error of all wrong verdicts, as a part of the largest entry: see ``Verdict``.
    off: float = 0.0
    #: Wrong verdicts that speak of more than a kink.
    beside_kinks: int = 0
    worst: Verdict | None = None
    reasons: set[str] = field(default_factory=set)
    #: What blind verdicts could not speak about (``y``, ``dx``, ...).
    unseen: set[str] = field(default_factory=set)
    seconds: float = 0.0

    def add(self, verdict: Verdict) -> None:
        """Count one verdict."""
        setattr(self, verdict.status, getattr(self, verdict.status) + 1)
        self.exact += verdict.exact
        self.compared += verdict.compared
        self.blind_elements += verdict.blind
        if verdict.status == "blind":
            self.reasons.add(verdict.why)
            self.unseen.add(verdict.of)
        if self.worst is None or _rank(verdict) > _rank(self.worst):
            self.worst = verdict
        if verdict.status == "wrong":
            self.off = max(self.off, verdict.off)
            self.beside_kinks += AT_A_KINK not in verdict.why
        if verdict.status != "hazard":
            self.share = max(self.share, verdict.share)


def _rank(verdict: Verdict) -> tuple[int, float]:
    """How bad a verdict is: its status first, then the share of its bound that was used."""
    return {"wrong": 2, "hazard": 1}.get(verdict.status, 0), verdict.share


@dataclass(frozen=True)
class Finding:
    """A law that broke, or a hazard: the case where it was seen first, and the plainest case that still breaks it.

    ``diagnosis`` says in sentences what the mistake looks like, seen on ``telling``: the largest case that broke the
    law and is small enough to be looked at whole. ``script`` shows the mistake on the plainest case, without gradproof.
    ``alone`` says that nothing is wrong on that case before any other call; empty where that is not known. ``by`` is
    the law of the witness that was heard when it broke; empty where none was.
    ``unscripted`` says why there is no script, where that is known. ``beside`` says of other results whether they are
    right or wrong on the plainest case, as far as that is known.
    """

    law: str
    case: Case
    verdict: Verdict
    shrunk: Case
    shrunk_verdict: Verdict
    diagnosis: tuple[str, ...] = ()
    telling: Case | None = None
    script: str = ""
    unscripted: str = ""
    alone: str = ""
    by: str = ""
    beside: Mapping[str, str] = field(default_factory=dict, hash=False)


def unkept(finding: Finding) -> None:
    """What becomes of a finding where nobody keeps it."""
