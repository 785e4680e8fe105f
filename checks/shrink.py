"""The plainest case that still breaks a law, found by trying one simplification after another.

First the configuration (a family says what is plainer), then the numbers: as many zeros as possible, then ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from checks.case import Case
from checks.claim import Verdict
from checks.types import Shape

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


#: Arrays with more entries are left as they were drawn.
MOST_ENTRIES = 36


def shrink_numbers(
    case: Case, verdict: Verdict, breaks: Callable[[Case], Verdict | None], names: Iterable[str]
) -> tuple[Case, Verdict]:
    """Replace entries of the named arrays by 0, or else by 1, one by one, wherever the law stays broken."""
    for name in names:
        for place in _places(case.shapes[name]):
            for plain in (0, 1):
                candidate = _with(case, name, place, plain)
                if candidate is not None and (found := breaks(candidate)) is not None:
                    case, verdict = candidate, found
                    break
    return case, verdict


def _places(shape: Shape) -> Iterable[Shape]:
    return np.ndindex(shape) if np.prod(shape) <= MOST_ENTRIES else ()


def _with(case: Case, name: str, place: Shape, value: float) -> Case | None:
    array = case.array(name)
    if array[place] in {0, value} or abs(array[place]) == value == 1:
        return None
    array[place] = value
    return case.holding(name, array)
