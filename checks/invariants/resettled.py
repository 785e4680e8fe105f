"""A case with other settings on arrays that look like those of a case."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from checks.case import Case
from checks.invariants.other_numbers import twin
from checks.witness import Trial

#: Twins of one kind of which one is taken.
LOOKED_AT = 3


def resettled(trial: Trial) -> Case | None:
    """A case that differs in its settings: its dy has the same shape, too, or it is a plainer one; the seed says which.

    The first is mistaken by what is kept by the shapes of x and y, the second differs in one setting alone, the third
    has cells in place of padding: a buffer for the padded plane has no border of zeros any more. Of the first few of a
    kind the seed takes one, so that a sweep meets every setting.
    """
    turn, kind = divmod(trial.case.seed, 3)
    kinds = [trial.family.alike(trial.case), _plainer(trial, "dy"), _plainer(trial, "x")]
    for some in (*kinds[kind:], *kinds[:kind]):
        if found := list(islice(some, 1 + turn % LOOKED_AT)):
            return _looking_alike(found[-1], trial.case)
    return None


def _looking_alike(other: Case, case: Case) -> Case:
    """The case with other settings on the numbers of ``case`` in another order: nothing may be found again by a few."""
    if (other.data, other.span, other.unit, other.values) != (case.data, case.span, case.unit, {}):
        return other
    alike = {name for name, shape in case.shapes.items() if shape == other.shapes.get(name)}
    return other.rearranged({name: twin(case.array(name)) for name in alike})


def _plainer(trial: Trial, free: str) -> Iterator[Case]:
    """Plainer cases whose arrays have the same shapes, all but ``free``."""
    case = trial.case
    wanted = {name: shape for name, shape in case.shapes.items() if name != free}
    for other in trial.family.resettled(case):
        if other.config != case.config and {k: shape for k, shape in other.shapes.items() if k != free} == wanted:
            yield other
