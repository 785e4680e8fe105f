"""Layers that compute in a narrower format than that of their examples, as what they give shows.

Their gradients are right to the roundings of that format: they are examined in it, and the law ``dtype`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial

import numpy as np

from checks.data import round_to
from checks.errors import SubjectError
from checks.families.drawn import Drawn, draws
from checks.families.example import rounded
from checks.families.unclaimed import Unclaimed
from checks.subject import Subject
from checks.types import Array, Arrays

#: The format that a layer may compute in, by that of its examples.
NARROWER: Mapping[str, str] = {"float64": "float32"}

#: By what part of itself a number is moved that no such rounding hides.
MOVED = 2.0**-20

#: Examples of a strategy, the last of which is looked at: the first ones hardly hold other numbers than 0.
LOOKED_AT = 5


def in_its_own_format(sheet: Unclaimed) -> Unclaimed:
    """The examples in the format in which their layer is seen to compute; as they are where it is theirs."""
    arrays = draws(sheet.examples, 0, LOOKED_AT)[-1] if isinstance(sheet, Drawn) else sheet.arrays
    narrow = NARROWER.get(sheet.dtype, "")
    if any(value.dtype.name != sheet.dtype for value in arrays.values()):  # the strategy draws several formats
        return sheet
    if not narrow or not (seen := _seen(sheet.subject, arrays, narrow)):
        return sheet
    said = (
        f"the layer computes in {narrow}, and its examples are of {sheet.dtype}: {seen}; all other laws are asked in "
        f"{narrow}; where that is meant give such examples: {next(iter(arrays))}.astype(np.{narrow})"
    )
    sheet.subject.remarks.append(said)
    found = _rounded(sheet, narrow)
    found.narrowed = said
    return found


def _rounded(sheet: Unclaimed, dtype: str) -> Unclaimed:
    """The same examples in another format."""
    if isinstance(sheet, Drawn):
        return Drawn(sheet.subject, sheet.examples.map(partial(rounded, dtype=dtype)), sheet.unexamined)
    return Unclaimed(sheet.subject, rounded(sheet.arrays, dtype), sheet.unexamined)


def _seen(subject: Subject, arrays: Arrays, narrow: str) -> str:
    """What shows that a layer computes in a narrower format; empty where nothing does, or it raises."""
    with suppress(SubjectError), np.errstate(all="ignore"):
        y = subject.apply(arrays, {})
        dy = np.random.default_rng(0).standard_normal(y.shape)
        came = {"y": y, **subject.pull(arrays, {}, dy).gradients}
        if names := [name for name, value in came.items() if value.dtype.name == narrow]:
            return f"{', '.join(names)} came as {narrow}"
        if _rounds(lambda given: {"y": subject.apply(given, {})}, {"y": y}, arrays, narrow):
            return f"y is the same, bit for bit, for arguments that were rounded to {narrow}"
        del came["y"]
        if names := _rounds(lambda given: subject.pull(arrays, {}, given["dy"]).gradients, came, {"dy": dy}, narrow):
            return f"{', '.join(names)} is the same, bit for bit, for dy that was rounded to {narrow}"
    return ""


def _rounds(call: Callable[[Arrays], Arrays], before: Arrays, given: Arrays, narrow: str) -> list[str]:
    """Which results are those of rounded arrays, and change where these are moved by more than rounding hides.

    Most numbers must change, of some array by that rounding, and of the result by that move: of a layer with steps (a
    quantizer, a mask) few do, and it rounds nothing. What is NaN or infinite shows nothing.
    """
    near = {name: round_to(value, narrow).astype(value.dtype) for name, value in given.items()}
    if not any(_most_differ(near[name], value) for name, value in given.items()):
        return []
    after = call(near)
    finite = {name: value for name, value in before.items() if np.all(np.isfinite(value))}
    if not (same := [name for name, value in finite.items() if np.array_equal(after[name], value)]):
        return []
    moved = call({name: value * (1 + MOVED) for name, value in given.items()})
    return [name for name in same if _most_differ(moved[name], before[name])]


def _most_differ(moved: Array, before: Array) -> bool:
    """Whether more than half of the numbers that are not 0 have changed."""
    there = (before != 0) | (moved != 0)
    return bool(2 * np.count_nonzero((moved != before)[there]) > np.count_nonzero(there))
