"""What the default profiles spare where a test asks about something else; thorough spares nothing.

Most tests that show a wrong layer ask whether it is found, under which name and in which words: its counterexample
stays as it was met. Most tests of smooth layers ask what becomes of their arguments: each derivative is taken from as
few steps as that of a slow layer, and along fewer entries. Most tests of examples ask how a layer takes them: beside
the example as it was given they hear one of its variations, in each test another, and of a strategy fewer draws. A test
about any of these asks for the fixture ``plainest``, ``every_step`` or ``every_variation``.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from math import prod
from os import environ
from typing import Any
from zlib import crc32

import pytest

from checks.claim import Claim, Verdict
from checks.families import drawn
from checks.families.example import AS_GIVEN
from checks.families.unclaimed import Unclaimed
from checks.hearing import Hearing
from checks.oracles import finite_difference, lines, slopes
from checks.patience import Patience
from checks.plainer import Plainest
from checks.selftest.part import thorough, tried
from checks.types import Shape
from checks.witness import Trial

#: Entries of one argument of a smooth layer along which derivatives are taken.
ENTRIES = 8

#: Variations of an example that are heard beside it, and examples of a strategy that are heard, at the least.
VARIATIONS, DRAWN = 1, 5

#: As they are outside of tests.
_PLAINEST, _LINE = Hearing.plainest, lines.through
_ENTRIES, _ENTRYWISE = finite_difference.entries, slopes.entrywise
_VARIED, _DRAWN = Unclaimed.varied, drawn.FEWEST


@contextmanager
def brief() -> Iterator[None]:
    """Shrink nothing and take few steps for a while, and count both."""
    with pytest.MonkeyPatch.context() as patch:
        if not thorough():
            patch.setattr(Hearing, "plainest", _as_met)
            patch.setattr(lines, "through", _few_steps)
            patch.setattr(finite_difference, "entries", _few_entries)
            patch.setattr(finite_difference, "entrywise", _counted)
            patch.setattr(Unclaimed, "varied", _few_variations)
            patch.setattr(drawn, "FEWEST", DRAWN)
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


@contextmanager
def varying() -> Iterator[None]:
    """Hear every variation of an example for a while, and as many draws of a strategy as ever."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Unclaimed, "varied", _every_variation)
        patch.setattr(drawn, "FEWEST", _DRAWN)
        yield


def _as_met(_hearing: Hearing, trial: Any, _witness: Any, verdict: Verdict, _severe: Any) -> Plainest:
    tried("searches for a plainer case", 0, 1)
    return Plainest(trial.case, verdict, {})


def _shrunk(hearing: Hearing, *asked: Any) -> Plainest:
    tried("searches for a plainer case", 1, 1)
    return _PLAINEST(hearing, *asked)


def _few_steps(*asked: Any) -> Any:
    tried("full ladders of steps along a line", 0, 1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SLOW", -1.0)
        return _LINE(*asked)


def _few_entries(trial: Trial) -> int:
    return min(_ENTRIES(trial), ENTRIES) if trial.family.smooth else _ENTRIES(trial)


def _counted(law: str, trial: Trial, argument: str, places: list[Shape]) -> Claim:
    whole = min(prod(trial.case.shapes[argument]), _ENTRIES(trial))
    tried("entries of smooth layers", len(places), whole)
    return _ENTRYWISE(law, trial, argument, places)


def _every_step(*asked: Any) -> Any:
    tried("full ladders of steps along a line", 1, 1)
    return _LINE(*asked)


def _few_variations(example: Unclaimed, patience: Patience) -> Unclaimed:
    """Those that come next to the example are heard, and which these are depends on the test alone."""
    found = _VARIED(example, patience)
    others = [span for span in found.variations if span != AS_GIVEN]
    first = crc32(environ.get("PYTEST_CURRENT_TEST", "").partition(" ")[0].encode()) % max(len(others), 1)
    order = [AS_GIVEN, *others[first:], *others[:first]]
    found.variations = {span: found.variations[span] for span in order}
    all_of_them, found.fewest = found.fewest, min(found.fewest, 1 + VARIATIONS)
    tried("variations of examples", found.fewest - 1, all_of_them - 1)
    return found


def _every_variation(example: Unclaimed, patience: Patience) -> Unclaimed:
    found = _VARIED(example, patience)
    tried("variations of examples", found.fewest - 1, found.fewest - 1)
    return found
