"""Which arrays of an object are its parameters, as a copy shows that has gone forward and back."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

from checks.adapters.as_array import AsArray, identity, kind_of, plain_in, stood
from checks.adapters.example_run import Run
from checks.adapters.gradient_paths import gradient_paths
from checks.adapters.gradients import spread
from checks.adapters.instead import method_of
from checks.adapters.paths import Path, arrays_in, at, lists_in
from checks.adapters.returned_names import returned_names
from checks.adapters.settled import Settled
from checks.adapters.slots import Slot, titles
from checks.adapters.words import first_present, gradient_names, names_of

#: What plain numbers are called that are learned, where nothing but their shape says so.
LEARNED = frozenset({"alpha", "a", "slope", "gamma", "beta", "scale", "shift", "gain", "w", "weight", "b", "bias"})

#: Arrays of one object that are looked at.
MOST_KEPT = 200


class Look:
    """What a copy of a layer shows that has gone forward and back."""

    def __init__(self, layer: Any, run: Run) -> None:
        self.layer, self.run = layer, run
        self.inputs = run.inputs(layer)
        self.twin = deepcopy(layer)
        answer = run.ahead(self.twin)
        self.gone_ahead = deepcopy((self.twin, answer))
        self.result = run.back(self.twin, answer)
        self.settled = Settled(run, self.twin)
        arrays = groups_of(self.twin)
        self.stable = [group for group in self.settled.homes([*arrays, *self._plain(arrays)]) if group]

    def slots(self) -> dict[str, Slot]:
        """Where its parameters are, by name, and where their gradients."""
        groups = self._parameters()
        ours = {identity(self.twin, group[0]) for group in groups}
        return {
            name: Slot(tuple(group), self._gradient(group, ours), self._shares(group))
            for name, group in zip(titles(self.twin, [group[0] for group in groups], self.inputs), groups, strict=True)
        }

    def _plain(self, arrays: list[list[Path]]) -> list[list[Path]]:
        """Ways to plain numbers beside which the backward leaves a gradient of their shape, or whose it returns.

        Others are settings: a rate, an epsilon. A gradient is no other parameter's: ``dW`` beside a width ``w``.
        """
        every = list(plain_in(self.twin))
        taken = {stood(self._gradient(group, ())) for group in arrays} if every else set()
        beside = [path for path in every if self._has_gradient(path, taken)]
        rest = [path for path in every if path not in beside]
        return [[path] for path in (*beside, *self._of_returned(rest, arrays))]

    def _has_gradient(self, path: Path, taken: Collection[Path]) -> bool:
        way, here = self._gradient([path], ()), at(self.twin, path)
        if not way or stood(way) in taken or (gradient := at(self.twin, way)).shape != here.shape:
            return False
        return not np.any(gradient) or (self._is_left(way) and self.settled.takes(path))

    def _of_returned(self, paths: Sequence[Path], arrays: list[list[Path]]) -> list[Path]:
        """Those whose gradients the backward returns: by a key, by the name of a variable, or behind those of inputs.

        There it is the only one of its shape, and of what is called as parameters are.
        """
        whole = spread(self.result, self.inputs)
        called = returned_names(method_of(self.layer, self.run.methods.backward))
        names = [*whole] if isinstance(whole, Mapping) else [name for name in called if name]
        found = [path for path in paths if first_present(_names_of_gradient(path), names)]
        if not found and isinstance(whole, (tuple, list)):
            behind = [np.shape(each) for each in whole[len(self.inputs) :]]
            likely = [path for path in paths if str(stood(path)[-1].key).strip("_").lower() in LEARNED]
            others = [at(self.twin, path).shape for path in (*likely, *(group[0] for group in arrays))]
            shapes = {path: at(self.twin, path).shape for path in likely}
            found = [path for path, shape in shapes.items() if behind.count(shape) == others.count(shape) == 1]
        return [path for path in found if self.settled.takes(path)]

    def growing(self) -> list[Path]:
        """Ways to lists that are longer after one more forward."""
        twin = deepcopy(self.twin)
        before = [(path, len(value)) for path, value in lists_in(twin)]
        self.run.ahead(twin)
        return [path for path, length in before if len(at(twin, path) or ()) > length]

    def _parameters(self) -> list[list[Path]]:
        """Ways to arrays that the forward leaves as they are and uses; or that were there before, with a gradient."""
        groups = self.stable
        for group in groups:
            group.sort(key=lambda path: at(self.layer, path) is None)
        ways = (self._gradient(group, set()) for group in groups)
        one = (way for way in ways if way and stood(way)[-1].key != 1)  # a pair may be of parameters
        gradients = {identity(self.twin, way) for way in one}
        own = (group for group in groups if identity(self.twin, group[0]) not in gradients)
        used = (group for group in own if self._is_there(group) or self.settled.uses(group))
        return [part for group in used for part in self._apart(group)]

    def _apart(self, homes: list[Path]) -> list[list[Path]]:
        """An array that several parts share, each with a gradient of its own use: those are looked at apart."""
        users = [path for path in homes if self.settled.uses([path])] if len(homes) > 1 else homes
        gradients = [identity(self.twin, self._gradient([path], set())) for path in users]
        tied = len(users) > 1 and len(set(gradients)) == len(users) and id(self.twin) not in gradients
        return [[path] for path in users] if tied else [homes]

    def _is_there(self, group: list[Path]) -> bool:
        return isinstance(at(self.layer, group[0]), np.ndarray) and bool(self._gradient(group, set()))

    def is_idle(self, slot: Slot) -> bool:
        """Whether its gradient is 0, and whatever stands there y is the same."""
        return self.settled.steady and not np.any(slot.derivative(self.twin)) and not self.settled.uses(slot.spots)

    def _gradient(self, group: list[Path], ours: Collection[Any]) -> Path:
        """The way to its gradient, which is no parameter itself, of its shape if there is one; none if it is nowhere.

        One of another shape is called as a gradient is, and the backward has put it there: the law ``shape`` says so.
        """
        array = at(self.twin, group[0])
        ways = [way for path in group for way in gradient_paths(self.twin, stood(path))]
        numbers = [found for way in ways if (found := self._to_numbers(way))]
        free = [way for way in numbers if identity(self.twin, way) not in ours]
        fitting = (way for way in free if np.shape(at(self.twin, way)) == array.shape)
        named = (way for way in free if isinstance(way[-1].key, str) and stood(way) == way and self._is_left(way))
        return next(fitting, next(named, ()))

    def _to_numbers(self, way: Path) -> Path:
        """The way to an array, or to plain numbers as one; none to anything else."""
        value = at(self.twin, way)
        return way if _is_number(value) else (*way, AsArray(kind)) if (kind := kind_of(value)) else ()

    def _is_left(self, way: Path) -> bool:
        """Whether the backward has left something else there than stood there."""
        before, after = at(self.gone_ahead[0], way), at(self.twin, way)
        return not _is_number(before) or not np.array_equal(before, after, equal_nan=True)

    def _shares(self, group: list[Path]) -> bool:
        """Whether its memory is another array's, too, that the layer holds."""
        own = at(self.layer, group[0])
        others = (value for _, value in arrays_in(self.layer) if value is not own)
        return isinstance(own, np.ndarray) and any(np.may_share_memory(own, other) for other in others)


def _names_of_gradient(path: Path) -> list[str]:
    """What the gradient of plain numbers is called, and not they themselves."""
    name = stood(path)[-1].key.strip("_")
    return [each for each in gradient_names(name) if each not in names_of(name)]


def _is_number(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "f"


def groups_of(layer: Any) -> list[list[Path]]:
    """All ways to each array of floating point, by array."""
    found: dict[int, list[Path]] = {}
    for path, value in arrays_in(layer):
        if value.dtype.kind == "f" and value.size:
            found.setdefault(id(value), []).append(path)
    return list(found.values())[:MOST_KEPT]
