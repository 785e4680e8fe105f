"""Lines through a case along which a smooth subject's forward is derived, and how much time there is for them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import monotonic

import numpy as np

from checks.claim import Claim, unable
from checks.data import round_to
from checks.errors import SubjectError, SubjectShapeError
from checks.smooth import Estimate, best
from checks.smooth.affine import Affine, seen_affine
from checks.smooth.analytic import Analytic, random_direction, seen_analytic
from checks.smooth.brief import brief
from checks.smooth.estimate import unknown
from checks.smooth.line import Line
from checks.smooth.point import Point
from checks.smooth.table import SMALLEST
from checks.types import Array, Arrays, gradient_of
from checks.witness import Trial

#: Seconds for the entries, or the directions, of a slow layer, all arguments together; one of each is always tried.
#: Never more than this part of the time that the case has left: other laws want some.
SECONDS, PART = 4.0, 0.4
#: Seconds of a forward from which on few steps are taken along a line, and how many: all are more than a hundred.
SLOW, FEW = 0.03, 12
#: Derivatives from which on it pays to find out whether a slow layer is analytic.
MANY = 6
#: Part of a layer's own rounding that a brief derivative may leave open: it is added to that, and hardly widens it.
LITTLE = 1 / 16
#: Calls that a derivative takes with so few steps, that a brief one takes, and the first with all that goes with it.
CALLS, SHORTEST, FEWEST = 50, 10, 20
#: Seconds beyond the time that a case has which these may take: one argument is not right because another is.
BEYOND = 5.0
#: Said of an argument for which there is no time on a case.
LATE = "a call of the layer takes so long that there was no time for this argument"
#: Said of a layer that takes its example, and not what lies around it.
BESIDE = "beside the example, so derivatives are taken from points that lie nearer"


def over(trial: Trial) -> bool:
    """Whether the case has no time left."""
    return monotonic() > trial.until


def late(law: str, trial: Trial, argument: str) -> Claim:
    """The claim about an argument for which there is none."""
    of = gradient_of(argument)
    return unable(law, of, trial.got.gradients[of].size, LATE)


def end(trial: Trial) -> float:
    """Until when one argument is looked at (``time.monotonic``)."""
    now = monotonic()
    return now + min(SECONDS, max(PART * (trial.until - now), 0.0)) / len(trial.case.arguments)


def leaves(trial: Trial, number: int) -> bool:
    """Whether the argument of this number is left out, of which entries are to be derived one by one.

    There is no time for one after the first, nor for the first of a smooth layer that takes far longer.
    """
    return (number > 0 and over(trial)) or leaves_whole(trial, number)


def leaves_whole(trial: Trial, number: int) -> bool:
    """The same of an argument all of whose entries are looked at together: there is more time for each of them."""
    if not trial.family.smooth:
        return number > 0 and over(trial)
    calls = SHORTEST if number else FEWEST
    return monotonic() + calls * trial.seconds > trial.until + BEYOND


def derived(trial: Trial, direction: Arrays, until: float, held: float, many: int = 1) -> Estimate:
    """The derivative along one of so ``many`` directions; a brief one if there is no time ``until`` then for others.

    ``held`` is by how much the layer's own rounding may move it.
    """
    line = through(trial, direction)
    if hurried(trial, until, many):
        return brief(line)
    known = seen(trial, many) or (straight(trial, *direction, many=many) if len(direction) == 1 else None)
    return along(line, known, partial(settled, held=held))


def settled(line: Line, held: float) -> Estimate:
    """A brief derivative where that leaves open far less than the layer's own rounding, ``held``; else the best one."""
    if line.noise or line.size < line.unit * SMALLEST:
        return best(line)
    found = brief(line)
    return found if found.known and found.error <= LITTLE * held else best(line)


def along(line: Line, known: Analytic | Affine | None, otherwise: Callable[[Line], Estimate]) -> Estimate:
    """The derivative along a line by what is known of the layer; otherwise where nothing is, or it does not hold."""
    found = known.along(line) if known else unknown("nothing is known")
    return found if found.known else otherwise(line)


def seen(trial: Trial, many: int) -> Analytic | None:
    """Whether the layer is seen to be analytic in all arguments; a slow one is not asked for few derivatives."""
    return trial.shared(_analytic) if _pays(trial, many) else None


def _pays(trial: Trial, many: int) -> bool:
    """Whether so many derivatives are worth finding out how the layer is made."""
    return many >= MANY or trial.seconds <= SLOW


def _analytic(trial: Trial) -> Analytic | None:
    """From one line along which all entries of all arguments move."""
    return _seen(trial, trial.case.arguments)


def seen_in(trial: Trial, argument: str, many: int) -> Analytic | Affine | None:
    """The same; or whether it is affine, or else analytic, in this argument alone, where there are many."""
    found = seen(trial, many) or straight(trial, argument, many=many)
    alone = found is None and many >= MANY and len(trial.case.arguments) > 1
    return _seen(trial, (argument,)) if alone else found


def _straight(_: Trial) -> dict[str, Affine | None]:
    """What ``straight`` has answered."""
    return {}


def straight(trial: Trial, argument: str, *, many: int) -> Affine | None:
    """Whether the layer is seen to be affine in an argument; a slow one is not asked for few derivatives."""
    known = trial.shared(_straight)
    if argument not in known and _pays(trial, many):
        known[argument] = seen_affine(_random(trial, (argument,))) if _tells(trial, (argument,)) else None
    return known.get(argument)


def _seen(trial: Trial, arguments: tuple[str, ...]) -> Analytic | None:
    return seen_analytic(_random(trial, arguments)) if _tells(trial, arguments) else None


def _tells(trial: Trial, arguments: tuple[str, ...]) -> bool:
    """Not of one that declares a tolerance: of how it stops steps so short show nothing else; nor without numbers."""
    return not trial.subject.tolerance and any(trial.case.inputs[name].size for name in arguments)


def _random(trial: Trial, arguments: tuple[str, ...]) -> Line:
    """A line along which all entries of some arguments move."""
    shapes = [(name, trial.shape_of(gradient_of(name))) for name in arguments]
    moved = {name: random_direction(shape, trial.case.seed + place) for place, (name, shape) in enumerate(shapes)}
    return through(trial, moved)


def hurried(trial: Trial, until: float, many: int = 1) -> bool:
    """Whether so many derivatives of a slow layer would take longer."""
    return trial.seconds > SLOW and many * CALLS * trial.seconds > until - monotonic()


def through(trial: Trial, direction: Arrays) -> Line:
    """A line through the case, along arrays by the names of arguments."""
    levels = FEW if trial.seconds > SLOW else 0
    return Line(trial.shared(_point), direction, trial.case.dtype, levels, trial.shared(_noise))


def _noise(trial: Trial) -> float:
    """By how much sum(dy * y) may be off where y is as far off as the subject declares."""
    return trial.tolerated(trial.got.y) * float(np.sum(np.abs(trial.wide_dy)))


def _point(trial: Trial) -> Point:
    """The subject's forward on the case.

    Of a layer that draws numbers it stays in that one's own format, since in another it draws others.
    """
    dtype = trial.case.dtype

    def forward(arrays: Arrays) -> Array:
        given = {name: round_to(value, dtype) for name, value in arrays.items()} if trial.draws else arrays
        try:
            return trial.subject.apply(given, trial.case.config)
        except SubjectError as error:
            if isinstance(error, SubjectShapeError) or not _beside(trial, given):
                raise
            _remark(trial, error)
            raise ArithmeticError(str(error)) from error  # a layer may have a domain: its line ends there

    return Point(forward, trial.case.inputs, trial.case.dy)


def _beside(trial: Trial, arrays: Arrays) -> bool:
    """Whether these are real, and others than the case's: there, and along complex ones, a format is only tried."""
    if any(map(np.iscomplexobj, arrays.values())):
        return False
    return not all(np.array_equal(arrays[name], value) for name, value in trial.case.inputs.items())


def _remark(trial: Trial, error: SubjectError) -> None:
    """Say once that a layer raises beside its example, and what."""
    if not any(remark.endswith(BESIDE) for remark in trial.subject.remarks):
        trial.subject.remarks.append(f"{error}: {BESIDE}")
