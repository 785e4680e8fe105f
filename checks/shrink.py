"""The plainest case that still breaks a law, found by trying one simplification after another."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from checks.case import Case
from checks.claim import Verdict

#: Cases that are tried at most; far more than any layer has needed.
MOST_TRIES = 400


def shrink(
    case: Case, verdict: Verdict, breaks: Callable[[Case], Verdict | None], simpler: Callable[[Case], Iterable[Case]]
) -> tuple[Case, Verdict]:
    """Walk to plainer cases for as long as one of them breaks the law; returns the last one with its verdict.

    ``breaks`` gives the broken verdict of a case or None; ``simpler`` gives candidates, the largest steps first.
    """
    tries, seen = 0, {case}
    while (step := _step(case, breaks, simpler, seen, MOST_TRIES - tries)) is not None:
        case, verdict, used = step
        tries += used
    return case, verdict


def _step(
    case: Case,
    breaks: Callable[[Case], Verdict | None],
    simpler: Callable[[Case], Iterable[Case]],
    seen: set[Case],
    left: int,
) -> tuple[Case, Verdict, int] | None:
    used = 0
    for candidate in simpler(case):
        if candidate in seen or used >= left:
            continue
        seen.add(candidate)
        used += 1
        if (found := breaks(candidate)) is not None:
            return candidate, found, used
    return None
