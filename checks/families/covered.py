"""Which cells of its space a case of a family visits, and which combinations a run has met."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from checks.case import Case
from checks.data import PATTERNED
from checks.family import Family
from checks.strategies import coverage
from checks.strategies.cells import Row, Space
from checks.strategies.geometry import Geometry
from checks.strategies.visited import by_axis, visited

#: Kinds of data that are no option of their own.
SPACED = {"sparse": "integers", "fractions": "distinct", **{kind: plain for plain, kind in PATTERNED.items()}}


class CoveredFamily(Family):
    """A family with a space of configuration cells."""

    #: Cells and their options, the plainest first.
    space: ClassVar[Space]
    #: The family's own cells: which mode each one sets, and to what for each option, the plainest first.
    mode_cells: ClassVar[Mapping[str, tuple[str, Mapping[str, Any]]]] = {}
    #: Cells of which every triple is swept.
    triples: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def case(self, geometry: Geometry, dtype: str, data: str, seed: int) -> Case:
        """A case with this geometry, or the one nearest to it that the family has.

        Raises CaseError where the geometry is no valid layer.
        """

    @abstractmethod
    def geometry(self, case: Case) -> Geometry:
        """The geometry that a case was built from."""

    def modes(self, row: Row) -> Mapping[str, Any]:
        """The family's own modes for a row of cells."""
        return {mode: options[row[cell]] for cell, (mode, options) in self.mode_cells.items()}

    def mode_options(self, geometry: Geometry) -> dict[str, str]:
        """The family's own cells that a geometry visits: the inverse of ``modes``."""
        found = {
            cell: self._option(geometry.modes.get(mode), options) for cell, (mode, options) in self.mode_cells.items()
        }
        return {cell: option for cell, option in found.items() if option}

    @staticmethod
    def _option(value: object, options: Mapping[str, Any]) -> str:
        return next((option for option, meant in options.items() if meant == value), "other")

    @property
    def plain_modes(self) -> dict[str, Any]:
        """Each mode at its plainest."""
        return {mode: next(iter(options.values())) for mode, options in self.mode_cells.values()}

    @property
    def usual_modes(self) -> dict[str, Any]:
        """Each mode as layers mostly have it: at its plainest, unless a sheet says otherwise."""
        return self.plain_modes

    def cells(self, case: Case) -> set[str]:
        """Configuration cells that a case visits."""
        return visited(self.geometry(case), self._layer_cells(case))

    def combinations(self, case: Case) -> set[coverage.Combination]:
        """Pairs of configuration cells that a case meets on one axis, and triples of those that ``triples`` names."""
        return coverage.met_with_triples(by_axis(self.geometry(case), self._layer_cells(case)), self.triples)

    def unmet(self, combinations: set[coverage.Combination]) -> list[tuple[str, str]]:
        """Combinations of this family's cells that are not among those met, each with the reason."""
        return coverage.missing(self.space, combinations, self.triples)

    @property
    def all_cells(self) -> frozenset[str]:
        """Every cell of the space that can vary."""
        varied = {name: options for name, options in self.space.items() if len(options) > 1}
        return frozenset(f"{name}: {option}" for name, options in varied.items() for option in options)

    def _layer_cells(self, case: Case) -> dict[str, str]:
        data = SPACED.get(case.data, case.data)
        return {**self.mode_options(self.geometry(case)), "dtype": case.dtype, "data": data}
