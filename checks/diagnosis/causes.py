"""What a wrong gradient is, seen by asking the layer again: only examples of its arguments are known."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from itertools import takewhile
from time import monotonic

import numpy as np

from checks.diagnosis import elementwise, own_part, reduced, terms, untaken
from checks.diagnosis.alike import LEAST, SAME, several
from checks.diagnosis.elementwise import FOLLOWING
from checks.diagnosis.examples import Derived, derived, described
from checks.diagnosis.isolated import at_single_numbers
from checks.diagnosis.jacobian import STEPS
from checks.diagnosis.shuffled import on_other_orders
from checks.diagnosis.ties import at_ties
from checks.errors import SubjectError
from checks.invariants.sums_of_calls import ADDED, is_sum_of_calls
from checks.oracles.lines import hurried, over
from checks.types import Array, gradient_of
from checks.witness import Trial

#: Seconds after which no further question is asked.
SECONDS = 2.0
#: Indices along an axis of dy of which each is left out in turn; of a longer one its first and its last.
MOST_LEFT_OUT = 8

#: What is said of a backward whose gradient is the same whatever it is told.
UNHEEDING = (
    "{of} is the same for dy and for 2 dy: the backward does not use dy; of a loss, too, a gradient is dy times its "
    "derivative, since what follows may weigh it"
)
#: What is said of a gradient of a forward whose own derivative is 0.
STRAIGHT = (
    "{of} is dy, or 0, in each element, and the forward's own derivative is 0 in each that was derived, as of a "
    "rounding or a sign: dy is passed straight through; if that is meant so, it is the gradient of another forward, "
    "which can be examined in its place"
)


def example_looks(trial: Trial, of: str) -> tuple[str, ...]:
    """What the mistake is where that is seen, which elements are wrong, and what their numbers have in common.

    Raises SubjectError where the subject raises.
    """
    for look in WITHOUT_DERIVATIVES:
        if monotonic() < trial.until and (said := _first(look(trial, of))):
            return (said,)
    if over(trial) or hurried(trial, trial.until):
        return ()
    found = derived(trial, of)
    wrong = 0 if found is None else np.count_nonzero(found.difference.wrong)
    elsewhere = [said for said in [_first(on_other_orders(trial, of))] if said] if wrong < LEAST else []
    if found is None or not wrong:
        return tuple(elsewhere)
    return (*(elsewhere or _causes(trial, of, found)), *described(trial, found))


def _added(trial: Trial, of: str) -> Iterator[str]:
    """What is said of a gradient that is the sum of those of all calls so far."""
    if is_sum_of_calls(trial, of):
        yield ADDED.format(of=of)


def _unheeding(trial: Trial, of: str) -> Iterator[str]:
    """A gradient of numbers other than 0 that does not change with dy: with its size, its sign and its direction.

    One whose length is cut to 1 does not change with the size alone.
    """
    got, dy = trial.got.gradients[of], trial.case.dy
    if not np.any(got) or not np.any(dy):
        return
    turned = dy * (1 + np.arange(dy.size).reshape(dy.shape) % 3).astype(dy.dtype)
    pulled = (trial.subject.pull(trial.case.inputs, trial.case.config, each) for each in (2 * dy, -dy, turned))
    if all(np.array_equal(got, each.gradients[of]) for each in pulled):
        yield UNHEEDING.format(of=of)


def _causes(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """The first cause that explains every derived element, as long as there is time for questions."""
    end = min(monotonic() + SECONDS, trial.until)
    if not trial.got.gradients[of].any() or not np.isfinite(trial.got.gradients[of]).all():
        return
    for cause in CAUSES:
        if monotonic() < end and (said := _first(cause(trial, of, found))):
            some = "" if found.whole else f"of the {len(found.places)} elements of {found.size} that were derived: "
            yield f"{some}{said}"
            return


def _first(said: Iterator[str]) -> str:
    """The first sentence; empty where there is none, or where a layer does not take what it is asked with."""
    with suppress(SubjectError):
        return next(said, "")
    return ""


def _in_time(trial: Trial) -> Iterator[str]:
    """The arguments of a case, as long as there is time: each costs derivatives."""
    return takewhile(lambda _: not over(trial), trial.case.arguments)


def _straight(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    got, want, dy = trial.got.gradients[of], found.difference.want, trial.case.dy
    flat = bool(np.all(np.abs(want) <= found.difference.bound))
    if flat and got.shape == dy.shape and np.all((got == dy) | (got == 0)):
        yield STRAIGHT.format(of=of)


def _unused(trial: Trial, of: str, _found: Derived) -> Iterator[str]:
    """Parts of dy without which the gradient is the same, and right: that they matter is all that is wrong with it."""
    dy = trial.case.dy
    for axis, length in enumerate(dy.shape):
        indices = range(length) if length <= MOST_LEFT_OUT else (0, length - 1)
        unused = [index for index in indices if _same_without(trial, of, axis, [index])]
        if not 0 < len(unused) < length or not _same_without(trial, of, axis, unused):
            continue
        without = derived(_holding(trial, "dy", _without(dy, axis, unused)), of)
        if without and not without.difference.wrong.any():
            which = ", ".join(map(str, unused))
            yield (
                f"{of} does not change with dy at index {which} of its axis {axis} (counted from 0), of {length}, and "
                "is right where dy is 0 there: that part is left out"
            )


def _same_without(trial: Trial, of: str, axis: int, indices: list[int]) -> bool:
    dy = _without(trial.case.dy, axis, indices)
    got = trial.subject.pull(trial.case.inputs, trial.case.config, dy).gradients[of]
    return not np.array_equal(dy, trial.case.dy) and np.array_equal(got, trial.got.gradients[of])


def _without(dy: Array, axis: int, indices: list[int]) -> Array:
    kept = np.moveaxis(dy.copy(), axis, 0)
    kept[indices] = 0
    return np.ascontiguousarray(np.moveaxis(kept, 0, axis))


def _holding(trial: Trial, name: str, array: Array) -> Trial:
    return replace(trial, case=trial.case.holding(name, array))


def _not_transposed(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """J dy where J' dy belongs, of an argument of y's shape: the change of y along dy."""
    argument, dy, step = of.removeprefix("d"), trial.case.dy, STEPS.get(trial.case.dtype)
    x = trial.case.inputs[argument]
    if step is None or x.shape != dy.shape or trial.draws:
        return
    ends = [_moved(trial, argument, x + by * dy) for by in (step, -step)]
    along = (ends[0].astype(trial.wide) - ends[1]) / (2 * step)
    if _matches(np.array([along[place] for place in found.places]), found):
        yield (
            f"{of} equals how much y changes along dy (J dy, with J the Jacobian), where J' dy belongs: sums run the "
            "other way"
        )


def _moved(trial: Trial, argument: str, value: Array) -> Array:
    return trial.subject.apply({**trial.case.inputs, argument: value}, trial.case.config)


def _exchanged(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """Each the right gradient of the other argument, of the same shape; of a difference that is the wrong sign too."""
    for argument in _in_time(trial):
        if (other := gradient_of(argument)) == of or trial.case.shapes[argument] != trial.case.shapes[of[1:]]:
            continue
        beside = derived(trial, other)
        if beside is None or beside.places != found.places or _matches(-found.difference.want, found):
            continue
        if _matches(beside.difference.want, found) and _matches(found.difference.want, beside):
            yield f"{of} is what {other} must be, and {other} is what {of} must be: the two are exchanged"


def _without_factor(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """The right gradient for another argument of ones: a factor that the backward forgets."""
    for argument in _in_time(trial):
        value = trial.case.inputs[argument]
        if gradient_of(argument) == of or not several(value):
            continue
        right = derived(_holding(trial, argument, np.ones_like(value)), of)
        if right and _matches(_at_places(right, found), found):
            yield f"{of} is what it must be for {argument} of ones: {argument} is left out of it"


def _at_places(right: Derived, found: Derived) -> Array:
    """What a gradient must be at the places of another, NaN unless as many of them are known as tell."""
    known = dict(zip(right.places, np.reshape(right.difference.want, -1), strict=True))
    if len(known.keys() & {*found.places}) <= FOLLOWING:
        return np.full(len(found.places), np.nan)
    given = np.reshape(found.difference.got, -1)
    return np.array([known.get(place, own) for place, own in zip(found.places, given, strict=True)])


def _turned(trial: Trial, of: str, found: Derived) -> Iterator[str]:
    """The right gradient for another argument with its entries in another order."""
    for argument in _in_time(trial):
        for words, value in _orders(trial.case.inputs[argument]) if gradient_of(argument) != of else ():
            right = derived(_holding(trial, argument, np.ascontiguousarray(value)), of)
            if right and right.places == found.places and _matches(right.difference.want, found):
                yield f"{of} is what it must be for {argument} {words}"


def _orders(value: Array) -> Iterator[tuple[str, Array]]:
    """A square array transposed, and any reversed: along its last axis, and along all of its windows' axes."""
    if value.ndim > 1 and value.shape[-1] == value.shape[-2]:
        yield "with its last two axes exchanged", value.swapaxes(-1, -2)
    if value.ndim and value.shape[-1] > 1:
        yield "reversed along its last axis", np.flip(value, -1)
    if value.ndim > 1 and value.shape[-1] > 1 and value.shape[-2] > 1:
        yield "rotated by 180 degrees along its last two axes", np.flip(value, (-1, -2))


def _matches(values: Array, found: Derived) -> bool:
    """Whether every derived element of a gradient is this and not the right one, of numbers that are not all alike."""
    got = np.reshape(found.difference.got, -1)
    slack = SAME**2 * np.max(np.abs(got)) + np.reshape(found.difference.bound, -1)
    this, right = (np.all(np.abs(np.reshape(each, -1) - got) <= slack) for each in (values, found.difference.want))
    return several(got) and bool(this) and not right


#: What is seen without a derivative; what explains more comes first.
WITHOUT_DERIVATIVES = (_added, _unheeding, at_ties, at_single_numbers)

#: What explains more comes first; what is said last is a part of it.
CAUSES = (
    _straight,
    own_part.told,
    _exchanged,
    reduced.told,
    untaken.told,
    elementwise.told,
    terms.told,
    _unused,
    _without_factor,
    _turned,
    _not_transposed,
    elementwise.given,
)
