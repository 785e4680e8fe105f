"""How a geometry becomes a case, and a case its geometry."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from checks import lattice
from checks.adapters.numpy_pair import numpy_pair
from checks.case import Case
from checks.data import distinct_together
from checks.errors import CaseError, SourceError
from checks.families.keywords import KeywordFamily
from checks.refusals import RAISED
from checks.strategies import cases
from checks.strategies.cells import Row, settle, settled
from checks.strategies.fill import Choose, fill
from checks.strategies.geometry import Axis, Geometry
from checks.subject import Pull, Subject
from checks.types import Array, Arrays, Config, Shape, Shapes

#: A forward and a backward.
Layer = tuple[Callable[..., tuple[Array, Any]], Callable[..., Any]]


class BuiltFamily(KeywordFamily):
    """A family whose cases are built from geometries, and tell theirs."""

    samplewise = True

    #: The forward and the backward of the hand-written layer.
    layer: ClassVar[Layer]

    @cached_property
    def reference(self) -> Subject:
        """The hand-written NumPy layer."""
        pair = numpy_pair(f"reference {self.name}", *self.layer, self.arguments)
        return replace(pair, failure=SourceError)

    def computed(self, arrays: Arrays, config: Config, dy: Array) -> Pull:
        """Our own layer gets these very arrays: it writes to none of them and draws no numbers."""
        with suppress(*RAISED):
            y, saved = self.reference.forward(arrays, config)
            if y.shape == dy.shape:
                return Pull(y, dict(self.reference.backward(dy, saved)))
        return super().computed(arrays, config, dy)

    def computed_with_mass(self, arrays: Arrays, config: Config, dy: Array) -> tuple[Pull, Pull]:
        """Where x is all that is given, one batch of as many samples again: those that the mass is made of."""
        if set(arrays) != {"x"} or arrays["x"].dtype.kind == "c":
            return super().computed_with_mass(arrays, config, dy)
        x, count = arrays["x"], len(dy)
        whole = self.computed(
            {"x": np.concatenate([x, self._operands(arrays)["x"]])}, config, np.concatenate([dy, np.abs(dy)])
        )
        dx = whole.gradients["dx"]
        return Pull(whole.y[:count], {"dx": dx[:count]}), Pull(np.abs(whole.y[count:]), {"dx": np.abs(dx[count:])})

    @abstractmethod
    def shapes(self, geometry: Geometry) -> Shapes:
        """Shape of each argument, without dy."""

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

    def work(self, case: Case) -> int:
        """Every tap of every channel of y at every cell of x, as in a full convolution with a stuffed dy."""
        found = self.geometry(case)
        taps = math.prod(found.along("kernel")) * (1 if self.channelwise else found.outputs)
        return case.sizes() + taps * math.prod(case.shapes["x"])

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
        entries = {"distinct": distinct_together(shapes["x"], dtype), "ordered": 2 * math.prod(shapes["x"])}
        room = entries.get(data, 0)
        return lattice.unit(dtype, room) if room else 1
