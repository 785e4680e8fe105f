"""Which of the arrays that an object holds its forward leaves as they are, and which of them change what it gives."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.example_run import Run
from checks.adapters.paths import Path, at, put_at
from checks.adapters.slots import Slot, same
from checks.refusals import RAISED
from checks.types import Array


class Settled:
    """What copies of an object show that has gone forward and back, once other numbers stand in its arrays."""

    def __init__(self, run: Run, layer: Any) -> None:
        self.run, self.layer = run, layer
        self.y = run.y(layer)
        self.steady = same(run.y(layer), self.y)

    def homes(self, groups: Sequence[list[Path]]) -> list[list[Path]]:
        """Of the ways to each array those where the forward leaves what is put there, and brings nothing else.

        All are tried at once; one by one where the forward does not take that.
        """
        every = [path for group in groups for path in group]
        try:
            there = self._left(every)
        except RAISED:
            there = [path for path in every if self._stays(path)]
        return [[path for path in group if path in there] for group in groups]

    def uses(self, paths: Iterable[Path]) -> bool:
        """Whether the forward gives something else where other numbers stand at the end of these ways."""
        if not self.steady:
            return False
        probe, slot = deepcopy(self.layer), Slot(tuple(paths))
        slot.put(probe, self._other(slot.spots[0], 1.0))
        try:
            return not same(np.asarray(self.run.ahead(probe).y), self.y)
        except RAISED:
            return True

    def takes(self, path: Path) -> bool:
        """Whether the forward takes other numbers at the end of a way, and gives something else then."""
        probe = deepcopy(self.layer)
        put_at(probe, path, self._other(path, 1.0))
        try:
            return not same(np.asarray(self.run.ahead(probe).y), self.y)
        except RAISED:
            return False

    def _left(self, paths: Sequence[Path]) -> list[Path]:
        probe = deepcopy(self.layer)
        others = [self._other(path, 1 + place / len(paths)) for place, path in enumerate(paths)]
        for path, other in zip(paths, others, strict=True):
            put_at(probe, path, other.copy())
        self.run.ahead(probe)
        return [path for path, other in zip(paths, others, strict=True) if same(at(probe, path), other)]

    def _stays(self, path: Path) -> bool:
        try:
            return bool(self._left([path]))
        except RAISED:
            return True

    def _other(self, path: Path, part: float) -> Array:
        """Other numbers than those at the end of a way, each by another difference, and others for another ``part``."""
        value = at(self.layer, path)
        ramp = np.linspace(1 / 16, 1 / 8, value.size).reshape(value.shape)
        return np.asarray(value * 1.125 + part * ramp, value.dtype)
