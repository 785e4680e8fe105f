"""What the default profiles leave out of a long sweep is spread over it, counted and told."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from checks import examine
from checks.families.example import AS_GIVEN
from checks.profiles import VARIABLE
from checks.selftest import part as parts
from checks.selftest.brief import varying
from checks.selftest.part import part, thorough, told
from checks.selftest.sweeps import spread

pytest_plugins = ["pytester"]


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


TESTS = """
import pytest

pytestmark = pytest.mark.sweep("pairs", 4)

@pytest.mark.parametrize("x", range(8))
@pytest.mark.parametrize("y", range(4))
def test_pairs(x, y): pass

def test_nothing(): pass
"""


def test_a_marked_sweep_keeps_every_option_of_its_parameters(pytester: pytest.Pytester) -> None:
    """And one test in so many, which are no regular part of it."""
    items = pytester.getitems(TESTS)
    kept = spread(items[:-1], 4)
    assert kept == spread(items[:-1], 4)
    assert len(items) - 1 == 32 > 2 * len(kept) >= 16
    for name, count in (("x", 8), ("y", 4)):
        assert {item.callspec.params[name] for item in kept} == set(range(count))  # type: ignore[attr-defined]


@pytest.mark.parametrize(("profile", "counts"), [("ci", True), ("thorough", False), ("fuzz", False)])
def test_what_a_marked_sweep_leaves_out_is_told(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, profile: str, counts: bool
) -> None:
    """By default alone; a test that is no part of a sweep's parameters stays."""
    monkeypatch.setenv(VARIABLE, profile)
    pytester.makepyfile(TESTS)
    outcome = pytester.runpytest_inprocess("-p", "checks.selftest.sweeps", "-p", "no:cacheprovider")
    left = outcome.parseoutcomes().get("deselected", 0)
    assert outcome.parseoutcomes()["passed"] + left == 33
    assert bool(left) == counts == (f"left out: {left} of 33 pairs" in outcome.stdout.str())


def test_a_test_that_is_asked_for_by_itself_runs(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whichever it is."""
    monkeypatch.setenv(VARIABLE, "ci")
    pytester.makepyfile(TESTS)
    for name in ("0-0", "1-7", "3-5"):
        outcome = pytester.runpytest_inprocess("-p", "checks.selftest.sweeps", "-p", "no:cacheprovider", "-k", name)
        outcome.assert_outcomes(passed=1, deselected=32)


def test_an_example_is_heard_with_some_of_its_variations_and_with_all_where_a_test_asks() -> None:
    """As it was given in any case; how many are left out is told."""
    layer, x = (lambda x: (x**3, x), lambda dy, x: 3 * dy * x**2), np.array([[1.0, -2.0], [0.5, 3.0]])

    def spans() -> set[int]:
        return {case.span for case in examine(layer, inputs=(x,), budget="1ms", laws=["linearity"]).judged}

    few = spans()
    assert thorough() or "variations of examples" in told()
    with varying():
        every = spans()
    assert AS_GIVEN in few
    assert few == every if thorough() else few < every
