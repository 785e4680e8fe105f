"""Contracts at the price of two calls, for cases on which there is no time for each law's own.

The case's numbers are handed over in other layouts, x and dy channels last or dy in Fortran order, after a forward and
a backward of other numbers: a contract that breaks in a rare configuration alone is met by hundreds of cases, hardly by
a dozen.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from functools import cached_property, partial

from checks.case import Case
from checks.claim import Claim
from checks.errors import SubjectError
from checks.invariants.contract import briefly, in_short, unbroken
from checks.invariants.layout import Layout
from checks.invariants.layouts import EVERY, IN_A_ROW, laid_out, usual
from checks.invariants.other_numbers import changed, other
from checks.invariants.pulling import crash, pull
from checks.invariants.repetition import Repetition
from checks.types import Arrays
from checks.witness import Trial

#: Numbers of the cases that are looked at, if it is their turn.
FEW = 4_000

AFTER = "the same call after a forward and a backward of other numbers of the same shapes"


class Glance:
    """What a subject gave on the way; made once for a trial: ``trial.shared(Glance)``."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is called before it is looked at."""
        self._trial = trial
        self.arrays: Arrays = {**trial.case.inputs, "dy": trial.case.dy}
        self.names = usual(trial.case.seed, tuple(self.arrays))

    @cached_property
    def came(self) -> Arrays:
        """After other numbers and in other layouts; none where the subject raised, or may not be asked."""
        placed = laid_out(self.arrays, self.names)
        with suppress(SubjectError):
            return {} if crash(self._trial, placed) else self._after_others(placed)
        return {}

    @cached_property
    def later(self) -> Arrays:
        """After other numbers alone.

        Raises SubjectError where the subject raises.
        """
        return self._after_others({name: value.copy() for name, value in self.arrays.items()})

    def _after_others(self, arrays: Arrays) -> Arrays:
        trial = self._trial
        trial.subject.pull(changed(trial), trial.case.config, other(trial.case.dy))
        return pull(trial, arrays).named()


class GlanceAtRepetition(Repetition):
    """A call on the case once more, after one on other numbers."""

    def applies(self, trial: Trial) -> bool:
        """On some small cases."""
        return _looked_at(trial.case)

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Wrong where the answers lie further apart than rounding can drive them."""
        yield from _at_once(self, trial) or self.same(trial, trial.shared(Glance).later, AFTER)


class GlanceAtLayout(Layout):
    """The case's own numbers, laid out in other ways."""

    def applies(self, trial: Trial) -> bool:
        """On some small cases."""
        return _looked_at(trial.case)

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Nothing where calls on other numbers alone change what comes: that is no matter of layout."""
        if made := _at_once(self, trial):
            yield from made
        elif all(map(unbroken, self.same(trial, trial.shared(Glance).later, AFTER))):
            glance = trial.shared(Glance)
            yield from in_short(
                trial, partial(_both, self, trial), partial(self._mixed, trial, glance.arrays, glance.names)
            )


def _looked_at(case: Case) -> bool:
    return case.seed // IN_A_ROW % EVERY == 0 and case.sizes() <= FEW


def _at_once(law: Layout | Repetition, trial: Trial) -> list[Claim]:
    return briefly(trial, partial(_both, law, trial))


def _both(law: Layout | Repetition, trial: Trial) -> Iterator[Claim]:
    glance = trial.shared(Glance)
    where = ", ".join(f"{name} {layout}" for name, layout in glance.names.items())
    return law.same(trial, glance.came, f"{AFTER}, with {where}")
