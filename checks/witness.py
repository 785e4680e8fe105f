"""A witness makes claims about a subject on a case; a trial is what it is given to speak about."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import numpy as np

from checks.arithmetic import EXACT_TRANSFORM, FLUSHING, HALVINGS, RUNNING, SCALED, SCALINGS, TRANSFORM
from checks.claim import Claim
from checks.error_bounds import Bounded
from checks.rounding import DIGITS, growth
from checks.types import Arrays

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Trial(Bounded):
    """One subject on one case: what it gave, what is expected, and how much rounding may matter."""

    def shared(self, kind: Callable[[Trial], T]) -> T:
        """What ``kind`` makes of this trial, once for all laws that look at it."""
        if kind not in self._shared:
            self._shared[kind] = kind(self)
        found: T = self._shared[kind]
        return found

    @cached_property
    def _shared(self) -> dict[Any, Any]:
        """What ``shared`` has answered."""
        return {}

    def let_go(self) -> None:
        """Forget what was shared, when every law was heard.

        Some of it knows the trial: together they would hold a case's arrays and a layer's graph until the collector
        comes.
        """
        self._shared.clear()

    def why(self, of: str) -> str:
        """The sentence that derives the bound of ``bound`` plus ``wide_error``."""
        if of not in self._derivations:
            self._derivations[of] = self._derived(of) + self._declared
        return self._derivations[of]

    @cached_property
    def _derivations(self) -> dict[str, str]:
        """What ``why`` has answered."""
        return {}

    @property
    def _declared(self) -> str:
        """What is said of a tolerance, where one is declared."""
        tolerance = self.subject.tolerance
        return f", and {tolerance:g} of the largest entry, the tolerance that was declared" if tolerance else ""

    def _derived(self, of: str) -> str:
        count, dtype = self.roundings[of], self.case.dtype
        if self.arithmetic == FLUSHING:
            return f"values are selected, and what is below {2**HALVINGS} times the smallest normal number may be lost"
        if not count:
            return "values are selected, not computed: they must be equal"
        if self.exact_on_integers and not np.any(self.bound(of)):
            return f"integers whose sum of |products| stays below 2**{DIGITS[dtype]}: every order of summing is exact"
        if self.arithmetic in _DERIVED:
            return _DERIVED[self.arithmetic]
        share, name = growth(count, dtype)
        known = (
            f"{count} roundings an element: {name} = {share:.2g} of sum |products| in {dtype} "
            f"(Higham 2002, 3.5), plus the same in {self.wide} for the expectation"
        )
        return f"{name}: nothing bounds the error" if np.isnan(share) else known


#: Where the bound of an arithmetic comes from that is no plain sum.
_DERIVED = {
    RUNNING: "running sums: a multiple of the sum of absolute values of the whole plane (Higham 2002, 3.5)",
    **dict.fromkeys(
        (TRANSFORM, EXACT_TRANSFORM),
        "a transform: a multiple of the operands' 2-norms (Brent, Percival and Zimmermann 2007)",
    ),
    SCALED: f"a sum that is divided and multiplied again: {SCALINGS} roundings of the result beside those of the sum",
}


class Apart(Trial):
    """A trial on which each law makes calls of its own, so that one can see what it does."""

    sparing = False


class Witness(ABC):
    """A source of claims. ``law`` names it in reports, ``needs`` what it asks for; one file each, abstract or final."""

    law: ClassVar[str]
    needs: ClassVar[str] = "the layer alone"

    @abstractmethod
    def claims(self, trial: Trial) -> Iterator[Claim]:
        """Claims about the subject on this case.

        Raises SubjectError where the subject raises on data that the witness made.
        """


def against(trial: Trial, law: str, want: Arrays) -> Iterator[Claim]:
    """One claim for y and each gradient, against a second source that is a plain sum in the wide format."""
    bounds = trial.shared(_of_both)
    for of, got in trial.got.named().items():
        yield Claim(law, of, got, want[of], bounds[of], trial.why(of))


def _of_both(trial: Trial) -> Arrays:
    """How far the subject and such a source may lie apart; NaN in dx where several gradients are valid."""
    return {of: trial.known(of) + trial.wide_error(of) for of in trial.got.named()}
