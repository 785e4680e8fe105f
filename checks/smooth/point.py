"""A layer at a point: what it gives where nothing moves is asked once in each format, for all lines through it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from checks.data import round_to
from checks.types import Array, Arrays, carrier

#: Formats in which a generator of random numbers draws others than in wider ones, as JAX's do from one key.
DRAWN_APART = frozenset({"float16", "float32"})

#: By what part of the largest entry of y no rounding moves another.
ROUGHLY = 2.0**-5


class Sample(NamedTuple):
    """L at one place: its value, the sum of absolute values behind it, and the format in which f answered."""

    value: Any
    mass: Any
    dtype: np.dtype[Any]


@dataclass(frozen=True, eq=False)
class Point:
    """``f(arrays) -> y`` at ``arrays`` (by name), contracted with ``dy``, which has the shape of y."""

    f: Callable[[Arrays], Array]
    arrays: Arrays
    dy: Array

    def wide(self, form: str) -> Arrays:
        """Every argument in extended precision, complex where the format is."""
        if form not in self._wide:
            wide = np.result_type(carrier(form), np.longdouble)
            self._wide[form] = {name: value.astype(wide) for name, value in self.arrays.items()}
        return self._wide[form]

    def rest(self, form: str) -> Arrays:
        """Every argument in a format; in the order of the arguments."""
        if form not in self._rest:
            self._rest[form] = {name: np.asarray(round_to(value, form)) for name, value in self.wide(form).items()}
        return self._rest[form]

    def given(self, form: str) -> Array:
        """What f gives here in a format; see ``answer``."""
        if form not in self._given:
            self._given[form] = self.answer(self.rest(form), form).copy()  # it may give one buffer again and again
        return self._given[form]

    def answer(self, arrays: Arrays, form: str) -> Array:
        """What f gives for these, in format ``form``.

        Where it raises ValueError or ArithmeticError it is undefined: NaN. Everything else that it raises passes.
        """
        try:
            return np.asarray(self.f(arrays))
        except (ValueError, ArithmeticError):
            return np.full(np.shape(self.dy), np.nan, carrier(form))

    def follows(self, form: str) -> bool:
        """Whether f answers in format ``form`` when its arguments are in it."""
        if form not in self._followed:
            self._followed[form] = self._follows(form)
        return self._followed[form]

    def _follows(self, form: str) -> bool:
        try:
            with np.errstate(all="ignore"):
                return self.given(form).dtype == carrier(form) and self._gives_the_same(form)
        except Exception:  # noqa: BLE001 - whatever f raises, it does not take this format
            return False

    def _gives_the_same(self, form: str) -> bool:
        """Whether y there is what it is in the layer's own format, roughly: a layer may draw other random numbers."""
        own = next(iter(self.arrays.values())).dtype
        if form == own.name or own.name not in DRAWN_APART:
            return True
        before = self.answer(self.arrays, own.name)
        return not np.any(np.abs(self.given(form) - before) > ROUGHLY * np.max(np.abs(before), initial=0.0))

    def contract(self, y: Array) -> Sample:
        """Contract in extended precision: rounding of the sum must not hide what f says."""
        products = np.asarray(self._wide_dy * y)
        part = products.imag if y.dtype.kind == "c" else products
        return Sample(products.sum(), np.abs(part).sum(), y.dtype)

    @cached_property
    def refused(self) -> dict[str, str]:
        """Complex formats that f does not take here, and why: so it is along every line."""
        return {}

    @cached_property
    def kept(self) -> dict[tuple[str, int], int]:
        """Binary digits that every part of f keeps of what it is given, by the format and the fewest asked about."""
        return {}

    @cached_property
    def _wide_dy(self) -> Array:
        """The upstream gradient in extended precision."""
        return self.dy.astype(np.longdouble)

    @cached_property
    def _wide(self) -> dict[str, Arrays]:
        """What ``wide`` has answered."""
        return {}

    @cached_property
    def _rest(self) -> dict[str, Arrays]:
        """What ``rest`` has answered."""
        return {}

    @cached_property
    def _given(self) -> dict[str, Array]:
        """What ``given`` has answered."""
        return {}

    @cached_property
    def _followed(self) -> dict[str, bool]:
        """What ``follows`` has answered."""
        return {}
