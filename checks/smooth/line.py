"""A layer along a line: L(t) = sum(dy * f(x + t v)), a function of one number that can be sampled in any format."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from checks.data import round_to
from checks.rounding import DIGITS, unit_roundoff
from checks.smooth.casts import rounded_to
from checks.smooth.point import Point, Sample
from checks.types import Array, Arrays, carrier

#: Formats wider than a subject's own, tried in this order; a complex one has the digits of its real part.
REAL = ("longdouble", "float64")
COMPLEX = ("clongdouble", "complex128")

#: Digits of formats to which a layer may round what it is given in a wider one.
INNER = (DIGITS["float64"], DIGITS["float32"])

#: Binary digits above its last place by which a number is moved to see whether f sees that; or, where that is more, so
#: many below the last place of a narrower format, to which it would hardly be rounded otherwise: f may be flat.
SEEN, UNSEEN = 6, 12


@dataclass(frozen=True, eq=False)
class Line:
    """L(t) through ``point`` along ``direction``: arrays by name, left out where nothing moves.

    ``dtype`` is the format of the subject itself. All positions t are in units of ``direction``. ``levels`` says how
    many steps are taken at most; 0 stands for all that the format has. ``noise`` is what each value of L is known to
    err by, more than its roundings; 0 where nothing is.
    """

    point: Point
    direction: Arrays
    dtype: str
    levels: int = 0
    noise: float = 0.0

    @cached_property
    def unit(self) -> float:
        """The t that moves some entry by 1; infinite where nothing moves."""
        steepest = max(float(np.max(np.abs(v), initial=0.0)) for v in self.direction.values())
        return 1.0 / steepest if steepest else float("inf")

    @cached_property
    def length(self) -> float:
        """The sum of the steps of all entries as t grows by 1."""
        return sum(float(np.sum(np.abs(v))) for v in self.direction.values())

    @cached_property
    def size(self) -> float:
        """The t that moves an entry by as much as the largest entry that moves."""
        moving = (np.abs(self.point.arrays[name][v != 0]) for name, v in self.direction.items())
        return self.unit * max(float(np.max(values, initial=0.0)) for values in moving)

    @property
    def widest(self) -> str:
        """The widest real format that f follows, or else its own."""
        return next((form for form in REAL if self.point.follows(form)), self.dtype)

    def at(self, t: Any, form: str) -> Sample:
        """Sample L in format ``form``; arguments that were complete in a narrower one are so here too.

        NaN where f is undefined; what else it raises passes.
        """
        with np.errstate(all="ignore"):
            y = self.point.answer(self._moved(t, form), form) if t else self.point.given(form)
            return self.point.contract(y)

    def answer(self, t: Any, form: str) -> Array:
        """What f gives at a place in format ``form``, in the widest that there is; raises what f raises."""
        with np.errstate(all="ignore"):
            y = self.point.answer(self._moved(t, form), form) if t else self.point.given(form)
            return y.astype(np.result_type(y.dtype, np.longdouble))

    def digits(self, form: str) -> int:
        """Binary digits of its arguments that f sees in a format: those of a narrower one where it rounds them to that.

        As a buffer inside a layer does. Smaller steps are lost there but at zeros, and differences would settle on what
        these alone say. Where it sees none of them those of the subject's own format: what is flat there may be so
        because f rounds to that whatever it is given.
        """
        if form not in self._digits:
            self._digits[form] = min(self._seen(form), self.whole_digits(form))
        return self._digits[form]

    def of_few(self, levels: int, form: str) -> Line:
        """The same line with so few steps, and what is known of its digits in a format."""
        found = replace(self, levels=levels)
        vars(found)["_digits"] = {form: self.digits(form)}
        return found

    def whole_digits(self, form: str) -> int:
        """Binary digits that every part of f keeps of its arguments; see ``casts``.

        Where few steps are taken these are longer than stairs of a narrower format than the subject's own.
        """
        known, least = self.point.kept, DIGITS[self.dtype] if self.levels else 0
        if (form, least) not in known:
            known[form, least] = rounded_to(self.point, form, least)
        return known[form, least]

    @cached_property
    def _digits(self) -> dict[str, int]:
        """What ``digits`` has answered."""
        return {}

    def _seen(self, form: str) -> int:
        if not self.size:  # no format rounds a step away from 0
            return DIGITS[form]
        digits = (DIGITS[form], *(each for each in INNER if each < DIGITS[form]))
        narrower = (*digits[1:], np.inf)
        with np.errstate(all="ignore"):
            for each, inner in zip(digits, narrower, strict=True):
                if self._sees(2.0 ** max(SEEN - each, -inner - UNSEEN), form):
                    return each
        return min(DIGITS[form], DIGITS[self.dtype])

    def _sees(self, share: float, form: str) -> bool:
        return not np.array_equal(self.point.given(form), self._shaken(share, form), equal_nan=True)

    def _shaken(self, share: float, form: str) -> Array:
        """What f gives where each number that moves is larger by up to this share of itself, one by more than another.

        Numbers close together would all move by the same, and what takes their mean off would see nothing.
        """
        wide, rng = self.point.wide(form), np.random.default_rng(61)
        shares = {
            name: share * rng.uniform(0.5, 1, v.shape).astype(wide[name].dtype) for name, v in self.direction.items()
        }
        moved = {
            name: np.where(v != 0, wide[name] * (1 + shares[name]), wide[name]) for name, v in self.direction.items()
        }
        rounded = {name: np.asarray(round_to(value, form)) for name, value in moved.items()}
        return self.point.answer(self.point.rest(form) | rounded, form)

    def _moved(self, t: Any, form: str) -> Arrays:
        wide = self.point.wide(form)
        step = {name: np.multiply(t, v, dtype=wide[name].dtype) for name, v in self.direction.items()}
        moved = {name: wide[name] + each for name, each in step.items()}
        return self.point.rest(form) | {name: np.asarray(round_to(np.asarray(v), form)) for name, v in moved.items()}


def roundoff(form: str, answered: np.dtype[Any]) -> float:
    """Unit roundoff of an answer to arguments in ``form``: its format's; in a carrier, the one it carries."""
    if form == "bfloat16" and answered == carrier(form):
        return unit_roundoff(form)
    return float(np.finfo(answered).eps) / 2 if answered.kind in "fc" else 0.0
