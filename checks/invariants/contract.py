"""What the contracts share: they are examined on cases that are cheap to repeat, against the subject's first answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from math import prod

import numpy as np

from checks.bounds import anything
from checks.claim import Claim, Severity, unable
from checks.compare import compare, exact
from checks.computing import each_hushed
from checks.equality import every
from checks.errors import SourceError, SubjectError
from checks.invariants.tossed import TOSSED, Tossed
from checks.shapes import in_shape
from checks.slip import slip
from checks.types import Array, Arrays
from checks.witness import Trial, Witness

#: Entries of all arrays of a case, above which repeating it takes too long.
MOST_ENTRIES = 100_000


class Contract(Witness):
    """A law about memory, formats, repetition or special values, on cases that are cheap to repeat."""

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """The law's claims: none where it does not apply, blind where the case is too large.

        Raises SubjectError where the subject raises.
        """
        if not self.applies(trial):
            return iter(())
        if why := self.too_large(trial):
            return (unable(self.law, of, prod(trial.shape_of(of)), why) for of in trial.roundings)
        return each_hushed(self.examined(trial))

    def applies(self, trial: Trial) -> bool:
        """Whether the law holds for the family on this case."""
        return True

    def too_large(self, trial: Trial) -> str:
        """Why the case is too large to be repeated; empty where it is not."""
        size = trial.case.sizes()
        return f"{size} entries: contracts are examined on at most {MOST_ENTRIES}" if size > MOST_ENTRIES else ""

    @abstractmethod
    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims on a case of moderate size.

        Raises SubjectError where the subject raises.
        """

    def same(self, trial: Trial, got: Arrays, why: str, severity: Severity = "wrong") -> Iterator[Claim]:
        """Each of these arrays against what the subject gave at first; rounding may move both."""
        first = trial.got.named()
        for of, came in got.items():
            other = trial.got.misshapen or trial.got.stretched
            value = in_shape(came, first[of].shape) if other else came
            if value.shape != first[of].shape:
                yield Claim(self.law, of, value, first[of], np.zeros(first[of].shape), why, severity=severity)
                continue
            bound, how = trial.shared(_Unmoved)[of]
            claim = Claim(self.law, of, value, first[of], bound, f"{why}; {how}", severity=severity)
            if not exact(claim):
                claim = _not_tossed(trial, self.alike(trial, of, value, first[of], f"{why}; ", severity))
            yield claim

    def alike(self, trial: Trial, of: str, got: Array, want: Array, why: str, severity: Severity = "wrong") -> Claim:
        """What two runs gave for one result; rounding may move both."""
        bound, how = _of_two_runs(trial, of, got, want)
        return Claim(self.law, of, got, want, bound, f"{why}{how}", severity=severity)

    def refused(self, trial: Trial, error: SubjectError, severity: Severity) -> Claim:
        """The claim about a subject that raised where it must answer: no number came back.

        Raises SourceError where it was another's error.
        """
        if isinstance(error, SourceError) and trial.subject.failure is not SourceError:
            raise error
        got, none = np.full(trial.got.y.shape, np.nan), np.zeros(trial.got.y.shape)
        return Claim(self.law, "y", got, trial.got.y, none, str(error), places=(), severity=severity)


def _not_tossed(trial: Trial, claim: Claim) -> Claim:
    """The claim without what may differ where a layer breaks ties at random."""
    excused = trial.shared(Tossed).excused(claim.of, claim.got, claim.want, claim.bound)
    if not np.any(excused):
        return claim
    return replace(claim, bound=np.where(excused, np.nan, claim.bound), why=f"{claim.why}; {TOSSED}")


class _Unmoved(dict[str, tuple[Array, str]]):
    """How far two runs may lie apart that do not, by what they gave; computed once for all calls that gave the same."""

    def __init__(self, trial: Trial) -> None:
        """Nothing is computed before it is asked for."""
        super().__init__()
        self._trial = trial

    def __missing__(self, of: str) -> tuple[Array, str]:
        """For one result."""
        first = self._trial.got.named()[of]
        self[of] = _of_two_runs(self._trial, of, first, first)
        return self[of]


def _of_two_runs(trial: Trial, of: str, one: Array, another: Array) -> tuple[Array, str]:
    """How far two runs may lie apart, and that in words."""
    bound = 2 * trial.bound(of) + slip(trial, of, one, another)
    return bound, slack(bound)


def briefly(trial: Trial, claims: Callable[[], Iterable[Claim]]) -> list[Claim]:
    """The claims that few calls of the subject make, where all of them hold; none where one is broken or it raises.

    Calls that test several things at once do not say which of them was too much: a law then makes its own.
    """
    if not trial.sparing:
        return []
    with suppress(SubjectError):
        made = list(claims())
        if all(map(unbroken, made)):
            return made
    return []


def in_short(
    trial: Trial, claims: Callable[[], Iterable[Claim]], own: Callable[[], Iterable[Claim]]
) -> Iterator[Claim]:
    """The claims of few calls where all of them hold; else the law's ``own``.

    Where its own calls show nothing, what the few calls broke: it took them together, in their order.
    """
    made = list[Claim]()
    if trial.sparing:
        with suppress(SubjectError):
            made += claims()
    broken = [claim for claim in made if not unbroken(claim)]
    if made and not broken:
        yield from made
        return
    for claim in own():
        broken = broken if unbroken(claim) else []
        yield claim
    yield from broken


def unbroken(claim: Claim) -> bool:
    """Whether a claim is none that a subject breaks."""
    return compare(claim).status in {"right", "blind"}


def slack(bound: Array) -> str:
    """What a bound of two runs allows, in words."""
    return "rounding of each run" if anything(bound) else "exact on these data"


def right(trial: Trial) -> bool:
    """Whether the subject gives on the case itself what the reference gives, within rounding."""
    want, got = trial.reference, trial.got.named()
    bounds = {of: trial.bound(of) + trial.wide_error(of) for of in got}
    return all(every(np.abs(got[of] - want[of]) <= bound) for of, bound in bounds.items())
