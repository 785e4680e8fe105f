"""The numbers of a case in another order: nothing that is kept may be found again by their sum, their set, or by y."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from checks.bounds import nothing
from checks.claim import Claim
from checks.equality import identical
from checks.errors import RefusedError
from checks.invariants.contract import right, unbroken
from checks.invariants.other_numbers import twin
from checks.types import Array, Arrays
from checks.witness import Trial, against

AFTER = (
    "the same numbers in another order, after the case's own: what the layer keeps of one call is found again by "
    "another, whose arguments have the same sum, the same largest number or the same y"
)


def reordered(law: str, trial: Trial) -> Iterator[Claim]:
    """Claims for y and each gradient against the reference, which the subject must give for the case itself.

    None where it is wrong on twice these numbers, too, which it never met: then it is no matter of earlier calls.
    """
    if trial.family.smooth or not trial.case.filled or not right(trial):
        return
    arrays = _in_another_order(trial)
    try:
        claims = _claims(law, trial, arrays)
        if all(map(unbroken, claims)) or all(map(unbroken, _claims(law, trial, _doubled(arrays)))):
            yield from claims
    except RefusedError:
        return


def _claims(law: str, trial: Trial, arrays: Arrays) -> list[Claim]:
    other = Trial(trial.subject, trial.family, trial.case.rearranged(arrays))
    got, want = other.got.named(), other.reference
    if all(identical(value, want[of]) for of, value in got.items()):  # no bound is needed
        return [Claim(law, of, value, want[of], nothing(value.shape), AFTER) for of, value in got.items()]
    made = against(other, law, want)
    return [Claim(law, claim.of, claim.got, claim.want, claim.bound, f"{AFTER}; {claim.why}") for claim in made]


def _in_another_order(trial: Trial) -> Arrays:
    """For x alone, or for each argument in its way: the seed says which, and of two orders for x."""
    case, turn = trial.case, trial.case.seed // 4
    arrays = {name: twin(case.array(name)) for name in case.arguments if name == "x" or turn % 2}
    return {**arrays, "x": _regrouped(trial)} if turn // 2 % 2 else arrays


def _regrouped(trial: Trial) -> Array:
    """Cells of x that stand in the same windows, in opposite order: each window holds what it held, elsewhere.

    So what is selected or added up is the same. ``twin`` where that would change nothing.
    """
    x = trial.case.array("x")
    boxes = trial.family.reached(trial.case, "x", np.argwhere(np.ones(x.shape, bool))).reshape(x.size, -1)
    groups, places = boxes @ (2 * len(boxes) + 1) ** np.arange(boxes.shape[1]), np.arange(x.size)
    found = np.empty(x.size, x.dtype)
    found[np.lexsort((places, groups))] = x.ravel()[np.lexsort((-places, groups))]
    return twin(x) if identical(found, x.ravel()) else found.reshape(x.shape)


def _doubled(arrays: Arrays) -> Arrays:
    return {name: value + value for name, value in arrays.items()}
