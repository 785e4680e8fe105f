"""Whether a part of f rounds what it is given to a narrower format: ``x.mean(dtype=np.float64)``, ``h.to(float32)``.

f as a whole answers in the wider format and sees its last digits, but the part is a staircase there. Along steps
shorter than a stair it stands still, and what such steps say is the derivative of another function: that of a layer
normalization whose variance is a constant. Two steps tell it, one well below a stair and one above some hundred: they
agree where f is smooth.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.rounding import DIGITS
from checks.smooth.point import Point
from checks.types import Array, Arrays

#: Formats to which a part may be rounded.
INNER = ("float64", "float32")

#: Binary digits by which the short step lies below a stair, and the long one above it: no longer, for f bends.
BELOW, ABOVE = 3, 8

#: Roundings of f in a difference, and the part of a slope by which two that differ are apart.
NOISE, APART = 4, 0.125

#: Each number moves by a share of itself of its own, from this one to 1: up or down, or all of them up. A sum that one
#: of these leaves as it was, or nearly so, is moved by the other.
LEAST, SIGNS = 0.5, ((-1.0, 1.0), (1.0,))


def rounded_to(point: Point, form: str, least: int = 0) -> int:
    """Binary digits to which a part of f rounds what it is given in ``form``; all of the form's where none does.

    Also to fewer than the subject's own format has: on one stair of a sum in float32 nobody means its derivative.
    Formats of fewer digits than ``least`` are not asked about.
    """
    narrower = (DIGITS[inner] for inner in INNER if least <= DIGITS[inner] < DIGITS[form])
    return next((digits for digits in narrower if _apart(point, form, digits)), DIGITS[form])


def _apart(point: Point, form: str, digits: int) -> bool:
    """Whether some entry of y moves otherwise along a step below a stair of so many digits than along one above it."""
    with np.errstate(all="ignore"):
        return any(_moves_otherwise(point, form, digits, signs) for signs in SIGNS)


def _moves_otherwise(point: Point, form: str, digits: int, signs: tuple[float, ...]) -> bool:
    short, long = 2.0 ** -(digits + BELOW), 2.0 ** (ABOVE - digits)
    here = _wide(point.given(form))
    moved = (_moved(point, form, share, signs) for share in (short, long, -long))
    fine, ahead, back = (_wide(point.answer(each, form)) for each in moved)
    first, slope, bend = (fine - here) / short, (ahead - back) / (2 * long), np.abs(ahead - 2 * here + back) / long
    rounding = 2.0 ** -DIGITS[form] / short + 2.0**-digits / long
    noise = NOISE * rounding * (np.abs(ahead) + np.abs(here))
    return bool(np.any(np.abs(first - slope) > APART * np.maximum(np.abs(first), np.abs(slope)) + bend + noise))


def _wide(y: Array) -> Array:
    return y.astype(np.result_type(y.dtype, np.longdouble))


def _moved(point: Point, form: str, share: float, signs: tuple[float, ...]) -> Arrays:
    """Every number larger or smaller by up to a share of itself, each by a part of its own."""
    rng: Any = np.random.default_rng(47)
    moved = {}
    for name, value in point.rest(form).items():
        parts = rng.uniform(LEAST, 1.0, value.shape) * rng.choice(signs, value.shape)
        moved[name] = np.asarray(value * (1 + value.dtype.type(share) * parts.astype(value.dtype)), value.dtype)
    return moved
