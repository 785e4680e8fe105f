"""A case: one configuration with its inputs and upstream gradient, frozen, printable, replayable from a few numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from checks import data
from checks.bounds import largest
from checks.case_form import fields, keywords
from checks.rounding import whole
from checks.types import Array, Arrays, Config, Shapes, carrier


@dataclass(frozen=True, eq=False)
class Case:
    """One configuration of a family with seeded arrays.

    ``shapes`` maps each argument (``x``, ``weight``, ``bias``) and ``dy`` to its shape; ``config`` holds the layer's
    keywords. ``data``, ``span``, ``unit`` and ``seed`` say which numbers fill them (see ``checks.data``); an array
    that stands in ``values`` (nested tuples of numbers) is taken from there instead. Two cases with the same text are
    equal.
    """

    family: str
    shapes: Shapes
    config: Config = field(default_factory=dict)
    dtype: str = "float64"
    data: str = "integers"
    span: int = 3
    unit: int = 1
    seed: int = 0
    values: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def _drawn(self) -> Arrays:
        return self._filled(self.shapes)

    def _filled(self, shapes: Shapes) -> Arrays:
        """Arrays of these shapes, each as it stands in ``values``, or else as it is drawn."""
        drawn = data.draw(shapes, self.dtype, self.data, self.span, self.unit, self.seed)
        return drawn | self.told

    @property
    def told(self) -> Arrays:
        """The arrays that stand in ``values``; nested tuples do not tell the shape of one without entries."""
        found = {name: np.array(value, carrier(self.dtype)) for name, value in self.values.items()}
        return {name: array if array.size else array.reshape(self.shapes[name]) for name, array in found.items()}

    def holding(self, name: str, array: Array) -> Case:
        """The same case with these numbers in one of its arrays."""
        return self.but(values={**self.values, name: nested(array)})

    def rearranged(self, arrays: Arrays) -> Case:
        """The same case with its kind of numbers in another order, which its text does not spell out."""
        found, rest = self.but(), {name: shape for name, shape in self.shapes.items() if name not in arrays}
        whole = self._filled(rest) | arrays
        vars(found)["_drawn"] = {name: whole[name] for name in self.shapes}  # what is drawn there otherwise
        return found

    @property
    def inputs(self) -> Arrays:
        """Fresh copies of every argument, without ``dy``."""
        return {name: value.copy() for name, value in self._drawn.items() if name != "dy"}

    @property
    def dy(self) -> Array:
        """A fresh copy of the upstream gradient, in the shape of the output."""
        return self._drawn["dy"].copy()

    @cached_property
    def held(self) -> Arrays:
        """The arguments themselves, for those who read them or make copies of their own: nobody can write to them."""
        return {name: _unwritable(value) for name, value in self._drawn.items() if name != "dy"}

    @cached_property
    def held_dy(self) -> Array:
        """The same of the upstream gradient."""
        return _unwritable(self._drawn["dy"])

    @cached_property
    def largest(self) -> Mapping[str, float]:
        """Largest absolute value of each argument and of ``dy``."""
        return largest({**self.held, "dy": self.held_dy})

    def array(self, name: str) -> Array:
        """A fresh copy of one array: an argument or ``dy``."""
        return self._drawn[name].copy()

    @cached_property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments that this case has, in the order of its shapes."""
        return tuple(name for name in self.shapes if name != "dy")

    @cached_property
    def lattice(self) -> bool:
        """True where every number of the case is an integer, so that sums of products may be exact."""
        surely = self.data in data.WHOLE and not self.values
        return surely or all(map(whole, self._drawn.values()))

    @property
    def parts(self) -> int:
        """How many equal parts of 1 make all numbers whole numbers of such parts; 0 where that is not known."""
        if self.lattice:
            return 1
        return data.PARTS if self.data == "fractions" and not self.values else 0

    @property
    def reach(self) -> float:
        """How far every entry of ``x`` may move at once without crossing a kink (0 where nothing is known)."""
        if "x" in self.values:
            return 0.0
        return data.reach(self.data, self.dtype, self.unit, self.shapes["x"])

    def sizes(self) -> int:
        """Number of entries of all arrays together: what shrinking makes small."""
        return self._sizes

    @cached_property
    def _sizes(self) -> int:
        return sum(map(math.prod, self.shapes.values()))

    @property
    def filled(self) -> bool:
        """Whether no array is empty."""
        return all(map(math.prod, self.shapes.values()))

    def but(self, **changes: Any) -> Case:
        """The same case with some fields changed."""
        return replace(self, **changes)

    def __str__(self) -> str:
        numbers = {name: getattr(self, name) for name in ("dtype", "data", "span", "unit", "seed")}
        parts = [self.shapes, self.config, numbers, *([self.values] if self.values else [])]
        return f"{self.family}({'; '.join(map(keywords, parts))})"

    def __repr__(self) -> str:
        return str(self)

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:  # noqa: FBT001 - as Hypothesis and IPython call it
        """Its text, which can be replayed; Hypothesis would show by which of our functions it was made."""
        printer.text("..." if cycle else str(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Case) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))


def _unwritable(array: Array) -> Array:
    view = array.view()
    view.flags.writeable = False
    return view


def parse(text: str) -> Case:
    """Read a case back from its text.

    Raises CaseError that shows the text and the form that was expected. Nothing in the text is executed.
    """
    family, shapes, config, numbers, values = fields(text)
    return Case(family, shapes, config, **numbers, values=values)


def nested(array: Array) -> Any:
    """An array as nested tuples of numbers, the form of ``Case.values``."""
    return tuple(map(nested, array)) if array.ndim else array.item()
