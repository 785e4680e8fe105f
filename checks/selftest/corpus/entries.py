"""Entries for the tests, and subjects of ReLU that are right or wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from checks.api import examine
from checks.case import Case, parse
from checks.corpus.entry import Counterexample
from checks.examination import Examination
from checks.families import family
from checks.subject import Subject

CASE = parse('relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; dtype="float64", data="distinct", span=3, unit=4, seed=1)')
OTHER = parse('relu(x=(1,1,3), dy=(1,1,3); at_zero=0.0; dtype="float64", data="distinct", span=3, unit=4, seed=2)')


def entry(**changes: Any) -> Counterexample:
    """A counterexample of ReLU, with some fields changed."""
    found = Counterexample("relu", "mine:relu", "reference", "dx", CASE, "dx[0,0,1]", 2.0, 1.0, 0.0, "integers")
    return replace(found, **changes)


def right(name: str = "mine") -> Subject:
    """The reference under another name."""
    return replace(family("relu").reference, name=name)


def wrong(name: str = "mine") -> Subject:
    """The same with dx doubled."""
    twice = lambda dy, saved: {"dx": 2 * family("relu").reference.backward(dy, saved)["dx"]}  # noqa: E731
    return replace(right(name), backward=twice)


def replayed_on(subject: Any, folder: Path, *cases: Case, laws: tuple[str, ...] = ("reference",)) -> Examination:
    """Examine a subject on what the corpus holds, then on these cases alone."""
    return examine(subject, like="relu", cases=cases or [OTHER], laws=laws, corpus=folder)
