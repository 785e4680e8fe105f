"""Patterns in the numbers *at which* a gradient is wrong: the smallest ones, those beyond a threshold, a range."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice

import numpy as np

from checks.case import Case
from checks.diagnosis.chance import share
from checks.diagnosis.difference import Difference
from checks.diagnosis.elsewhere import Elsewhere
from checks.diagnosis.places import LIKELY, places
from checks.types import Array

#: Probability with which any of these may be so by chance.
CHANCE = 0.01


def where(difference: Difference, case: Case, reached: Array, elsewhere: Elsewhere | None = None) -> Iterator[str]:
    """Sentences about the places that are wrong, then about the numbers there; see ``places``.

    Where numbers tell, places are told that chance explains no better.
    """
    said = list(ranges(difference, case))
    yield from places(difference, reached, elsewhere, CHANCE if said else LIKELY)
    yield from said


def ranges(difference: Difference, case: Case) -> Iterator[str]:
    """A sentence about the first array of the gradient's shape whose size, or value, tells where it is wrong.

    Only what is wrong, or not 0 and could be, is looked at; what must be 0, too, where something is wrong that must.
    """
    zero = difference.want == 0
    told = difference.wrong | (np.isfinite(difference.want) & (~zero | np.any(difference.wrong & zero)))
    alike = [name for name in (*case.arguments, "dy") if case.shapes[name] == difference.want.shape]
    held = {name: case.array(name)[told] for name in alike if not np.iscomplexobj(case.array(name))}
    measured = {f"|{name}|": np.abs(values) for name, values in held.items()} | held
    wrong = difference.wrong[told]
    said = (_range(words, values, wrong, len(measured)) for words, values in measured.items())
    zeros = (_zeros(name, values, wrong, len(measured)) for name, values in held.items())
    yield from islice(filter(None, chain(said, zeros)), 1)


def _zeros(name: str, values: Array, wrong: Array, measures: int) -> str:
    """That all that is wrong stands at zeros of an array, beside others, unless chance explains it."""
    at_zero, some = values == 0, int(np.count_nonzero(wrong))
    many, right = int(np.count_nonzero(at_zero)), int(np.count_nonzero(at_zero & ~wrong))
    if not some or np.any(wrong & ~at_zero) or measures * share(many, len(wrong), some) >= CHANCE:
        return ""
    return f"only where {name} is 0, and in {right} of the {len(wrong) - some} right elements as well"


def _range(words: str, values: Array, wrong: Array, measures: int) -> str:
    """Where the wrong elements lie, if no right one lies there and chance does not explain it."""
    low, high = np.min(values[wrong], initial=np.inf), np.max(values[wrong], initial=-np.inf)
    if wrong.all() or not np.isfinite([low, high]).all() or ((values >= low) & (values <= high) & ~wrong).any():
        return ""
    many, some = len(wrong), int(np.count_nonzero(wrong))
    below, above = not np.any(values < low), not np.any(values > high)
    places = len(("smallest", "largest")) if below or above else many - some + 1
    if measures * places * share(some, many, some) >= CHANCE:
        return ""
    if below:
        return f"only where {words} is at most {high:.6g}"
    return (
        f"only where {words} is at least {low:.6g}" if above else f"only where {words} is from {low:.6g} to {high:.6g}"
    )
