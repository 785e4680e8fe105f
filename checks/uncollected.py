"""Layers whose tests pytest does not collect, as under a name that is none of a test: nobody would miss them."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from checks.anywhere import MADE, Anywhere
from checks.counted import count

#: So many of them are named.
FEW = 5

#: Name under which a worker of xdist hands them to the process that tells.
HANDED = "gradproof_uncollected"

#: The files that were collected, and what to tell of them once all are.
_FILES = pytest.StashKey[set[str]]()
UNCOLLECTED = pytest.StashKey[list[str]]()


def look(collector: pytest.Collector, obj: object, collected: object) -> None:
    """Note what became of a name of a module or a class, of which pytest made something, or None."""
    collector.config.stash.setdefault(_FILES, set()).add(str(collector.path))
    if isinstance(obj, Anywhere):
        obj.tested, obj.passed_over = obj.tested or collected is not None, collected is None
    if isinstance(obj, type) and collected is not None:  # it may be left out for now, as where one test is asked for
        for each in _inside(obj):
            each.spoken_for = True


def _inside(owner: type) -> Iterator[Anywhere]:
    return (each for base in owner.__mro__ for each in vars(base).values() if isinstance(each, Anywhere))


def keep(config: pytest.Config) -> None:
    """Find out, once everything is collected, which were passed over."""
    files = config.stash.get(_FILES, set())
    lost = [each for each in MADE if each.lost and each.file in files]
    places = [f"{os.path.relpath(each.file, config.rootpath)}:{each.line}" for each in lost]
    getattr(config, "workeroutput", {})[HANDED] = places
    config.stash.setdefault(UNCOLLECTED, []).extend(places)


def told(config: pytest.Config) -> Iterator[str]:
    """A line of them; none where each layer has its tests."""
    known: list[str] = config.stash.get(UNCOLLECTED, [])
    if places := [*dict.fromkeys(known)]:
        more = f", and {len(places) - FEW} more" if len(places) > FEW else ""
        yield (
            f"NOT COLLECTED, and so not tested: {count(len(places), 'layer')} of layer_tests in "
            f"{', '.join(places[:FEW])}{more}; expected each under a name of a test, such as test_my_conv, in a module "
            "or a class that pytest collects"
        )
