"""What families that are built on a geometry share: how their cases are drawn, and how they become plainer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import islice

import numpy as np
from hypothesis.strategies import SearchStrategy

from checks.adapters.words import SQUARE
from checks.case import Case
from checks.errors import CaseError
from checks.families.bordered import bordered
from checks.families.built import BuiltFamily
from checks.families.common import alone, common, usual_windows
from checks.families.constants import with_constants_of
from checks.families.mixed import mixed_cases, tailed_cases
from checks.families.plain_upstream import plain_upstream
from checks.families.unusual import unusual
from checks.lattice import LARGEST_SPAN
from checks.strategies import cases
from checks.strategies.geometry import Geometry, plainer, plainer_settings, resettled
from checks.strategies.large import SHOWING
from checks.types import Config

#: Cases on integers in special orders that are tried before random ones.
FEW_PATTERNED = 60

#: Axes before the first one of space: samples and channels.
FIRST_OF_SPACE = 2


class GeometricFamily(BuiltFamily):
    """A family whose configurations are geometries.

    A variant of a family is a subclass with a name and a layer of its own. Where the layer is less general, ``space``
    is the family's with some cells confined; everything else is inherited.
    """

    def cases(self) -> SearchStrategy[Case]:
        """Hypothesis strategy of cases of this family."""
        return cases.drawn(self.space, self.build)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """A covering array of configuration cells, then random ones."""
        return cases.swept(self.space, self.build, self.combinations, seed, count, self.triples)

    def random(self, seed: int) -> Iterator[Case]:
        """Cases of random cells without end; every other one has the same settings on all axes, as most layers have."""
        rng = np.random.default_rng([seed, 29])
        for place, case in enumerate(cases.random(self.space, self.build, seed)):
            yield self._uniform(case, rng) if place % 2 else case

    def mixed(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Small cases of these counts of axes, without end, in which no number follows from another."""
        return mixed_cases(self, seed, axes)

    def single(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Convolutions of one sample, channel or window beside several of the others."""
        return alone(self, seed, axes)

    def tailed(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Such cases with a count of samples, channels or cells past the end of a block."""
        return tailed_cases(self, seed, axes)

    def patterned(self, seed: int) -> Iterator[Case]:
        """Small cases of random cells on integers in special orders."""
        return islice(cases.patterned(self.space, self.build, seed), FEW_PATTERNED)

    def plain_upstream(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Common cases whose dy is ones, or a single 1."""
        return plain_upstream(self, seed, axes)

    def _uniform(self, case: Case, rng: np.random.Generator) -> Case:
        """The first axis's settings for all axes, on sizes of their own."""
        found = self.geometry(case)
        first, *others = found.axes
        axes = (first, *(replace(first, size=first.size + int(rng.integers(first.stride + 1))) for _ in others))
        alike = self.case(replace(found, axes=axes), case.dtype, case.data, case.seed)
        return alike.but(span=min(alike.span, case.span))

    def common(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """The settings that fast paths are written for, each with all kinds of groups, or with each mode."""
        return common(self, seed, axes)

    def bordered(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Kernels and strides that all axes share, with padding of their own on each, or padding in a word."""
        return bordered(self, seed, axes)

    def usual_windows(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """Those of networks, small: of a convolution in each kind of groups, of a pool in each mode."""
        return usual_windows(self, seed, axes)

    def showing(self, seed: int) -> Iterator[Case]:
        """Several samples and channels, windows that overlap, and padding."""
        yield self.case(replace(SHOWING, modes=self.usual_modes), "float64", self.kinds[0], seed)

    def unusual(self, seed: int, axes: Iterable[int]) -> Iterator[Case]:
        """One number past the end of blocks and narrow index types, arrays of one number, then every small number.

        A layer that selects among its inputs has kinks where they are alike: the laws of kinks look there.
        """
        return unusual(self, seed, axes)

    def simpler(self, case: Case) -> Iterator[Case]:
        """Cases one step plainer: geometry first, then format and seed."""
        for geometry in plainer(self.geometry(case), self.plain_modes):
            with suppress(CaseError):
                yield self._like(case, geometry)
        if case.dtype != "float64":
            yield self._like(case.but(dtype="float64"), self.geometry(case))
        if case.data != self.kinds[0]:
            yield self._like(case.but(data=self.kinds[0]), self.geometry(case))

    def resettled(self, case: Case) -> Iterator[Case]:
        """The same with one setting or mode plainer, or with cells in place of padding."""
        modes = {name: plain for name, plain in self.plain_modes.items() if name not in self.arguments}
        for geometry in plainer_settings(self.geometry(case), modes):
            with suppress(CaseError):
                yield self._like(case, geometry)

    def told_apart(self, case: Case) -> Config:
        """A stride of 2 is (2, 2), and so on; along a single axis a number is a number."""
        axes = len(case.shapes["dy"]) - FIRST_OF_SPACE
        shared = {word for word in SQUARE & case.config.keys() if axes > 1 and isinstance(case.config[word], int)}
        return {word: (value,) * axes if word in shared else value for word, value in case.config.items()}

    def alike(self, case: Case) -> Iterator[Case]:
        """The same sizes and windows with another stride, padding or dilation that leaves as many windows."""
        for geometry in resettled(self.geometry(case)):
            if self.fault(geometry) or (config := self.config(geometry)) == case.config:
                continue
            if self.output_shape(self.shapes(geometry), config) == case.shapes["dy"]:
                yield self._like(case, geometry)

    def strided(self, case: Case) -> Iterator[Case]:
        """The same on the same arrays, with windows one cell farther apart along each axis."""
        found = self.geometry(case)
        axes = tuple(replace(axis, stride=axis.stride + 1) for axis in found.axes)
        with suppress(CaseError):
            yield self._like(case, replace(found, axes=axes))

    def larger(self, case: Case) -> Case:
        """One sample and, along each axis, one window more."""
        geometry = self.geometry(case)
        axes = tuple(replace(axis, size=axis.size + axis.stride) for axis in geometry.axes)
        return self._like(case, replace(geometry, batch=geometry.batch + 1, axes=axes))

    def _like(self, case: Case, geometry: Geometry) -> Case:
        """A case of this geometry in the format and the kind of numbers of another, with as many digits.

        Raises CaseError where the geometry is no valid layer.
        """
        found = with_constants_of(case, self.case(geometry, case.dtype, case.data, case.seed))
        wider = case.span > LARGEST_SPAN and found.data == case.data
        return found.but(span=case.span) if wider else found
