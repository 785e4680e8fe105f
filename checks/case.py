"""A case: one configuration with its inputs and upstream gradient, frozen, printable, replayable from a few numbers."""

from __future__ import annotations

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from checks import data
from checks.errors import CaseError
from checks.rounding import whole
from checks.types import Array, Arrays, Config, Shape, Shapes, carrier

_FORM = (
    "expected 'family(x=(1,1,3,3), dy=(1,1,2,2); stride=1, padding=0; "
    'dtype="float64", data="integers", span=3, unit=1, seed=0)\''
)


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
        return drawn | {name: np.array(value, carrier(self.dtype)) for name, value in self.values.items()}

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

    def array(self, name: str) -> Array:
        """A fresh copy of one array: an argument or ``dy``."""
        return self._drawn[name].copy()

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments that this case has, in the order of its shapes."""
        return tuple(name for name in self.shapes if name != "dy")

    @cached_property
    def lattice(self) -> bool:
        """True where every number of the case is an integer, so that sums of products may be exact."""
        surely = self.data in data.WHOLE and not self.values
        return surely or all(map(whole, self._drawn.values()))

    @property
    def reach(self) -> float:
        """How far every entry of ``x`` may move at once without crossing a kink (0 where nothing is known)."""
        if "x" in self.values:
            return 0.0
        return data.reach(self.data, self.dtype, self.unit, math.prod(self.shapes["x"]))

    def sizes(self) -> int:
        """Number of entries of all arrays together: what shrinking makes small."""
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
        return f"{self.family}({'; '.join(map(_keywords, parts))})"

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
    family, separator, rest = text.strip().partition("(")
    parts = rest.removesuffix(")").split(";")
    if not separator or not rest.endswith(")") or len(parts) not in {3, 4}:
        msg = f"{text!r} is not a case; {_FORM}"
        raise CaseError(msg)
    shapes, config, numbers, *values = (_read(part, text) for part in parts)
    return Case(family, _shapes(shapes, text), config, **_numbers(numbers, text), values=_values(values, shapes, text))


def _keywords(pairs: Config) -> str:
    return ", ".join(f"{name}={_literal(value)}" for name, value in pairs.items())


def _literal(value: object) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (tuple, list)):
        return "(" + ",".join(map(_literal, value)) + (",)" if len(value) == 1 else ")")
    plain = value.item() if isinstance(value, np.generic) else value
    return repr(plain) if _has_a_literal(plain) else f'"{str(plain).strip("()")}"'


def _has_a_literal(value: object) -> bool:
    """Python has none for NaN, infinities and long doubles; NumPy reads them from their words."""
    return not isinstance(value, np.longdouble) and (
        not isinstance(value, (float, complex)) or bool(np.isfinite(value))
    )


def _read(part: str, text: str) -> dict[str, Any]:
    try:
        call = ast.parse(f"f({part})", mode="eval").body
        words = call.keywords if isinstance(call, ast.Call) and not call.args else [ast.keyword("", call)]
        return {str(word.arg): ast.literal_eval(word.value) for word in words}
    except (SyntaxError, ValueError) as error:
        msg = f"{part.strip()!r} in {text!r} cannot be read; {_FORM}"
        raise CaseError(msg) from error


def _shapes(shapes: dict[str, Any], text: str) -> dict[str, Shape]:
    for name, shape in shapes.items():
        if not isinstance(shape, tuple) or not all(type(size) is int and size >= 0 for size in shape):
            msg = f"{name}={shape!r} in {text!r} is not a shape; expected a tuple of sizes such as {name}=(1,1,3,3)"
            raise CaseError(msg)
    if "x" not in shapes or "dy" not in shapes:
        msg = f"{text!r} names {', '.join(shapes) or 'nothing'}; expected at least x and dy; {_FORM}"
        raise CaseError(msg)
    return shapes


def _values(parts: list[dict[str, Any]], shapes: Shapes, text: str) -> dict[str, Any]:
    values = parts[0] if parts else {}
    for name, value in values.items():
        try:
            found = np.array(value, dtype=complex).shape
        except (TypeError, ValueError):
            found = None
        if found != shapes.get(name):
            raise CaseError(
                f"{name}={value!r} in {text!r} has shape {found}; expected numbers of shape {shapes.get(name)}"
            )
    return values


def nested(array: Array) -> Any:
    """An array as nested tuples of numbers, the form of ``Case.values``."""
    return tuple(map(nested, array)) if array.ndim else array.item()


def _numbers(numbers: dict[str, Any], text: str) -> dict[str, Any]:
    for name, value in numbers.items():
        wanted = str if name in {"dtype", "data"} else int
        if name not in {"dtype", "data", "span", "unit", "seed"} or type(value) is not wanted:
            msg = f"{name}={value!r} in {text!r} is not understood; {_FORM}"
            raise CaseError(msg)
    return numbers
