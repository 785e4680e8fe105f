"""The complex step: f'(x) = Im f(x + i s) / s for an analytic f, with no difference of nearly equal numbers.

W. Squire and G. Trapp, Using complex variables to estimate derivatives of real functions, SIAM Review 40 (1998): the
truncation error s**2 f''' / 6 vanishes for a tiny s. What is left is the rounding of f itself. It is measured: the same
number at six neighbours of x a few spacings away, and with a smaller s, scatters by as much as rounding (of x too)
moves it. A function that is not analytic (abs, a comparison, ``.real``) gives nonsense without a sign of it, so the
caller compares the result with real differences.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from checks.rounding import unit_roundoff
from checks.smooth.estimate import Estimate, unknown
from checks.smooth.line import Line
from checks.smooth.table import SMALLEST
from checks.types import carrier

#: Rounding scatters seven numbers; the largest of seven deviations is below a quarter of one with probability 1e-5.
SAFETY = 4.0
NEIGHBOURS = (-3, -2, -1, 1, 2, 3)
#: Roundings of f in a difference, and the part of a slope by which two that differ are apart.
NOISE, APART = 64, 2.0**-10
#: s in units of the line: s**2 is far below every roundoff, and s f' far above every underflow.
STEP, SMALLER = 2.0**-120, 2.0**-140


def complex_step(line: Line, form: str) -> Estimate:
    """Derivative at 0 in the complex format ``form``; unknown where f does not answer in it."""
    u = float(np.finfo(carrier(form)).eps) / 2
    spacing = 2 * u * max(line.size, line.unit * SMALLEST)
    if form in line.point.refused:
        return unknown(line.point.refused[form])
    try:
        centre, mass = _imaginary(line, 0.0, STEP * line.unit, form)
    except Exception as refusal:  # noqa: BLE001 - whatever f raises, it does not take complex numbers
        return unknown(line.point.refused.setdefault(form, _refused(refusal)))
    try:
        others = [_imaginary(line, n * spacing, STEP * line.unit, form)[0] for n in NEIGHBOURS]
        others.append(_imaginary(line, 0.0, SMALLER * line.unit, form)[0])
    except Exception as refusal:  # noqa: BLE001 - the same of those beside it, on this line
        return unknown(_refused(refusal))
    return _estimate(centre, mass, u, max(abs(other - centre) for other in others))


def lone_step(line: Line, form: str) -> Estimate:
    """The same from one value of f alone: its error leaves out what rounding scatters, which the caller must know."""
    try:
        centre, mass = _imaginary(line, 0.0, STEP * line.unit, form)
    except Exception as refusal:  # noqa: BLE001 - whatever f raises, it does not take this step
        return unknown(_refused(refusal))
    return _estimate(centre, mass, float(np.finfo(carrier(form)).eps) / 2, 0.0)


def _estimate(centre: Any, mass: Any, u: float, scatter: Any) -> Estimate:
    error = SAFETY * (scatter + u * mass) + unit_roundoff("float64") * abs(centre)
    return Estimate(float(centre), float(error), "complex step") if np.isfinite(error) else unknown("complex overflow")


def moves_otherwise(line: Line, form: str, real: str) -> bool:
    """Whether an entry of f's answer moves otherwise along a complex step than along a real one: f is not analytic.

    A sum of all of them may not show it: a norm that takes absolute values, in a row beside one of 1e12. What rounding
    or a bend explains is no sign. ``real`` is a format that f follows.
    """
    u = float(np.finfo(carrier(real)).eps) / 2
    step = float(np.sqrt(u)) * max(line.size, line.unit)
    ahead, here, back = (line.answer(np.longdouble(t), real) for t in (step, 0.0, -step))
    stepped = line.answer(1j * np.longdouble(STEP * line.unit), form).imag / np.longdouble(STEP * line.unit)
    with np.errstate(all="ignore"):
        slope, bend = (ahead - back) / (2 * step), np.abs(ahead - 2 * here + back) / step
        noise = NOISE * u * (np.abs(ahead) + np.abs(back)) / step
        return bool(np.any(np.abs(stepped - slope) > APART * np.maximum(abs(stepped), abs(slope)) + bend + noise))


def _refused(refusal: Exception) -> str:
    return f"no complex arguments: {type(refusal).__name__}"


def _imaginary(line: Line, t: float, step: float, form: str) -> tuple[Any, Any]:
    """Im L(t + i step) / step, and the sum of absolute values behind it.

    Raises TypeError where f answers in another format, and whatever f raises.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("error", np.exceptions.ComplexWarning)
        value, mass, dtype = line.at(np.longdouble(t) + 1j * np.longdouble(step), form)
    if dtype != carrier(form):
        raise TypeError(f"f answered in {dtype.name}; expected {form}; differences are used instead")
    return value.imag / np.longdouble(step), mass / np.longdouble(step)
