"""A layer along a line: L(t) = sum(dy * f(x + t v)), a function of one number that can be sampled in any format."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from checks.data import round_to
from checks.rounding import DIGITS, unit_roundoff
from checks.types import Array, Arrays, carrier

#: Formats wider than a subject's own, tried in this order; a complex one has the digits of its real part.
REAL = ("longdouble", "float64")
COMPLEX = ("clongdouble", "complex128")

#: Digits of formats to which a layer may round what it is given in a wider one.
INNER = (DIGITS["float64"], DIGITS["float32"])

#: Last places by which a number is moved to see whether f sees it.
SEEN = 6


class Sample(NamedTuple):
    """L at one t: its value, the sum of absolute values behind it, and the format in which f answered."""

    value: Any
    mass: Any
    dtype: np.dtype[Any]


@dataclass(frozen=True, eq=False)
class Line:
    """``f(arrays) -> y`` along ``direction`` (arrays by name, left out where nothing moves), contracted with ``dy``.

    ``dtype`` is the format of the subject itself. All positions t are in units of ``direction``. ``levels`` says how
    many steps are taken at most; 0 stands for all that the format has.
    """

    f: Callable[[Arrays], Array]
    arrays: Arrays
    direction: Arrays
    dy: Array
    dtype: str
    levels: int = 0

    @cached_property
    def unit(self) -> float:
        """The t that moves some entry by 1; infinite where nothing moves."""
        steepest = max(float(np.max(np.abs(v), initial=0.0)) for v in self.direction.values())
        return 1.0 / steepest if steepest else float("inf")

    @cached_property
    def size(self) -> float:
        """The t that moves an entry by as much as the largest entry that moves."""
        moving = (np.abs(self.arrays[name][v != 0]) for name, v in self.direction.items())
        return self.unit * max(float(np.max(values, initial=0.0)) for values in moving)

    def at(self, t: Any, form: str) -> Sample:
        """Sample L in format ``form``; arguments that were complete in a narrower one are so here too.

        A function that raises ValueError or ArithmeticError is undefined there: NaN. Everything else it raises passes.
        """
        moved = self._at_rest(form) | {name: self._moved(name, t, form) for name in self.direction}
        with np.errstate(all="ignore"):
            try:
                y = np.asarray(self.f(moved))
            except (ValueError, ArithmeticError):
                y = np.full(np.shape(self.dy), np.nan, carrier(form))
            return self._contract(y)

    def digits(self, form: str) -> int:
        """Binary digits of its arguments that f sees in a format: those of a narrower one where it rounds them to that.

        As a buffer inside a layer does. Smaller steps are lost there but at zeros, and differences would settle on what
        these alone say.
        """
        if form not in self._digits:
            self._digits[form] = self._seen(form)
        return self._digits[form]

    @cached_property
    def _digits(self) -> dict[str, int]:
        """What ``digits`` has answered."""
        return {}

    def _seen(self, form: str) -> int:
        whole = DIGITS[form]
        with suppress(ValueError, ArithmeticError):  # it is undefined close by
            before = self.shaken(0.0, form)
            for digits in (whole, *(each for each in INNER if each < whole)):
                if not np.array_equal(before, self.shaken(2.0 ** (SEEN - digits), form), equal_nan=True):
                    return digits
        return whole

    def shaken(self, share: float, form: str) -> Array:
        """What f gives where each number that moves is larger by this share of itself.

        Whatever f raises passes.
        """
        rest, wide = self._at_rest(form), self._wide(form)
        moved = {
            name: np.where(v != 0, wide[name] * (1 + wide[name].dtype.type(share)), wide[name])
            for name, v in self.direction.items()
        }
        with np.errstate(all="ignore"):
            return np.asarray(self.f(rest | {name: np.asarray(round_to(v, form)) for name, v in moved.items()}))

    def _moved(self, name: str, t: Any, form: str) -> Array:
        wide = self._wide(form)[name]
        return np.asarray(round_to(np.asarray(wide + wide.dtype.type(t) * self.direction[name]), form))

    def _at_rest(self, form: str) -> Arrays:
        """Every argument as it is where nothing moves, in a format; in the order of the arguments."""
        if form not in self._rests:
            self._rests[form] = {name: np.asarray(round_to(value, form)) for name, value in self._wide(form).items()}
        return self._rests[form]

    def _wide(self, form: str) -> Arrays:
        """Every argument in extended precision, complex where the format is."""
        if form not in self._wides:
            wide = np.result_type(carrier(form), np.longdouble)
            self._wides[form] = {name: value.astype(wide) for name, value in self.arrays.items()}
        return self._wides[form]

    @cached_property
    def _rests(self) -> dict[str, Arrays]:
        """What ``_at_rest`` has answered."""
        return {}

    @cached_property
    def _wides(self) -> dict[str, Arrays]:
        """What ``_wide`` has answered."""
        return {}

    @cached_property
    def _wide_dy(self) -> Array:
        """The upstream gradient in extended precision."""
        return self.dy.astype(np.longdouble)

    def _contract(self, y: Array) -> Sample:
        """Contract in extended precision: rounding of the sum must not hide what f says."""
        products = np.asarray(self._wide_dy * y)
        part = products.imag if y.dtype.kind == "c" else products
        return Sample(products.sum(), np.abs(part).sum(), y.dtype)


def roundoff(form: str, answered: np.dtype[Any]) -> float:
    """Unit roundoff of an answer to arguments in ``form``: its format's; in a carrier, the one it carries."""
    if form == "bfloat16" and answered == carrier(form):
        return unit_roundoff(form)
    return float(np.finfo(answered).eps) / 2 if answered.kind in "fc" else 0.0
