"""What families that are built on a geometry share: how cells become cases, and how cases become plainer."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from itertools import islice
from typing import Any, ClassVar

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks import lattice
from checks.adapters.numpy_pair import numpy_pair
from checks.case import Case
from checks.errors import CaseError
from checks.families.covered import CoveredFamily
from checks.families.mixed import mixed_cases
from checks.families.unusual import unusual
from checks.strategies import cases
from checks.strategies.cells import Row, Space, confined, settle, settled
from checks.strategies.fill import Choose, fill
from checks.strategies.geometry import Axis, Geometry, plainer, plainer_settings, resettled
from checks.subject import Subject
from checks.types import Array, Config, Shape, Shapes

#: Cases on integers in special orders that are tried before random ones.
FEW_PATTERNED = 60

#: A forward and a backward.
Layer = tuple[Callable[..., tuple[Array, Any]], Callable[..., Any]]


class GeometricFamily(CoveredFamily):
    """A family whose configurations are geometries.

    A variant of a family is a subclass with a name and a layer of its own. Where the layer is less general, ``space``
    is the family's with some cells confined; everything else is inherited.
    """

    samplewise = True
    #: The forward and the backward of the hand-written layer.
    layer: ClassVar[Layer]
    #: Options that only a variant has, to which a cell can be confined.
    narrower: ClassVar[Space] = {}
    #: Keywords that a layer need not take, each with its cell and the options that the shapes or a default imply.
    implied: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {}
    #: What leaving a keyword out means, in PyTorch and in the reference.
    defaults: ClassVar[Config] = {}

    @classmethod
    def confined(cls, **cells: str) -> Space:
        """The family's space with one option left for each cell named, and what can stand with it, for a variant.

        Raises UsageError where the family has no such cell or cell no such option.
        """
        return confined(cls.space, cls.narrower, cells)

    @cached_property
    def reference(self) -> Subject:
        """The hand-written NumPy layer."""
        return numpy_pair(f"reference {self.name}", *self.layer, self.arguments)

    @abstractmethod
    def shapes(self, geometry: Geometry) -> Shapes:
        """Shape of each argument, without dy."""

    @abstractmethod
    def keywords(self, geometry: Geometry) -> Config:
        """The keywords of the most general layer of the family."""

    def config(self, geometry: Geometry) -> Config:
        """The layer's keywords: without those of cells that are confined to what is implied."""
        taken = self.keywords(geometry)
        return {word: value for word, value in taken.items() if not self._is_implied(word)}

    @property
    def words(self) -> tuple[str, ...]:
        """Names of the layer's keywords."""
        return tuple(self.config(Geometry(modes=self.plain_modes)))

    def _is_implied(self, word: str) -> bool:
        return word in self._all_implied

    @cached_property
    def _all_implied(self) -> frozenset[str]:
        """Keywords whose cell has one option left, which the shapes or a default imply."""
        confined = {word: self.space.get(cell, ()) for word, (cell, _) in self.implied.items()}
        return frozenset(word for word, left in confined.items() if len(left) == 1 and left[0] in self.implied[word][1])

    def left_out(self, case: Case) -> Config:
        """The keywords of a case without those that hold what leaving them out means."""
        return {word: value for word, value in case.config.items() if not self.at_default(word, case.config)}

    def at_default(self, word: str, config: Config) -> bool:
        """Whether a keyword holds what leaving it out means; False for one that has no default."""
        return word in self.defaults and bool(config[word] == self.defaults[word])

    def steps(self, case: Case) -> Shape:
        """The stride of each axis that has no padding and more than one window; 0 for the others."""
        axes = zip(self.geometry(case).axes, case.shapes["dy"][2:], strict=True)
        return tuple(axis.stride if axis.before == axis.after == 0 and out > 1 else 0 for axis, out in axes)

    def reached(self, case: Case, argument: str, places: Array) -> Array:
        """An entry of x reaches the windows that hold it, in its sample and its group of channels.

        One of weight or bias reaches the whole of its output channel.
        """
        boxes = super().reached(case, argument, places)
        if argument != "x":
            boxes[:, 1] = places[:, :1] + (0, 1)
            return boxes
        geometry = self.geometry(case)
        boxes[:, 0] = places[:, :1] + (0, 1)
        into, out = (1, 1) if self.channelwise else (geometry.inputs, geometry.outputs)
        boxes[:, 1] = out * (places[:, 1:2] // into + (0, 1))
        for at, axis in enumerate(geometry.axes, 2):
            cell = places[:, at] + axis.before
            boxes[:, at, 0] = np.maximum(-((axis.extent - 1 - cell) // axis.stride), 0)
            boxes[:, at, 1] = np.minimum(cell // axis.stride + 1, case.shapes["dy"][at])
        return boxes

    @abstractmethod
    def geometry_of(self, shapes: Shapes, config: Config) -> Geometry:
        """The numbers behind shapes and keywords."""

    def geometry(self, case: Case) -> Geometry:
        """The geometry that a case was built from."""
        return self.geometry_of(case.shapes, case.config)

    def output_shape(self, shapes: Shapes, config: Config) -> Shape:
        """Shape of y from the numbers alone, so that a reference with a wrong shape is caught like any other subject.

        Raises CaseError where the configuration is not valid.
        """
        geometry = self.geometry_of(shapes, config)
        if fault := self.fault(geometry):
            raise CaseError(f"{self.name} with {dict(shapes)} and {dict(config)}: {fault}")
        return (geometry.batch, self.output_channels(geometry), *map(self.windows_of(geometry), geometry.axes))

    def fault(self, geometry: Geometry) -> str:
        """Why a geometry is no valid layer; empty where it is."""
        if min(geometry.groups, geometry.inputs, geometry.outputs) < 1 or geometry.batch < 0:
            return (
                f"{geometry.groups} groups of {geometry.inputs} and {geometry.outputs} channels; expected at least one"
            )
        bad = (axis for axis in geometry.axes if min(axis.size, axis.kernel, axis.stride, axis.dilation) < 1)
        negative = (axis for axis in geometry.axes if axis.slack < 0 or min(axis.before, axis.after) < 0)
        return "".join(f"{axis}; expected a window inside the padded input" for axis in (*bad, *negative))

    def nearest(self, geometry: Geometry) -> Geometry:
        """The geometry of this family that is nearest to one: itself, unless a cell is confined."""
        if not self._settled:
            return geometry
        return replace(geometry, axes=tuple(settle(axis, self._settled) for axis in geometry.axes))

    @cached_property
    def _settled(self) -> Row:
        """Cells with one option left."""
        return settled(self.space)

    def output_channels(self, geometry: Geometry) -> int:
        """Channels of y: those of x, unless a sheet says otherwise."""
        return geometry.groups * geometry.inputs

    def windows_of(self, geometry: Geometry) -> Callable[[Axis], int]:
        """How the windows along one axis are counted."""
        return lambda axis: axis.output

    def cases(self) -> SearchStrategy[Case]:
        """Hypothesis strategy of cases of this family."""
        return cases.drawn(self.space, self.build)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """A covering array of configuration cells, then random ones."""
        return cases.swept(self.space, self.build, self.combinations, seed, count, self.triples)

    def work(self, case: Case) -> int:
        """Every tap of every channel of y at every cell of x, as in a full convolution with a stuffed dy."""
        found = self.geometry(case)
        taps = math.prod(found.along("kernel")) * (1 if self.channelwise else found.outputs)
        return case.sizes() + taps * math.prod(case.shapes["x"])

    def random(self, seed: int) -> Iterator[Case]:
        """Cases of random cells without end; every other one has the same settings on all axes, as most layers have."""
        rng = np.random.default_rng([seed, 29])
        for place, case in enumerate(cases.random(self.space, self.build, seed)):
            yield self._uniform(case, rng) if place % 2 else case

    def mixed(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Small cases of these counts of axes, without end, in which no number follows from another."""
        return mixed_cases(self, seed, axes)

    def patterned(self, seed: int) -> Iterator[Case]:
        """Small cases of random cells on integers in special orders."""
        return islice(cases.patterned(self.space, self.build, seed), FEW_PATTERNED)

    def _uniform(self, case: Case, rng: np.random.Generator) -> Case:
        """The first axis's settings for all axes, on sizes of their own."""
        found = self.geometry(case)
        first, *others = found.axes
        axes = (first, *(replace(first, size=first.size + int(rng.integers(first.stride + 1))) for _ in others))
        alike = self.case(replace(found, axes=axes), case.dtype, case.data, case.seed)
        return alike.but(span=min(alike.span, case.span))

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """One number past the end of blocks and narrow index types, arrays of one number, then every small number.

        A layer that selects among its inputs has kinks where they are alike: the laws of kinks look there.
        """
        return unusual(self, seed, axes)

    def build(self, row: Row, choose: Choose) -> Case:
        """A case from a row of cells."""
        geometry = fill(row, choose, self.modes(row))
        return self.case(geometry, row.get("dtype", "float64"), row["data"], choose(0, cases.LARGEST_SEED))

    def case(self, geometry: Geometry, dtype: str, data: str, seed: int) -> Case:
        """A case with this geometry, or the one nearest to it that the family has.

        Raises CaseError where the geometry is no valid layer.
        """
        geometry = self.nearest(geometry)
        return self.case_of(self.shapes(geometry), self.config(geometry), dtype, data, seed)

    def case_of(self, shapes: Shapes, config: Config, dtype: str, data: str, seed: int) -> Case:
        """A case from shapes and keywords, its numbers chosen so that sums are exact where that is possible."""
        whole = {**shapes, "dy": self.output_shape(shapes, config)}
        unit = self.unit(whole, config, dtype, data)
        terms = max(self.roundings(whole, config).values(), default=1)
        step = 1 if self.selects else unit
        span = lattice.span(dtype, terms, step)
        if data in {"integers", "patterns"} and not span:
            return Case(self.name, whole, config, dtype, "sparse", lattice.thinning(dtype, terms, step), unit, seed)
        return Case(self.name, whole, config, dtype, data, max(span, 1), unit, seed)

    def unit(self, shapes: Shapes, config: Config, dtype: str, data: str) -> int:
        """Step between the integers of a case: room to move for distinct values, 1 otherwise."""
        room = {"distinct": 1, "ordered": 2}.get(data, 0) * math.prod(shapes["x"])
        return lattice.unit(dtype, room) if room else 1

    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases one step plainer: geometry first, then format and seed."""
        for geometry in plainer(self.geometry(case), self.plain_modes):
            with suppress(CaseError):
                yield self.case(geometry, case.dtype, case.data, case.seed)
        if case.dtype != "float64":
            yield self.case(self.geometry(case), "float64", case.data, case.seed)
        if case.data != self.kinds[0]:
            yield self.case(self.geometry(case), case.dtype, self.kinds[0], case.seed)

    def resettled(self, case: Case) -> Iterator[Case]:
        """The same with one setting or mode plainer, or with cells in place of padding."""
        for geometry in plainer_settings(self.geometry(case), self.plain_modes):
            with suppress(CaseError):
                yield self.case(geometry, case.dtype, case.data, case.seed)

    def alike(self, case: Case) -> Iterator[Case]:
        """The same sizes and windows with another stride, padding or dilation that leaves as many windows."""
        for geometry in resettled(self.geometry(case)):
            if self.fault(geometry) or (config := self.config(geometry)) == case.config:
                continue
            if self.output_shape(self.shapes(geometry), config) == case.shapes["dy"]:
                yield self.case(geometry, case.dtype, case.data, case.seed)

    def larger(self, case: Case) -> Case:
        """One sample and, along each axis, one window more."""
        geometry = self.geometry(case)
        axes = tuple(replace(axis, size=axis.size + axis.stride) for axis in geometry.axes)
        return self.case(replace(geometry, batch=geometry.batch + 1, axes=axes), case.dtype, case.data, case.seed)
