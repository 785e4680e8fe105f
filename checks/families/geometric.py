"""What families that are built on a geometry share: how cells become cases, and how cases become plainer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks import lattice
from checks.case import Case
from checks.family import Family
from checks.strategies import cases
from checks.strategies.cells import Row, Space, visited
from checks.strategies.fill import Choose, fill
from checks.strategies.geometry import Geometry, plainer
from checks.types import Config, Shape, Shapes
from reference_impl import LayerError


class GeometricFamily(Family):
    """A family whose configurations are geometries."""

    #: Cells and their options, the plainest first.
    space: ClassVar[Space]
    #: Modes of the layer at their plainest.
    plain_modes: ClassVar[Mapping[str, Any]] = {}

    @abstractmethod
    def shapes(self, geometry: Geometry) -> Shapes:
        """Shape of each argument, without dy."""

    @abstractmethod
    def config(self, geometry: Geometry) -> Config:
        """The layer's keywords."""

    @abstractmethod
    def geometry(self, case: Case) -> Geometry:
        """The geometry that a case was built from."""

    def modes(self, row: Row, choose: Choose) -> Mapping[str, Any]:
        """The family's own modes for a row of cells."""
        return {}

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y: what the reference gives for arguments of these shapes.

        Raises reference_impl.LayerError where the configuration is not valid.
        """
        blanks = {name: np.broadcast_to(0.0, shape) for name, shape in shapes.items() if name != "dy"}
        return tuple(self.reference.forward(blanks, config)[0].shape)

    def cases(self) -> SearchStrategy[Case]:
        """Hypothesis strategy of cases of this family."""
        return cases.drawn(self.space, self.build)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """A covering array of configuration cells, then random ones."""
        return cases.swept(self.space, self.build, seed, count)

    def build(self, row: Row, choose: Choose) -> Case:
        """A case from a row of cells."""
        geometry = fill(row, choose, self.modes(row, choose))
        return self.case(geometry, row.get("dtype", "float64"), row["data"], choose(0, cases.LARGEST_SEED))

    def case(self, geometry: Geometry, dtype: str, data: str, seed: int) -> Case:
        """A case with this geometry.

        Raises reference_impl.LayerError where the geometry is no valid layer.
        """
        return self.case_of(self.shapes(geometry), self.config(geometry), dtype, data, seed)

    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """A case from shapes and keywords, its numbers chosen so that sums are exact where that is possible."""
        whole = {**shapes, "dy": self.output_shape(shapes, config)}
        unit = self.unit(whole, config, dtype, data)
        terms = max(self.roundings(whole, config).values(), default=1)
        span = lattice.span(dtype, terms, 1 if self.selects else unit)
        return Case(self.name, whole, config, dtype, data, span, unit, seed)

    def unit(self, shapes: Shapes, config: Config, dtype: str, data: str) -> int:
        """Step between the integers of a case: room to move for distinct values, 1 otherwise."""
        return lattice.unit(dtype, int(np.prod(shapes["x"]))) if data == "distinct" else 1

    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases one step plainer: geometry first, then format and seed."""
        for geometry in plainer(self.geometry(case), self.plain_modes):
            try:
                yield self.case(geometry, case.dtype, case.data, case.seed)
            except LayerError:
                continue
        if case.dtype != "float64":
            yield self.case(self.geometry(case), "float64", case.data, case.seed)
        if case.data != self.kinds[0]:
            yield self.case(self.geometry(case), case.dtype, self.kinds[0], case.seed)

    def cells(self, case: Case) -> set[str]:
        """Configuration cells that a case visits."""
        return visited(self.geometry(case)) | {f"dtype: {case.dtype}", f"data: {case.data}"}
