"""One call's settings are no other's: what a layer keeps between calls may not be found again by shapes alone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from checks.case import Case
from checks.claim import Claim
from checks.compare import compare
from checks.errors import RefusedError
from checks.invariants.contract import Contract, right, twin
from checks.witness import Trial

#: Twins of one kind of which one is taken.
LOOKED_AT = 3


class Settings(Contract):
    """Arrays of like shapes with other settings against the reference, and then the case itself once more.

    A subject that is wrong on the case itself has said enough, and so has one that is wrong with the other settings on
    arrays of other sizes, too: the law is for those that are right alone.
    """

    law = "settings"

    def examined(self, trial: Trial) -> Iterator[Claim]:
        """Claims for y and each gradient of either call; none where no other layer takes the same shapes."""
        if (resettled := _resettled(trial)) is None or not right(trial):
            return
        other = Trial(trial.subject, trial.family, _looking_alike(resettled, trial.case))
        try:
            claims = list(self._after(other, trial.case))
        except RefusedError:
            return
        if any(compare(claim).status == "wrong" for claim in claims) and _wrong_alone(other):
            return
        yield from claims
        again = trial.subject.vjp(trial.case).named()
        yield from self.same(trial, again, f"{dict(trial.case.config)} after {dict(resettled.config)} on like shapes")

    def _after(self, other: Trial, before: Case) -> Iterator[Claim]:
        order = f"{dict(other.case.config)} after {dict(before.config)} on like shapes"
        for of, value in other.got.named().items():
            why = f"{order}; {other.why(of)}"
            yield Claim(self.law, of, value, other.reference[of], other.bound(of) + other.wide_error(of), why)


def _wrong_alone(trial: Trial) -> bool:
    try:
        return not right(Trial(trial.subject, trial.family, trial.family.larger(trial.case)))
    except RefusedError:
        return False


def _looking_alike(resettled: Case, case: Case) -> Case:
    """The case with other settings on the numbers of ``case`` in another order: nothing may be found again by a few."""
    if (resettled.data, resettled.span, resettled.unit, resettled.values) != (case.data, case.span, case.unit, {}):
        return resettled
    alike = {name for name, shape in case.shapes.items() if shape == resettled.shapes.get(name)}
    return resettled.rearranged({name: twin(case.array(name)) for name in alike})


def _resettled(trial: Trial) -> Case | None:
    """A case that differs in its settings: its dy has the same shape, too, or it is a plainer one; the seed says which.

    The first is mistaken by what is kept by the shapes of x and y, the second differs in one setting alone, the third
    has cells in place of padding: a buffer for the padded plane has no border of zeros any more. Of the first few of a
    kind the seed takes one, so that a sweep meets every setting.
    """
    turn, kind = divmod(trial.case.seed, 3)
    kinds = [trial.family.alike(trial.case), _plainer(trial, "dy"), _plainer(trial, "x")]
    for some in (*kinds[kind:], *kinds[:kind]):
        if found := list(islice(some, 1 + turn % LOOKED_AT)):
            return found[-1]
    return None


def _plainer(trial: Trial, free: str) -> Iterator[Case]:
    """Plainer cases whose arrays have the same shapes, all but ``free``."""
    case = trial.case
    wanted = {name: shape for name, shape in case.shapes.items() if name != free}
    for other in trial.family.resettled(case):
        if other.config != case.config and {k: shape for k, shape in other.shapes.items() if k != free} == wanted:
            yield other
