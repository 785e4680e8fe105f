"""The parameters of an object with methods: arrays that its forward uses and leaves as they are, with gradients.

A copy of the object goes forward and back; then the arrays that it holds are changed in copies of that one, to see
whether the next forward keeps the change and gives something else (``Settled``). So a weight that is built at the first
forward is found, in whatever part of the object it lies, and a cache, a mask, or a mean that goes along is not.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

import numpy as np

from checks.adapters.example_run import Run
from checks.adapters.gradient_paths import gradient_paths
from checks.adapters.gradients import spread
from checks.adapters.grown import FLUSHING, emptying
from checks.adapters.methods import methods_of
from checks.adapters.paths import Path, arrays_in, at, lists_in
from checks.adapters.settled import Settled
from checks.adapters.slots import Slot, titles
from checks.adapters.stepping import Stepping
from checks.adapters.steps import SIZES, Steps
from checks.adapters.words import first_present, gradient_names
from checks.refusals import RAISED
from checks.types import Arrays

#: Arrays of one object that are looked at.
MOST_KEPT = 200

#: What an array is called that a forward uses and nobody trains.
_NOT_TRAINED = re.compile(r"running|moving|mask|buffer|cache|momentum|velocity|position|encoding|eps|grid|coord")
_STATISTICS = frozenset({"mean", "var", "std", "variance", "mu", "sigma", "inv_std", "pe"})


@dataclass(frozen=True)
class Kept:
    """Where an object keeps its parameters, by name, and what they hold; ``unexamined`` names those with no gradient.

    ``returned`` are those, first among the others, whose gradients the backward returns after those of its arguments.
    """

    slots: Mapping[str, Slot] = field(default_factory=dict)
    values: Arrays = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    unexamined: tuple[str, ...] = ()
    #: Those on which y does not depend at the example: a gradient of 0 shows nothing.
    idle: tuple[str, ...] = ()
    #: Whether the object built them in a first forward, and what its first backward gave.
    built: bool = False
    result: Any = None
    #: Lists that grow with each forward.
    growing: tuple[str, ...] = ()
    #: What is called before each forward to empty them.
    emptied: tuple[str, ...] = ()
    #: How its backward moves them, and why no gradient shows in how it moves some, by name.
    steps: Steps = field(default_factory=Steps)
    odd: Mapping[str, str] = field(default_factory=dict)


def kept_by(layer: Any, given: Arrays) -> Kept:
    """The parameters of an object, as an example of its arguments shows them.

    An object that builds them in its first forward has gone through one then. Nothing where there are no such methods;
    what it holds is unexamined where it cannot be copied or does not take these arrays.
    """
    methods = methods_of(layer)
    if methods is None or isinstance(layer, type):
        return Kept()
    try:
        with np.errstate(all="ignore"):
            return _Look(layer, Run(methods, given)).kept()
    except RAISED:
        every = titles(layer, [group[0] for group in _groups(layer)], given)
        return Kept(unexamined=tuple(filter(is_trained, every)))


class _Look:
    """What a copy of a layer shows that has gone forward and back."""

    def __init__(self, layer: Any, run: Run) -> None:
        self.layer, self.run = layer, run
        self.twin = deepcopy(layer)
        answer = run.ahead(self.twin)
        self.gone_ahead = deepcopy((self.twin, answer))
        self.result = run.back(self.twin, answer)
        self.settled = Settled(run, self.twin)
        self.stable = [group for group in self.settled.homes(_groups(self.twin)) if group]

    def kept(self) -> Kept:
        """Its parameters; the layer itself builds what it lacks."""
        inputs, groups = self.run.inputs(self.layer), self._parameters()
        ours = {id(at(self.twin, group[0])) for group in groups}
        slots = {
            name: Slot(tuple(group), self._gradient(group, ours), self._shares(group))
            for name, group in zip(titles(self.twin, [group[0] for group in groups], inputs), groups, strict=True)
        }
        if built := any(at(self.layer, slot.spots[0]) is None for slot in slots.values()):
            self.run.ahead(self.layer)
        values = {name: at(self.twin, slot.spots[0]) for name, slot in slots.items()}
        values |= {name: own for name, slot in slots.items() if (own := at(self.layer, slot.spots[0])) is not None}
        returned = self._returned(inputs, slots, values)
        unknown = [name for name, slot in slots.items() if not slot.gradient and name not in returned]
        formats = [value.dtype.name for value in (self.run.given or values).values()]
        size = min((SIZES.get(name, 0.0) for name in formats), default=0.0)
        stepping = Stepping(self.run.methods, *self.gone_ahead, slots, self.run.ahead, size)
        steps, odd = stepping.steps(unknown)
        anew = titles(self.twin, stepping.made_anew([way for group in self.stable for way in group]), (*inputs, *slots))
        odd |= dict.fromkeys(filter(is_trained, anew), "the forward makes it anew each time")
        known = (name for name, slot in slots.items() if name not in returned and (slot.gradient or name in steps.read))
        found = (*returned, *known)
        left = (name for name, slot in slots.items() if name not in found and not slot.shares)
        return Kept(
            {name: slots[name] for name in found},
            {name: values[name].copy() for name in found},
            returned,
            tuple(filter(is_trained, dict.fromkeys((*left, *odd)))),
            tuple(name for name in found if self._is_idle(slots[name])),
            built,
            self.result,
            tuple(titles(self.twin, self._growing(), ())),
            tuple(name for name, _ in emptying(self.layer, FLUSHING)),
            steps,
            odd,
        )

    def _growing(self) -> list[Path]:
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
        gradients = {id(at(self.twin, way)) for way in ways if way and way[-1].key != 1}  # a pair may be of parameters
        own = (group for group in groups if id(at(self.twin, group[0])) not in gradients)
        used = (group for group in own if self._is_there(group) or self.settled.uses(group))
        return [part for group in used for part in self._apart(group)]

    def _apart(self, homes: list[Path]) -> list[list[Path]]:
        """An array that several parts share, each with a gradient of its own use: those are looked at apart."""
        users = [path for path in homes if self.settled.uses([path])] if len(homes) > 1 else homes
        gradients = [id(at(self.twin, self._gradient([path], set()))) for path in users]
        tied = len(users) > 1 and len(set(gradients)) == len(users) and id(self.twin) not in gradients
        return [[path] for path in users] if tied else [homes]

    def _is_there(self, group: list[Path]) -> bool:
        return isinstance(at(self.layer, group[0]), np.ndarray) and bool(self._gradient(group, set()))

    def _is_idle(self, slot: Slot) -> bool:
        """Whether its gradient is 0, and whatever stands there y is the same."""
        return self.settled.steady and not np.any(slot.derivative(self.twin)) and not self.settled.uses(slot.spots)

    def _gradient(self, group: list[Path], ours: set[int]) -> Path:
        """The way to its gradient, which is no parameter itself, of its shape if there is one; none if it is nowhere.

        One of another shape is called as a gradient is, and the backward has put it there: the law ``shape`` says so.
        """
        array = at(self.twin, group[0])
        ways = [way for path in group for way in gradient_paths(self.twin, path) if _is_number(at(self.twin, way))]
        free = [way for way in ways if id(at(self.twin, way)) not in ours]
        fitting = (way for way in free if np.shape(at(self.twin, way)) == array.shape)
        named = (way for way in free if isinstance(way[-1].key, str) and self._is_left(way))
        return next(fitting, next(named, ()))

    def _is_left(self, way: Path) -> bool:
        """Whether the backward has left something else there than stood there."""
        before, after = at(self.gone_ahead[0], way), at(self.twin, way)
        return not _is_number(before) or not np.array_equal(before, after, equal_nan=True)

    def _shares(self, group: list[Path]) -> bool:
        """Whether its memory is another array's, too, that the layer holds."""
        own = at(self.layer, group[0])
        others = (value for _, value in arrays_in(self.layer) if value is not own)
        return isinstance(own, np.ndarray) and any(np.may_share_memory(own, other) for other in others)

    def _returned(self, inputs: tuple[str, ...], slots: Mapping[str, Slot], values: Arrays) -> tuple[str, ...]:
        """Names of those whose gradients follow those of the arguments in what the backward gave."""
        whole = spread(self.result, inputs)
        if isinstance(whole, Mapping):
            return tuple(name for name in slots if first_present(gradient_names(name), whole))
        extra = whole[len(inputs) :] if isinstance(whole, (tuple, list)) else ()
        alone = [name for name, slot in slots.items() if not slot.gradient]
        fitting = (tuple(_fitting(extra, names, values)) for names in (list(slots), alone))
        return max(fitting, key=len)


def _is_number(value: Any) -> bool:
    return isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind == "f"


def _fitting(extra: Sequence[Any], names: Sequence[str], values: Arrays) -> list[str]:
    """As many of the names as there are gradients of the shapes of their values: in their order, or by shape alone.

    By shape only where one name and one gradient have it, up to the first that nobody can tell.
    """
    shapes = [np.shape(each) for each in extra]
    pairs = zip(names, shapes, strict=False)
    if all(values[name].shape == shape for name, shape in pairs):
        return list(names[: len(shapes)])
    of_shape = [[name for name in names if values[name].shape == shape] for shape in shapes]
    alone = (found[0] if len(found) == 1 == of_shape.count(found) else "" for found in of_shape)
    return list(takewhile(bool, alone))


def _groups(layer: Any) -> list[list[Path]]:
    """All ways to each array of floating point, by array."""
    found: dict[int, list[Path]] = {}
    for path, value in arrays_in(layer):
        if value.dtype.kind == "f" and value.size:
            found.setdefault(id(value), []).append(path)
    return list(found.values())[:MOST_KEPT]


def is_trained(name: str) -> bool:
    """Whether an array of this name may be a parameter, and no statistic, mask or table."""
    last = name.lower().rpartition(".")[2]
    return last not in _STATISTICS and not _NOT_TRAINED.search(last)
