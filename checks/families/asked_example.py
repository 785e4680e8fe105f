"""A layer that is asked what it takes of an example: how long, what it gave, and what it does not take."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from checks.adapters.upstream import tried
from checks.errors import SubjectError, UsageError
from checks.families.held import Held
from checks.families.variations_told import CALLED, NO_NUMBER, RAISES, RAISES_LATE
from checks.patience import Patience
from checks.subject import Subject
from checks.types import Array, Arrays, Config, carrying

#: The keywords of an example that has none.
NOTHING: Config = MappingProxyType({})

#: How many times as large y of the example may be as of a varied one.
LEFT = 4.0
#: How many times as large y of a degenerate one may be: the layer is hardly meant for what is near a pole.
GROWN = 64.0


@dataclass(frozen=True, eq=False)
class Asked:
    """A layer on an example (``arrays``, in ``dtype``) that gave ``y``, asked for as long as there is ``patience``.

    ``held`` is what it holds beside them. ``untaken`` tells, by why, which variations it does not take.
    """

    subject: Subject
    arrays: Arrays
    dtype: str
    y: Array
    patience: Patience
    held: Held = field(default_factory=Held)
    untaken: dict[str, list[str]] = field(default_factory=dict)

    def applied(self, arrays: Arrays, config: Config = NOTHING) -> Array | None:
        """What the layer gives for these; None where it raises."""
        try:
            return self.subject.apply(carrying(arrays, self.dtype), config)
        except (SubjectError, UsageError):  # an object may not keep an array of another length
            return None

    def refused(self, arrays: Arrays) -> str:
        """Why an example of the same shapes is none for the layer: it raises, or y is not finite; else empty."""
        if (y := self.applied(arrays)) is None or y.shape != self.y.shape:
            return RAISES
        if not np.all(np.isfinite(y)):
            return NO_NUMBER
        try:
            self.subject.pull(carrying(arrays, self.dtype), NOTHING, tried(y))
        except (SubjectError, UsageError):
            return RAISES_LATE
        return ""

    def leave(self, why: str, span: int) -> None:
        """Keep in mind that a variation is not examined, once for each reason."""
        if CALLED[span] not in (named := self.untaken.setdefault(why, [])):
            named.append(CALLED[span])


def largest(y: Array) -> float:
    """The largest absolute value; 0 of none."""
    return float(np.max(np.abs(y), initial=0.0))
