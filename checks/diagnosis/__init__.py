"""What a failure looks like: the wrong elements, the pattern in them, the known mistake that gives exactly these."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.diagnosis.alone import FORWARD, alone
from checks.diagnosis.at_values import at_values
from checks.diagnosis.catalogue import Match, matches, near_twins
from checks.diagnosis.difference import Difference, Elements, differences, elements, expected
from checks.diagnosis.elsewhere import Elsewhere
from checks.diagnosis.numbers import Others, by_design, numbers
from checks.diagnosis.of_rounding import of_rounding
from checks.diagnosis.ranges import where
from checks.errors import SubjectError, UsageError
from checks.families.windowed import covered
from checks.invariants.powers_of_two import farthest
from checks.types import Array
from checks.witness import Trial

#: How what is said begins of a case that is looked at with another dy.
CHANGED = " with dy "
#: The same of one that is far larger or smaller: known mistakes with a threshold would all fit there.
SCALED = f"{CHANGED}times "


@dataclass(frozen=True)
class Diagnosis:
    """A failure of ``of`` (y or a gradient).

    ``elements`` says which are wrong, ``patterns`` what they have in common, ``matches`` which known mistakes explain
    them, best first, ``alone`` who stands against whom. ``at`` says what was changed of the case to see it, if
    anything was.
    """

    of: str
    elements: Elements | None
    patterns: tuple[str, ...] = ()
    matches: tuple[Match, ...] = ()
    alone: str = ""
    at: str = ""

    @property
    def headline(self) -> str:
        """The one sentence to print: a known mistake, else a pattern, else the elements."""
        if self.matches and not self.matches[0].only:
            return str(self.matches[0])
        return next(iter((*self.patterns, self.alone)), "") or (f"{self.of}: {self.elements}" if self.elements else "")

    def __str__(self) -> str:
        wrong = [f"{self.of}{self.at}: {self.elements}"] if self.elements else []
        said = [str(match) for match in self.matches[:1]]
        first, last = ([], said) if self.matches and self.matches[0].only else (said, [])
        return "\n".join([*first, *wrong, *self.patterns, *last, *filter(None, [self.alone])])


def diagnose(
    trial: Trial,
    of: str,
    verdicts: Iterable[Verdict] = (),
    others: Iterable[Case] = (),
    right: Iterable[Case] = (),
    apart: str = "",
    further: Iterable[Case] = (),
) -> Diagnosis:
    """Diagnose y or one gradient of a subject on a case.

    ``verdicts`` are those of all witnesses on the case, where it matters who disagrees with whom. A known mistake must
    explain the ``others`` too, further cases on which ``of`` is wrong, and not show on those on which it is ``right``:
    what is said of one that would says so; nor is a pattern told that ``others`` do not have. ``further`` ones are
    right, too, and only their shapes are looked at. ``apart`` is what sets the wrong cases apart, told where no mistake
    does.
    Where ``of`` is right on the case itself (a law such as linearity or scaling broke), the case is looked at with dy
    negated, and with dy as large and as small as the format allows.

    Raises SubjectError where the subject raises or gives a wrong shape.
    """
    odd, wrong = alone(verdicts), [replace(trial, case=case) for case in others if case != trial.case]
    for looked_at, at in _looked_at(trial):
        difference = differences(looked_at).get(of)
        if difference is not None and (found := elements(difference)) is not None:
            known = () if at.startswith(SCALED) else _known(looked_at, of, wrong, right)
            elsewhere = Elsewhere(of) if at else _elsewhere(of, wrong, [*right, *further])
            beside = [] if at else [(each, other.case) for each, other in _wrong_elsewhere(of, wrong)]
            patterns = _patterns(looked_at, difference, elsewhere, beside)
            known = () if odd == FORWARD and known and known[0].only else known
            values = at_values(difference, looked_at.case, beside) if trial.family.pointwise else ""
            told = not apart or values or (known and not known[0].only)
            rounded = () if at else of_rounding(trial, difference, beside)
            said = [values, *rounded, *_by_design(looked_at, difference, right), "" if told else apart]
            aside = tuple(filter(None, said))
            return Diagnosis(of, found, (*patterns, *aside), known, odd, at)
    return Diagnosis(of, None, alone=odd)


def _looked_at(trial: Trial) -> Iterator[tuple[Trial, str]]:
    """The case itself, then with other upstream gradients, and how each is told."""
    yield trial, ""
    yield _times(trial, -1), f"{CHANGED}negated"
    far = farthest(trial) if trial.family.homogeneous else 0
    for power in (far, -far) if far > 0 else ():
        yield _times(trial, 2.0**power), f"{SCALED}2**{power}"


def _times(trial: Trial, factor: float) -> Trial:
    dy = trial.case.dy * trial.case.dy.dtype.type(factor)
    return Trial(trial.subject, trial.family, trial.case.holding("dy", dy))


def _patterns(trial: Trial, difference: Difference, elsewhere: Elsewhere, others: Others) -> tuple[str, ...]:
    with np.errstate(all="ignore"):
        reached = _reached(trial, difference)
        return (*where(difference, trial.case, reached, elsewhere), *numbers(difference, trial.case, others))


def _wrong_elsewhere(of: str, wrong: Iterable[Trial]) -> Iterator[tuple[Difference, Trial]]:
    """A result on further cases, as far as the subject gives it there and it is wrong."""
    for trial in wrong:
        with suppress(SubjectError, UsageError):
            difference = differences(trial).get(of)
            if difference is not None and difference.wrong.any():
                yield difference, trial


def _elsewhere(of: str, wrong: Iterable[Trial], right: Iterable[Case]) -> Elsewhere:
    """A result on further cases, as far as the subject gives it there."""
    found = [(difference, _reached(trial, difference)) for difference, trial in _wrong_elsewhere(of, wrong)]
    argument = "dy" if of == "y" else of.removeprefix("d")
    return Elsewhere(of, found, [case.shapes[argument] for case in right if argument in case.shapes])


def _by_design(trial: Trial, difference: Difference, right: Iterable[Case]) -> Iterator[str]:
    """What may be said of a layer that gives a gradient on no case, not even a right one."""
    if not any(expected(replace(trial, case=case))[difference.of].any() for case in right):
        yield from by_design(difference, trial.case)


def _reached(trial: Trial, difference: Difference) -> Array:
    """An array that is 0 where no window reaches: every entry is reached in a layer without windows.

    Where a layer selects, nothing is summed at what windows reach and do not select.
    """
    case, everywhere = trial.case, np.ones(difference.want.shape)
    if "stride" not in case.config:
        return everywhere
    if not trial.family.selects:
        return trial.mass[difference.of]
    return everywhere * covered(case.shapes, case.config) if difference.of == "dx" else everywhere


def _known(trial: Trial, of: str, wrong: Iterable[Trial], right: Iterable[Case]) -> tuple[Match, ...]:
    if of == "y":
        return ()
    held = [replace(trial, case=case) for case in right if case != trial.case]
    return tuple(matches([trial, *near_twins(trial)], of, wrong, held))
