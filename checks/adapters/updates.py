"""Gradients that add up until the layer's own update, which moves its weights by a rate, sets them to zero."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.adapters.methods import PAIRS, Methods, rates_alone
from checks.adapters.paths import Path, arrays_in, at, put_at
from checks.adapters.slots import same, spelled
from checks.refusals import RAISED

#: What people call such a method; or as others call a backward.
_NAMES = (
    *("update", "update_params", "update_parameters", "update_weights", "apply_gradients", "apply_grads", "step"),
    *dict.fromkeys(back for _, back in PAIRS),
)

#: Backwards after which a copy of the layer is updated: the first may be of a dy of zeros.
LOOKS = 3


class Updates:
    """What the update of a layer sets to zero, as copies show that it moves by 0; ``remarks`` is told.

    ``ways`` lead to it.
    """

    def __init__(self, remarks: list[str]) -> None:
        self.ways: tuple[Path, ...] = ()
        self._remarks, self._looks = remarks, 0

    def look(self, layer: Any, methods: Methods, handed: tuple[Any, ...]) -> None:
        """Let a copy of a layer that has gone back be updated at a rate of 0, and another one go back once more."""
        if self.ways or self._looks >= LOOKS:
            return
        self._looks += 1
        for name, rates in _updates(layer, methods):
            if ways := _growing(layer, methods, handed, _emptied(layer, name, rates)):
                self.ways, told = tuple(ways), ", ".join(map(spelled, ways))
                called = f"{name_of(layer)}.{name}({', '.join(rates)})"
                said = f"{called} sets {told} to zero, as is done here before each {methods.backward}"
                self._remarks.extend([said] if said not in self._remarks else [])
                return

    def made(self, layer: Any) -> None:
        """Zeros where the update would set them; what was there may be in its caller's hands."""
        for way in self.ways:
            if isinstance(value := at(layer, way), np.ndarray):
                put_at(layer, way, np.zeros_like(value))


def _updates(layer: Any, methods: Methods) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Names of methods that take rates alone, with the names of these."""
    for name in _NAMES:
        if name != methods.backward and (rates := rates_alone(layer, name)):
            yield name, rates


def _emptied(layer: Any, name: str, rates: tuple[str, ...]) -> list[Path]:
    """Ways to arrays that are zero behind an update by 0, and were not; none where it changes anything else."""
    with suppress(*RAISED), np.errstate(all="ignore"):
        twin = deepcopy(layer)
        before = [(way, np.array(value)) for way, value in arrays_in(twin)]
        getattr(twin, name)(**dict.fromkeys(rates, 0.0))
        changed = [way for way, value in before if not same(at(twin, way), value)]
        return changed if all(_is_zero(at(twin, way), np.shape(at(layer, way))) for way in changed) else []
    return []


def _growing(layer: Any, methods: Methods, handed: tuple[Any, ...], ways: list[Path]) -> list[Path]:
    """Those of these ways at whose end another backward leaves something else; what a forward has saved stays."""
    with suppress(*RAISED), np.errstate(all="ignore"):
        twin = deepcopy(layer)
        methods.back(twin, *deepcopy(handed))
        return [way for way in ways if not same(at(twin, way), at(layer, way))]
    return []


def _is_zero(value: Any, shape: tuple[int, ...]) -> bool:
    return isinstance(value, np.ndarray) and value.shape == shape and not value.any()
