"""Sums of half precision that are kept in half precision: 2,048 and 1 is 2,048, however many ones follow.

That is within the bound of a sum in any order, so that it is not wrong; but what is lost so is no rounding of a result,
and grows with batch and plane. Sums of a plane are added up in half precision by many, where samples are gone through
(PyTorch's dilated convolution does): that loses less, and nothing is said of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from math import ceil, prod

import numpy as np

from checks.arithmetic import PLAIN
from checks.bounds import nothing
from checks.claim import Claim
from checks.computing import hushed
from checks.errors import SubjectError
from checks.invariants.contract import MOST_ENTRIES
from checks.rounding import DIGITS, HALF, sum_bound
from checks.types import Arrays, carrier, gradient_of
from checks.witness import Trial

#: One of so many cases in half precision is asked.
EVERY = 2

#: Cells of a plane of which there are so many. Units of the sum so far are 2 and each addition loses 1 at the most: who
#: adds up a number for each sample loses one in so many.
FEWEST = 4


def half_sums(law: str, trial: Trial) -> Iterator[Claim]:
    """A claim for the gradient of each parameter, summed over samples and planes of ones after one large number."""
    samples = _samples(trial)
    if not samples or trial.arithmetic != PLAIN or trial.case.seed % EVERY:
        return
    arrays = _swamped(trial, samples)
    dy = arrays.pop("dy")
    with suppress(SubjectError):  # a layer may be made for one batch size
        got = hushed(trial.subject.pull, arrays, trial.case.config, dy).gradients
        yield from _claims(law, trial, got, {**arrays, "dy": dy})


def _claims(law: str, trial: Trial, got: Arrays, arrays: Arrays) -> Iterator[Claim]:
    wide = {name: value.astype(trial.wide) for name, value in arrays.items()}
    dy, dtype = wide.pop("dy"), trial.case.dtype
    want = trial.family.computed(wide, trial.case.config, dy).gradients
    ones = prod(dy.shape) // dy.shape[1]
    for of in (gradient_of(name) for name in wide if name != "x"):
        bound = ones / FEWEST + sum_bound(np.abs(want[of]), ones.bit_length() + 1, dtype)
        why = (
            f"{ones - 1} ones after 2**{DIGITS[dtype]}: so many are lost only where a sum is kept in {dtype} and "
            "each of them is added by itself; add up in float32"
        )
        yield wrong_without_number(
            Claim(law, of, got[of], want[of], nothing(want[of].shape) + bound, why, severity="hazard")
        )


def wrong_without_number(claim: Claim) -> Claim:
    """A hazard, or wrong where no number came: what must come is far from the largest one, and no sum is larger."""
    if np.all(np.isfinite(claim.got)):
        return claim
    return replace(claim, severity="wrong", why="it overflows on its way, or gives no number, where no sum is so large")


def _samples(trial: Trial) -> int:
    """So many samples that a sum over them and over planes has a quarter as many terms as are kept; 0 where none are.

    No more terms than 2**digits, or units of a sum would be larger than 2.
    """
    case = trial.case
    summed = set(case.arguments) - {"x"} and trial.family.samplewise and not trial.family.smooth and case.filled
    if case.dtype not in HALF or not summed:
        return 0
    plane, most = prod(case.shapes["dy"][2:]), 2 ** DIGITS[case.dtype]
    samples = ceil(most / 4 / plane)
    numbers = samples * (prod(case.shapes["x"][1:]) + prod(case.shapes["dy"][1:]))
    return samples if FEWEST <= plane <= most / 2 and numbers <= MOST_ENTRIES else 0


def _swamped(trial: Trial, samples: int) -> Arrays:
    """So many samples of ones, parameters as they are, and a dy of ones that begins with 2**digits in each channel."""
    case, kind = trial.case, carrier(trial.case.dtype)
    x, dy = (np.ones((samples, *case.shapes[name][1:]), kind) for name in ("x", "dy"))
    dy.reshape(*dy.shape[:2], -1)[0, :, 0] = 2.0 ** DIGITS[case.dtype]
    return {**case.inputs, "x": x, "dy": dy}
