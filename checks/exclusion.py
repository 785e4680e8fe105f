"""What a pass excludes: the smallest error that would have been seen, and the configurations that were visited."""

from __future__ import annotations

from dataclasses import dataclass, field

from checks.case import Case
from checks.claim import ENTRY_BY_ENTRY, Verdict
from checks.family import Family

#: Those of them that look at a sample of a large array, which says nothing of whichever entry it is.
SAMPLING = frozenset({"finite differences"})


@dataclass(frozen=True)
class Resolution:
    """The relative error in whichever single entry that would have been seen, from the best case to the worst.

    0 where numbers had to be equal: any difference at all would have been seen.
    """

    best: float
    worst: float

    def joined(self, other: Resolution) -> Resolution:
        """Of both together."""
        return Resolution(min(self.best, other.best), max(self.worst, other.worst))


@dataclass(frozen=True, order=True)
class Kind:
    """What a resolution is of: y or a gradient, in a format, on integers or on real numbers."""

    of: str
    dtype: str
    integers: bool


@dataclass
class Exclusion:
    """What the cases of an examination could not have missed."""

    cells: set[str] = field(default_factory=set)
    combinations: set[frozenset[str]] = field(default_factory=set)
    resolutions: dict[Kind, Resolution] = field(default_factory=dict)
    #: Results, with their formats, of which some entries alone were held against a second source.
    sampled: set[tuple[str, str]] = field(default_factory=set)
    #: Of each gradient that was derived, the smallest relative error that would have been seen in some entry.
    derived: dict[str, float] = field(default_factory=dict)

    def copy(self) -> Exclusion:
        """The same, and what is added later is not in it."""
        cells, combinations, sampled = set(self.cells), set(self.combinations), set(self.sampled)
        return Exclusion(cells, combinations, dict(self.resolutions), sampled, dict(self.derived))

    @property
    def coarse(self) -> list[str]:
        """Gradients that were derived, of which not one entry twice as large as it must be would have been seen."""
        return sorted(of for of, finest in self.derived.items() if finest >= 1)

    def in_part(self, dtype: str) -> list[str]:
        """Results in a format of which no case says what would have been seen in whichever entry."""
        whole = {kind.of for kind in self.resolutions if kind.dtype == dtype}
        return sorted(of for of, form in self.sampled if form == dtype and of not in whole)

    def visit(self, family: Family, case: Case) -> None:
        """Count a case's configuration."""
        self.cells |= family.cells(case)
        self.combinations |= family.combinations(case)

    def hear(self, case: Case, verdicts: list[Verdict]) -> None:
        """Take from a case's verdicts the sharpest for each result."""
        sharpest: dict[str, float] = {}
        for verdict in verdicts:
            sampled = verdict.law in SAMPLING and verdict.blind
            self.sampled |= {(verdict.of, case.dtype)} if sampled and verdict.compared else set()
            if verdict.finest is not None:
                self._derive(verdict.of, verdict.finest)
            if verdict.law in ENTRY_BY_ENTRY and not sampled and verdict.resolution is not None:
                sharpest[verdict.of] = min(verdict.resolution, sharpest.get(verdict.of, verdict.resolution))
        for of, found in sharpest.items():
            self._join(Kind(of, case.dtype, case.lattice), Resolution(found, found))

    def join(self, other: Exclusion) -> None:
        """Add what another one excludes."""
        self.cells |= other.cells
        self.combinations |= other.combinations
        self.sampled |= other.sampled
        for kind, resolution in other.resolutions.items():
            self._join(kind, resolution)
        for of, finest in other.derived.items():
            self._derive(of, finest)

    def _derive(self, of: str, finest: float) -> None:
        self.derived[of] = min(finest, self.derived.get(of, finest))

    def _join(self, kind: Kind, resolution: Resolution) -> None:
        known = self.resolutions.get(kind)
        self.resolutions[kind] = known.joined(resolution) if known else resolution
