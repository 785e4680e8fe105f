"""What the default profiles leave out of a long sweep is spread over it, counted and told."""

from __future__ import annotations

from collections import Counter

import pytest

from checks.profiles import VARIABLE
from checks.selftest import part as parts
from checks.selftest.part import part, told


@pytest.fixture(autouse=True)
def nothing_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests' own counts: what the run has left out is not theirs."""
    monkeypatch.setattr(parts, "LEFT_OUT", Counter())
    monkeypatch.setattr(parts, "WHOLE", Counter())


def test_a_part_is_spread_counted_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beginnings that follow each other meet everything between them."""
    monkeypatch.setenv(VARIABLE, "ci")
    tried = [part("numbers", range(10), 3, first) for first in (0, 1, 5)]
    assert list(map(list, tried)) == [[0, 3, 6, 9], [1, 4, 7], [2, 5, 8]]
    assert told() == "left out: 20 of 30 numbers; all of them: tox -e thorough"


def test_thorough_leaves_out_nothing_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is nothing to say."""
    monkeypatch.setenv(VARIABLE, "thorough")
    assert list(part("numbers", range(10), 3)) == list(range(10))
    assert not told()
