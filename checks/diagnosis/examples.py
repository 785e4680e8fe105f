"""What is wrong with a gradient where only examples were given: it is held against derivatives of the own forward."""

from __future__ import annotations

import numpy as np

from checks.diagnosis.difference import Difference, Unnamed, elements
from checks.diagnosis.numbers import by_design, numbers
from checks.oracles.finite_difference import FiniteDifference
from checks.witness import Trial

#: What is said of a backward whose gradient is the same whatever it is told.
UNHEEDING = (
    "{of} is the same for dy and for 2 dy: the backward does not use dy; of a loss, too, a gradient is dy times its "
    "derivative, since what follows may weigh it"
)


def example_looks(trial: Trial, of: str) -> tuple[str, ...]:
    """Which elements are wrong, and what their numbers have in common; nothing where not every entry was derived.

    Raises SubjectError where the subject raises.
    """
    if _unheeding(trial, of):
        return (UNHEEDING.format(of=of),)
    difference = derived(trial, of)
    found = elements(difference) if difference else None
    if difference is None or found is None:
        return ()
    with np.errstate(all="ignore"):
        return (f"{of}: {found}", *numbers(difference, trial.case), *by_design(difference, trial.case))


def _unheeding(trial: Trial, of: str) -> bool:
    """Whether a gradient of numbers other than 0 does not change with dy."""
    got = trial.got.gradients[of]
    twice = trial.subject.pull(trial.case.inputs, trial.case.config, 2 * trial.case.dy).gradients[of]
    return bool(np.any(got)) and bool(np.any(trial.case.dy)) and np.array_equal(got, twice)


def derived(trial: Trial, of: str) -> Difference | None:
    """A gradient beside the derivatives of the forward along each of its entries; None where some are not known."""
    claim = next((each for each in FiniteDifference().claims(trial) if each.of == of), None)
    if claim is None or claim.blind or claim.places is None or not np.all(np.isfinite(claim.bound)):
        return None
    shape = trial.shape_of(of)
    got, want, bound = (np.reshape(values, shape) for values in (claim.got, claim.want, claim.bound))
    return Unnamed(of, got, want, bound)
