"""What is told of the other results of a layer beside the one that a paragraph is about."""

from __future__ import annotations

from collections.abc import Sequence

from checks.diagnosis.beside import ELSEWHERE, RIGHT, RIGHT_HERE, WRONG
from checks.tally import Finding

#: In the order in which it is told.
_TOLD = {WRONG: f"{WRONG}, too", RIGHT_HERE: RIGHT_HERE, ELSEWHERE: ELSEWHERE, RIGHT: RIGHT}


def beside(found: Finding) -> list[tuple[str, str]]:
    """A line that says which other results are wrong on the plainest case, or on others, and which are right.

    None where nobody knows any, or where the case is right alone.
    """
    sorts = {words: [of for of, known in found.beside.items() if known == how] for how, words in _TOLD.items()}
    said = "; ".join(f"{_listed(some)} {words}" for words, some in sorts.items() if some)
    return [("beside", said)] if said and not found.alone else []


def _listed(results: Sequence[str]) -> str:
    *first, last = results
    return f"{', '.join(first)} and {last} are" if first else f"{last} is"
