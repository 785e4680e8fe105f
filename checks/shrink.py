"""The plainest case that still breaks a law, found by trying one simplification after another.

First the configuration (a family says what is plainer), then the numbers: as many zeros as possible, then ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import prod

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.types import Array

#: Cases that are tried at most; far more than any layer has needed.
MOST_TRIES = 400
#: Numbers that all tried cases may hold together, so that a large layer is not tried for minutes.
MOST_NUMBERS = 20_000_000


def shrink(
    case: Case, verdict: Verdict, breaks: Callable[[Case], Verdict | None], simpler: Callable[[Case], Iterable[Case]]
) -> tuple[Case, Verdict]:
    """Walk to plainer cases for as long as one of them breaks the law; returns the last one with its verdict.

    ``breaks`` gives the broken verdict of a case or None; ``simpler`` gives candidates, the largest steps first.
    """
    seen = {case: case.sizes()}
    while (step := _step(case, breaks, simpler, seen)) is not None:
        case, verdict = step
    return case, verdict


def _step(
    case: Case,
    breaks: Callable[[Case], Verdict | None],
    simpler: Callable[[Case], Iterable[Case]],
    seen: dict[Case, int],
) -> tuple[Case, Verdict] | None:
    """The first plainer case that breaks the law, among those not seen yet; none where the allowance is used up."""
    for candidate in simpler(case):
        if candidate in seen:
            continue
        if len(seen) > MOST_TRIES or sum(seen.values()) > MOST_NUMBERS:
            return None
        seen[candidate] = candidate.sizes()
        if (found := breaks(candidate)) is not None:
            return candidate, found
    return None


#: Arrays with more entries are replaced as a whole or not at all, and those with more yet are left as they were drawn.
MOST_ENTRIES, MOST_WHOLE = 36, 400


def shrink_numbers(
    case: Case, verdict: Verdict, breaks: Callable[[Case], Verdict | None], names: Iterable[str]
) -> tuple[Case, Verdict]:
    """Replace entries of the named arrays by 0, or else by 1, wherever the law stays broken: many at once if it can be.

    An array is tried whole, then by halves, and so on down to single entries; a large one whole. One that holds zeros
    as it is drawn is spelled as well: they may be what the mistake takes.
    """
    for name in names:
        size = prod(case.shapes[name])
        waiting = [range(size)] if 0 < size <= MOST_WHOLE else []
        while waiting:
            places = waiting.pop()
            found = next(filter(None, (_plainer(case, name, places, plain, breaks) for plain in (0, 1))), None)
            if found is not None:
                case, verdict = found
            elif 1 < len(places) <= MOST_ENTRIES:
                waiting += [places[len(places) // 2 :], places[: len(places) // 2]]
        case = _spelled_zeros(case, name)
    return case, verdict


def _spelled_zeros(case: Case, name: str) -> Case:
    """The same case with the zeros of an array among its numbers, where it holds nothing else and is small."""
    array = case.array(name)
    zeros = 0 < array.size <= MOST_ENTRIES and not array.any()
    return case.holding(name, array) if zeros and name not in case.values else case


def _plainer(
    case: Case, name: str, places: range, value: float, breaks: Callable[[Case], Verdict | None]
) -> tuple[Case, Verdict] | None:
    """The case with this value in all of these places, where that is plainer and still breaks the law."""
    array = case.array(name)
    held = array.reshape(-1)[places]
    if np.all((np.abs(held) == value) | (held == 0)):
        return None
    candidate = case.holding(name, _filled(array, places, value))
    found = breaks(candidate)
    return None if found is None else (candidate, found)


def _filled(array: Array, places: range, value: float) -> Array:
    """The array with this value in these places, where it is not 0 anyway."""
    flat = array.reshape(-1)
    flat[places] = np.where(flat[places] == 0, 0, value)
    return flat.reshape(array.shape)
