"""Long tests wait for a run of their own, and are counted where they do."""

from __future__ import annotations

from collections import Counter

import pytest

from checks.profiles import VARIABLE
from checks.selftest import part as parts

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.long
def test_of_minutes(): pass

@pytest.mark.long(keep=2)
@pytest.mark.parametrize("x", range(8))
def test_of_many(x): pass

def test_quick(): pass
"""


@pytest.fixture(autouse=True)
def folder(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder of tests, and counts of these runs alone."""
    monkeypatch.setattr(parts, "LEFT_OUT", Counter())
    monkeypatch.setattr(parts, "WHOLE", Counter())
    monkeypatch.setenv(VARIABLE, "ci")
    pytester.makepyfile(test_some=TESTS)


def run(pytester: pytest.Pytester, *asked: str) -> tuple[dict[str, int], str]:
    """How the tests ended, and what was printed."""
    outcome = pytester.runpytest_inprocess("-p", "checks.selftest.sweeps", "-p", "no:cacheprovider", *asked)
    return outcome.parseoutcomes(), outcome.stdout.str()


def test_a_run_over_a_folder_keeps_a_few_of_them_and_counts_the_rest(pytester: pytest.Pytester) -> None:
    """Two of many, as their function asks; none where it asks for nothing."""
    ended, printed = run(pytester, "-v")
    assert (ended["passed"], ended["deselected"]) == (3, 7)
    assert "left out: 7 of 9 long tests" in printed
    assert "test_of_minutes" not in printed


@pytest.mark.parametrize(
    ("asked", "passed"),
    [(("-m", "long"), 9), (("-k", "of_many"), 8), (("test_some.py",), 10), (("test_some.py::test_of_minutes",), 1)],
)
def test_whoever_asks_for_them_gets_them_all(pytester: pytest.Pytester, asked: tuple[str, ...], passed: int) -> None:
    """By a mark, a word, a file or a name."""
    ended, printed = run(pytester, *asked)
    assert ended["passed"] == passed
    assert "left out" not in printed


@pytest.mark.parametrize("profile", ["thorough", "fuzz"])
def test_profiles_that_run_for_long_leave_none_out(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, profile: str
) -> None:
    """They are for whoever has the time."""
    monkeypatch.setenv(VARIABLE, profile)
    assert run(pytester)[0]["passed"] == 10
