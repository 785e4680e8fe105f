"""Ctrl-C in the middle of an examination: what was found so far is explained and handed over, not lost."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from checks.counted import count
from checks.diagnosis.explain import explain
from checks.examination import Examination


class CutShortError(KeyboardInterrupt):
    """An examination was interrupted; ``examination`` holds what was found until then.

    Whoever does not know it sees the KeyboardInterrupt that it is.
    """

    def __init__(self, examination: Examination) -> None:
        super().__init__(f"interrupted after {count(examination.cases, 'case')}")
        self.examination = examination


@contextmanager
def kept(examination: Examination) -> Iterator[None]:
    """Explain what was found where Ctrl-C ends the block; a second Ctrl-C ends the explaining too.

    Raises CutShortError in place of KeyboardInterrupt.
    """
    try:
        yield
    except KeyboardInterrupt as stop:
        examination.interrupted = True
        raise CutShortError(_explained(examination)) from stop


def _explained(examination: Examination) -> Examination:
    try:
        return explain(examination)
    except KeyboardInterrupt:
        return examination
