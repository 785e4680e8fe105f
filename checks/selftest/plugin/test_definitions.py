"""Where layers stand in test files; questions and options that are not understood end a run early, in one message."""

from __future__ import annotations

import pytest

from checks.examination import WITNESSES
from checks.selftest.house import ROOT

pytest_plugins = ["pytester"]

QUICK = ("-p", "no:cacheprovider", "--gradproof-budget=20ms", "-W", "ignore")


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's folder with a conftest that asks for the plugin."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["checks.plugin"]')
    return pytester


def test_a_layer_may_be_tested_in_a_class(project: pytest.Pytester) -> None:
    """Beside others of its kind, and marked like any test."""
    project.makepyfile(
        test_class="""
import pytest
from checks import layer_tests
from checks.selftest.api.layers import RIGHT, WRONG

class TestConv:
    test_right = layer_tests(RIGHT, like="conv2d")
    test_wrong = pytest.mark.xfail(layer_tests(WRONG, like="conv2d"))

test_marked = pytest.mark.xfail(layer_tests(WRONG, like="conv2d"))
"""
    )
    outcome = project.runpytest_inprocess(*QUICK, "-k", "adjoint")
    outcome.assert_outcomes(passed=1, xfailed=2, deselected=3 * (len(WITNESSES) - 1))


def test_in_a_case_of_unittest_one_failure_says_where_it_may_stand(project: pytest.Pytester) -> None:
    """There is no item for each law, since unittest hands its tests nothing."""
    project.makepyfile(
        test_case="""
from unittest import TestCase
from checks import layer_tests
from checks.selftest.api.layers import RIGHT

class TestConv(TestCase):
    test_right = layer_tests(RIGHT, like="conv2d")
"""
    )
    outcome = project.runpytest_inprocess(*QUICK)
    outcome.assert_outcomes(failed=1)
    outcome.stdout.fnmatch_lines(
        ["layer_tests stands in TestConv, a unittest.TestCase, *; expected it in a module, or *"]
    )


MISTYPED = {
    "a family": ("like='con2d'", "like='con2d' is no family; the nearest are: conv"),
    "a limit": ("like='conv', supports={'strid': 1}", "supports has 'strid', which conv does not know; did you mean"),
    "neither": ("", "neither like= nor inputs="),
}


@pytest.mark.parametrize("name", MISTYPED)
def test_what_is_mistyped_is_one_error_of_its_file(project: pytest.Pytester, name: str) -> None:
    """With the near misses, and not one failure for each law."""
    arguments, message = MISTYPED[name]
    project.makepyfile(test_layers=f"from checks import layer_tests\ntest_it = layer_tests(None, {arguments})\n")
    outcome = project.runpytest_inprocess(*QUICK)
    outcome.assert_outcomes(errors=1)
    assert message in outcome.stdout.str()
    assert "test_it = layer_tests(None, " in outcome.stdout.str()
    assert "opening.py" not in outcome.stdout.str()


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("--gradproof-budget=abc", "ERROR: --gradproof-budget 'abc' is no time; expected a positive number"),
        ("--gradproof-seed=-1", "ERROR: --gradproof-seed=-1; expected a whole number from 0 on"),
    ],
)
def test_an_option_that_is_not_understood_ends_the_run_at_its_start(
    project: pytest.Pytester, option: str, message: str
) -> None:
    """Before a test is collected."""
    outcome = project.runpytest_inprocess(*QUICK, option)
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    assert message in outcome.stderr.str()
