"""The case's numbers times powers of two, in other layouts: one call for two laws, each of which looks at all of it.

Where either is broken, both make calls of their own, which tell what it was.
"""

from __future__ import annotations

from contextlib import suppress
from functools import cached_property

import numpy as np

from checks.errors import SubjectError
from checks.invariants.layouts import first_choice, laid_out
from checks.invariants.powers_of_two import Exponents, chosen, exponent, scaled
from checks.invariants.pulling import crash, pull
from checks.types import Arrays
from checks.witness import Trial

#: Of so many cases one has the two laws ask apart: a layer may have a path of its own for each layout.
EVERY = 4


class ScaledLayouts:
    """What a subject gave; made once for a trial: ``trial.shared(ScaledLayouts)``."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is called before it is looked at."""
        self._trial = trial
        self.names = first_choice(trial.case.seed, (*trial.case.arguments, "dy"))
        far = exponent(trial) if trial.family.homogeneous else 0
        self.by = chosen(trial, far) if far > 0 else Exponents()

    @cached_property
    def came(self) -> Arrays:
        """As it came; none where the subject raised, may not be asked, or where the laws ask apart."""
        trial = self._trial
        if not any(self.by) or trial.case.seed // EVERY % EVERY == EVERY - 1:
            return {}
        placed = laid_out(scaled(trial, self.by), self.names)
        with suppress(SubjectError):
            return {} if crash(trial, placed) else pull(trial, placed).named()
        return {}

    @property
    def known(self) -> Arrays:
        """The same as far as the law ``layout`` has asked: no other law is to blame for what a layout does."""
        found: Arrays = vars(self).get("came", {})
        return found

    @property
    def as_unscaled(self) -> Arrays:
        """The same as it would be without the powers of two."""
        return {of: np.asarray(value * 2.0 ** -self.by.of_result(self._trial, of)) for of, value in self.came.items()}
