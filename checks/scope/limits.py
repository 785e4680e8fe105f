"""What a subject takes: limits on cases, from its signature and from its owner's word.

Each limit is a value, several values (a tuple, list, set or range), or a function that says yes or no; of keywords with
a number for each axis, (2, 3) is 2 or 3 on any of them, and [(2, 3)] is 2 on the first and 3 on the second:

stride, padding, dilation, groups, kernel_size, ceil_mode, ...   the layer's keywords, each axis on its own
groups        also in words, as the configuration cells have them: "depthwise" (each channel of x is a group, with one
              channel of y), "all" (with several), "some" (several channels of x in each group), "one", or several of
              them; a layer without such a keyword is called without it, since groups follow from the shapes
dtype, axes, batch, channels, in_channels, out_channels          of the arrays (axes counts spatial ones)
bias                                                             True: always there; False: never
square        True, or the keywords that are one number for all axes
square_input  True: all spatial axes of x are of one length
asymmetric    whether padding may differ before and after; ``same`` whether it may be the word
remainder     padded cells that no window reaches, each axis on its own
device        where a layer on PyTorch's tensors runs, such as "cuda": ``examine`` and its kin move its tensors there
              (where its module or its examples lie, unless it is said)
gradients     the arguments whose gradients the layer gives, where it does not give all: ["weight", "bias"]
layout        the order of axes of x: "NHWC" or "channels last"; {"x": "NHWC", "weight": "OHWI"} says both,
              {"bias": "O1"} that a bias of F numbers is of shape (F, 1)
arithmetic    how the layer rounds (``checks.arithmetic``); it is observed where it is not said
tolerance     the part of its largest entry, and of 1, by which y, or a gradient, may be off: of a layer that stops
              where a step is as short
padding_mode  what stands in the padding; families pad with zeros, and nothing else is accepted
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from checks.case import Case
from checks.data import PATTERNED
from checks.errors import UsageError
from checks.families.constants import with_constants_of
from checks.families.geometric import GeometricFamily
from checks.family import Family
from checks.narrowed import Narrowed
from checks.scope.accepted import squared
from checks.scope.allowed import Allowed
from checks.scope.fitting import fit
from checks.scope.formats import DTYPES
from checks.types import Config

#: The narrowest format of a family's own cases.
NARROWEST = "float16"


@dataclass(frozen=True)
class Limits(Allowed):
    """The cases of a family that a subject takes, and those that can be brought among them.

    ``narrowed`` says that it was seen to compute in a narrower format than that of its arguments. ``carried`` are
    formats that NumPy lacks in which it is asked, too.
    """

    narrowed: Narrowed | None = None
    carried: tuple[str, ...] = ()

    def with_carried(self, cases: Iterable[Case]) -> Iterator[Case]:
        """The same cases, and every second one of float16 once more in each of the formats that arrays carry.

        Not in one in which it is brought inside as it is, where no other is taken.
        """
        for case in cases:
            yield case
            if case.dtype == NARROWEST and case.seed % 2 and self.carried:
                own = self.inside(case).dtype
                yield from (self._in_format(case, dtype) for dtype in self.carried if dtype != own)

    def sweep(self, seed: int, count: int) -> Iterator[Case]:
        """Those of the family's sweep, each brought inside, in the formats that arrays carry, too."""
        return self.brought(self.with_carried(self.family.sweep(seed, count)))

    def _in_format(self, case: Case, dtype: str) -> Case:
        """A case of the same settings, with numbers of another format."""
        return replace(self, given={**self.given, "dtype": (dtype,)}, carried=()).inside(case)

    def inside(self, case: Case) -> Case:
        """The case itself where the subject takes it, else the nearest one that it takes, as far as one can be made."""
        return case if self.takes(case) else self._nearest(case)

    def met(self, case: Case) -> Case:
        """The case as ``inside`` gives it, or the last that ``with_carried`` gives for it."""
        *_, last = self.with_carried([case])
        return self.inside(last)

    def brought(self, cases: Iterable[Case]) -> Iterator[Case]:
        """Those of these cases that the subject takes, and the nearest to each of the others where it takes that."""
        for case in cases:
            if self.takes(case):
                yield case
            elif self.takes(found := self._nearest(case)):
                yield found

    def unmet(self, seed: int) -> str:
        """What keeps the cases of a sweep outside, even when they are brought as near as can be."""
        nearest = map(self.inside, self.family.sweep(seed, 0))
        return ", ".join(sorted({self.said(reason) for case in nearest for reason in self.outside(case)}))

    def demand_some(self, said: str = "supports takes") -> None:
        """Find out whether any case keeps all limits; ``said`` begins what is told otherwise.

        Raises UsageError that names those which none keeps.
        """
        if next(self.brought(self.family.sweep(0, 0)), None) is None:
            raise UsageError(f"{said} no case of {self.family.name}: {self.unmet(0)}; allow more")

    def _nearest(self, case: Case) -> Case:
        dtype = case.dtype if self._takes("dtype", case.dtype) else next(filter(self._dtype, DTYPES), case.dtype)
        data = case.data if case.data in {*self.family.kinds, *PATTERNED.values()} else self.family.kinds[0]
        try:
            if isinstance(self.family, GeometricFamily):
                pooling = "kernel_size" in case.config
                found = self.family.case(fit(self.family.geometry(case), self.allowed, pooling), dtype, data, case.seed)
            else:
                found = self.family.case_of(case.shapes, case.config, dtype, data, case.seed)
        except ValueError:
            return case
        return with_constants_of(case, found)

    def plainer(self, case: Case) -> Iterator[Case]:
        """Plainer cases that the subject takes; one that had to be brought inside must still be the plainer one."""
        most = self._numbers(case)
        for candidate in self.family.simpler(case):
            inside = self.inside(candidate)
            if self.takes(inside) and self._numbers(inside) <= most - (inside is not candidate):
                yield inside

    def _numbers(self, case: Case) -> int:
        """Sum of the numbers of a geometry: what gets smaller as it gets plainer."""
        if not isinstance(self.family, GeometricFamily):
            return case.sizes()
        found = self.family.geometry(case)
        axes = sum(sum(vars(axis).values()) for axis in found.axes)
        return axes + found.batch + found.groups + found.inputs + found.outputs


def limited(limits: Limits) -> Family:
    """The family with cases that the subject takes, and no others: drawn, swept and shrunk."""
    family = limits.family
    methods: dict[str, Any] = {
        "cases": lambda _: family.cases().map(limits.met).filter(limits.takes),
        "sweep": lambda _, seed, count: limits.sweep(seed, count),
        "simpler": lambda _, case: limits.plainer(case),
        "alike": lambda _, case: filter(limits.takes, family.alike(case)),
        "resettled": lambda _, case: limits.brought(family.resettled(case)),
        "strided": lambda _, case: filter(limits.takes, family.strided(case)),
        "told_apart": lambda _, case: _told_apart(limits, case),
        "takes": lambda _, case: limits.takes(case),
        "takes_channels": lambda _, count: limits.takes_channels(count),
        "bounded": frozenset(limits.allowed),
        "narrowed": limits.narrowed,
        "__doc__": family.__doc__,
    }
    kind: Any = type(type(family).__name__, (type(family),), methods)
    return kind() if limits.allowed or limits.carried else family


def _told_apart(limits: Limits, case: Case) -> Config:
    """Keywords that nothing is said of: a subject takes them for each axis, for so it is asked where axes differ."""
    whole, told = {*limits.allowed, *squared(limits.allowed)}, limits.family.told_apart(case)
    return {word: value if word in whole else told[word] for word, value in case.config.items()}
