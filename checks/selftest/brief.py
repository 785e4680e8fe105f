"""What the default profiles spare where a test asks about something else; thorough spares nothing.

Most tests that show a wrong layer ask whether it is found, under which name and in which words: its counterexample
stays as it was met. Most tests of smooth layers ask what becomes of their arguments: each derivative is taken from as
few steps as that of a slow layer, and along fewer entries. A test about either asks for the fixture ``plainest`` or
``every_step``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from checks.case import Case
from checks.claim import Verdict
from checks.hearing import Hearing
from checks.oracles import finite_difference, lines
from checks.selftest.part import thorough, tried
from checks.witness import Trial

#: Entries of one argument of a smooth layer along which derivatives are taken.
ENTRIES = 8

#: As they are outside of tests.
_PLAINEST, _LINE, _ENTRIES = Hearing.plainest, lines.through, finite_difference.entries


@contextmanager
def brief() -> Iterator[None]:
    """Shrink nothing and take few steps for a while, and count both."""
    with pytest.MonkeyPatch.context() as patch:
        if not thorough():
            patch.setattr(Hearing, "plainest", _as_met)
            patch.setattr(lines, "through", _few_steps)
            patch.setattr(finite_difference, "entries", _few_entries)
        yield


@contextmanager
def shrinking() -> Iterator[None]:
    """Look for the plainest case for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Hearing, "plainest", _shrunk)
        yield


@contextmanager
def stepping() -> Iterator[None]:
    """Take every step for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "through", _every_step)
        patch.setattr(finite_difference, "entries", _ENTRIES)
        yield


def _as_met(_hearing: Hearing, trial: Any, _witness: Any, verdict: Verdict, _severe: Any) -> tuple[Case, Verdict]:
    tried("searches for a plainer case", 0, 1)
    return trial.case, verdict


def _shrunk(hearing: Hearing, *asked: Any) -> tuple[Case, Verdict]:
    tried("searches for a plainer case", 1, 1)
    return _PLAINEST(hearing, *asked)


def _few_steps(*asked: Any) -> Any:
    tried("full ladders of steps along a line", 0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SLOW", -1.0)
        return _LINE(*asked)


def _few_entries(trial: Trial) -> int:
    return min(_ENTRIES(trial), ENTRIES) if trial.family.smooth else _ENTRIES(trial)


def _every_step(*asked: Any) -> Any:
    tried("full ladders of steps along a line", 1, 1)
    return _LINE(*asked)
