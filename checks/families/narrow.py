"""Layers that compute in a narrower format than that of their examples, as what they give shows.

Their gradients are right to the roundings of that format: they are examined in it, and the law ``dtype`` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial

import numpy as np

from checks.data import round_to
from checks.errors import SubjectError
from checks.families.drawn import Drawn, draws
from checks.families.example import NARROWER, rounded
from checks.families.unclaimed import Unclaimed
from checks.narrowed import UNSEEN, Narrowed
from checks.patience import Patience
from checks.subject import Subject
from checks.types import Array, Arrays

#: Said of a slow layer of which this was not found out.
UNASKED = "for want of time this slow layer was not asked whether it computes in {}, but for the formats of its results"

#: Said of a layer of JAX's on examples in the format that JAX computes in unless it is told otherwise.
OWN_MODE = "called on {0} as in this process, with jax_enable_x64 off; float64, which is another mode, is not examined"
#: And of one that works in that format alone.
OWN_MODE_ALONE = (
    "examined in {0}, which JAX makes of examples of {1} in this process, where jax_enable_x64 is off: where it is on "
    "this layer raises, and {1} is not examined"
)

#: By what part of itself a number is moved that no such rounding hides.
MOVED = 2.0**-20

#: The format in which nothing cancels that soon, and by how many last places y must move to be seen moving.
WIDE, STEPS = "longdouble", 8.0
#: By what part it is moved there: such a rounding hides it mostly, and what cancels does not.
HIDDEN = 2.0**-31
#: The part of such a move that a rounding to float32 is.
LOST = 2.0**-6

#: Examples of a strategy, the last of which is looked at: the first ones hardly hold other numbers than 0.
LOOKED_AT = 5


def in_its_own_format(sheet: Unclaimed, patience: Patience) -> Unclaimed:
    """The examples in the format in which their layer is seen to compute; as they are where it is theirs.

    ``patience`` is asked by the call that it makes again from now on.
    """
    (arrays, subject), narrow = _looked_at(sheet), NARROWER.get(sheet.dtype, "")
    if any(value.dtype.name != sheet.dtype for value in arrays.values()):  # the strategy draws several formats
        return sheet
    if not narrow or not (seen := _seen(subject, arrays, narrow, patience)):
        return sheet
    found = sheet.in_format(narrow) if seen.whole and _takes(subject, rounded(arrays, narrow)) else sheet
    moved = "" if found is sheet else f"; all other laws are asked in {narrow}"
    what = "" if seen.whole else f"{' and '.join(seen.names)} "
    why = (
        f"the layer computes {what}in {narrow}, and its examples are of {sheet.dtype}: {seen.how}{moved}; where that "
        f"is meant give such examples: {next(iter(arrays))}.astype(np.{narrow})"
    )
    found.narrowed = Narrowed(seen.names[0], why, f"it computes {what}in {narrow}", not seen.whole)
    sheet.subject.remarks.append(why)
    return found


def as_in_its_process(sheet: Unclaimed, usual: str) -> Unclaimed:
    """The examples in the format that its framework makes of them in the user's process, where it works in that alone.

    ``usual`` is that format, and empty where it keeps each.
    """
    if not usual:
        return sheet
    if sheet.dtype == usual:
        sheet.subject.remarks.append(OWN_MODE.format(usual))
        return sheet
    arrays, subject = _looked_at(sheet)
    if sheet.dtype not in NARROWER or _takes(subject, arrays) or not _takes(subject, rounded(arrays, usual)):
        return sheet
    sheet.subject.remarks.append(OWN_MODE_ALONE.format(usual, sheet.dtype))
    return sheet.in_format(usual)


def _looked_at(sheet: Unclaimed) -> tuple[Arrays, Subject]:
    """The arrays of an example, and the layer with its keywords."""
    drawing = draws(sheet.examples, 0, LOOKED_AT)[-1] if isinstance(sheet, Drawn) else (sheet.arrays, sheet.config)
    return drawing[0], sheet.subject.with_keywords(drawing[1])


@dataclass(frozen=True)
class _Seen:
    """Results that show a narrower format, and how; ``whole`` where they are y or all gradients: all is computed so."""

    names: list[str]
    how: str
    whole: bool


def _takes(subject: Subject, arrays: Arrays) -> bool:
    """Whether a layer goes forward and back on examples of another format."""
    with suppress(SubjectError), np.errstate(all="ignore"):
        y = subject.apply(arrays, {})
        return bool(subject.pull(arrays, {}, np.ones_like(y)).gradients)
    return False


def _seen(subject: Subject, arrays: Arrays, narrow: str, patience: Patience) -> _Seen | None:
    """What shows that a layer computes in a narrower format, the whole layer first; None where nothing does."""
    found = list[_Seen]()
    for each in _shown(subject, arrays, narrow, patience):
        if each.whole:
            return each
        found.append(each)
    return next(iter(found), None)


def _shown(subject: Subject, arrays: Arrays, narrow: str, patience: Patience) -> Iterator[_Seen]:
    """All that shows it; nothing where the layer raises. A slow one is not asked everything."""
    patience.again = partial(subject.apply, arrays, {})
    with suppress(SubjectError), np.errstate(all="ignore"):
        y = subject.apply(arrays, {})
        dy = np.random.default_rng(0).standard_normal(y.shape)
        came = {"y": y, **subject.pull(arrays, {}, dy).gradients}
        if names := [name for name, value in came.items() if value.dtype.name == narrow]:
            yield _of(names, came, f"{', '.join(names)} came as {narrow}")
        pulled = partial(_pulled, subject, arrays)
        ahead, steps = (look(subject, arrays, came, narrow) for look in (_shown_ahead, _shown_in_steps))
        for each in (ahead, _shown_back(pulled, came, dy, narrow), steps):
            if patience.spares(narrow):
                subject.remarks.append(UNASKED.format(narrow))
                patience.unasked.clear()
                return
            yield from each


def _pulled(subject: Subject, arrays: Arrays, given: Arrays) -> Arrays:
    return subject.pull(arrays, {}, given["dy"]).gradients


def _shown_ahead(subject: Subject, arrays: Arrays, came: Arrays, narrow: str) -> Iterator[_Seen]:
    """What a forward on rounded arguments shows."""
    if _rounds(lambda given: {"y": subject.apply(given, {})}, {"y": came["y"]}, arrays, narrow):
        yield _of(["y"], came, f"y is the same, bit for bit, for arguments that were rounded to {narrow}")
    if name := next((name for name in arrays if _rounded_alone(subject, arrays, name, narrow)), ""):
        yield _of(["y"], came, f"it rounds {name} to {narrow} inside: y is the same, bit for bit")


def _shown_in_steps(subject: Subject, arrays: Arrays, came: Arrays, narrow: str) -> Iterator[_Seen]:
    """What a forward beside the example shows."""
    if name := next((name for name in arrays if _on_stairs(subject, arrays, came["y"], name)), ""):
        yield _of(["y"], came, f"it rounds what it makes of {name} to {narrow} inside: y has steps")


def _of(names: list[str], came: Arrays, how: str) -> _Seen:
    """What these results show, of all that came."""
    return _Seen(names, how, "y" in names or len(names) == len(came) - 1)


def _shown_back(pulled: Callable[[Arrays], Arrays], came: Arrays, dy: Array, narrow: str) -> Iterator[_Seen]:
    """The same of the way back."""
    before = {name: value for name, value in came.items() if name != "y"}
    if names := _rounds(pulled, before, {"dy": dy}, narrow):
        yield _of(names, came, f"{', '.join(names)} is the same, bit for bit, for dy that was rounded to {narrow}")
    elif names := _in_steps(pulled, before, dy):
        yield _of(names, came, f"it rounds what it makes of dy to {narrow} inside: {', '.join(names)} has steps")


def _rounded_alone(subject: Subject, arrays: Arrays, name: str, narrow: str) -> bool:
    """The same of one argument of several, on two examples: of few numbers a later rounding may hide the first."""
    return len(arrays) > 1 and all(
        _rounds(
            lambda given, held=held: {"y": subject.apply({**held, **given}, {})},  # type: ignore[misc] # bound early
            {"y": subject.apply(held, {})},
            {name: held[name]},
            narrow,
        )
        for held in (arrays, {each: value * (1 - 1 / 64) for each, value in arrays.items()})
    )


def _in_steps(pulled: Callable[[Arrays], Arrays], before: Arrays, dy: Array) -> list[str]:
    """Gradients that stay as they are, bit for bit, where all of dy grows by less than a narrower format resolves.

    And grow with dy where it grows by more. What is linear grows as dy does whatever cancels inside.
    """
    near, far = (pulled({"dy": dy * (1 + by)}) for by in (UNSEEN, MOVED))
    same = (name for name, value in before.items() if np.all(np.isfinite(value)) and np.array_equal(near[name], value))
    return [name for name in same if _most_differ(far[name], before[name])]


def _on_stairs(subject: Subject, arrays: Arrays, y: Array, name: str) -> bool:
    """Whether y stays as it is, bit for bit, where an argument is moved by less than a narrower format resolves.

    Most of y must change by a larger move, and by so much that the smaller one would show. What cancels inside rounds
    as well (1 + exp(x) for an x far below 0), but not in extended precision, in which the layer must answer.
    """

    def moved(by: float, form: str) -> Array:
        given = {each: value.astype(form) for each, value in arrays.items()}
        return subject.apply({**given, name: given[name] * given[name].dtype.type(1 + by)}, {})

    own, far, wide = y.dtype.name, moved(MOVED, y.dtype.name), moved(0.0, WIDE)
    if wide.dtype != np.dtype(WIDE) or not _most_differ(far, y) or not _shows(far, y, UNSEEN / MOVED):
        return False
    return np.array_equal(moved(UNSEEN, own), y) and not _most_differ(moved(HIDDEN, WIDE), wide)


def _rounds(call: Callable[[Arrays], Arrays], before: Arrays, given: Arrays, narrow: str) -> list[str]:
    """Which results are those of rounded arrays, and change where these are moved by more than rounding hides.

    Most numbers must change, of some array by that rounding, and of the result by a move of such arrays: of a layer
    with steps (a quantizer, a mask) few do, and it rounds nothing. What is NaN or infinite shows nothing.
    """
    near = {name: round_to(value, narrow).astype(value.dtype) for name, value in given.items()}
    if not (lossy := [name for name, value in given.items() if _most_differ(near[name], value)]):
        return []
    after = call(near)
    finite = {name: value for name, value in before.items() if np.all(np.isfinite(value))}
    if not (same := [name for name, value in finite.items() if np.array_equal(after[name], value)]):
        return []
    moved = call({name: value * (1 + MOVED) if name in lossy else value for name, value in given.items()})
    return [
        name for name in same if _most_differ(moved[name], before[name]) and _shows(moved[name], before[name], LOST)
    ]


def _shows(moved: Array, before: Array, share: float) -> bool:
    """Whether this share of a change would show in most numbers: beside a large one, small ones are lost anyway."""
    seen = np.abs(moved - before) * share > STEPS * np.spacing(np.abs(before))
    return bool(2 * np.count_nonzero(seen) >= before.size)


def _most_differ(moved: Array, before: Array) -> bool:
    """Whether more than half of the numbers that are not 0 have changed."""
    there = (before != 0) | (moved != 0)
    return bool(2 * np.count_nonzero((moved != before)[there]) > np.count_nonzero(there))
