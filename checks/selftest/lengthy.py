"""Tests marked ``long``: left out of a run over whole folders, but for as many as they keep; counted and told.

A long test takes more than two seconds or so: it starts other processes, compiles, or tries many examples. All run
under the profiles thorough and fuzz, under ``tox -e long``, and where a file, a test, ``-k`` or ``-m`` is asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import pytest

from checks.profiles import chosen
from checks.selftest.part import thorough

MARKER = "long(keep=0): left out of a run over whole folders, but for so many of the tests of this function"


def spared(config: pytest.Config) -> bool:
    """Whether this run is over whole folders, under a profile that leaves something out."""
    if thorough() or chosen() == "fuzz":
        return False
    return not (config.option.keyword or config.option.markexpr or any(".py" in arg for arg in config.args))


def long_ones(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """All tests that are marked, in their order."""
    return [item for item in items if item.get_closest_marker("long")]


def left_out(items: Sequence[pytest.Item]) -> set[pytest.Item]:
    """Marked tests, but for those that their function keeps, which are the same on every machine."""
    by_function: dict[str, list[pytest.Item]] = {}
    for item in long_ones(items):
        by_function.setdefault(item.nodeid.partition("[")[0], []).append(item)
    return {item for tests in by_function.values() for item in _shuffled(tests)[_kept(tests[0]) :]}


def _shuffled(tests: Sequence[pytest.Item]) -> list[pytest.Item]:
    return sorted(tests, key=lambda each: crc32(each.nodeid.encode()))


def _kept(test: pytest.Item) -> int:
    """How many tests its function keeps."""
    mark = test.get_closest_marker("long")
    return mark.kwargs.get("keep", 0) if mark else 0
