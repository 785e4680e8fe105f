"""A user's folder whose tests ask for the plugin, and how pytest is run there."""

from __future__ import annotations

import pytest
import torch  # noqa: F401 - it cannot be loaded twice, as a run inside of this process would

from checks.selftest.house import ROOT

FILE = """
from checks import layer_tests
from checks.selftest.api.layers import RIGHT, WRONG

test_right = layer_tests(RIGHT, like="conv2d")
test_wrong = layer_tests(WRONG, like="conv2d")
"""
#: The same of layers that are examined sooner.
QUICKER = """
from checks import layer_tests
from reference_impl import relu_backward, relu_forward

test_right = layer_tests((relu_forward, relu_backward), like="relu")
test_wrong = layer_tests((relu_forward, lambda dy, saved: dy), like="relu")
"""
QUICK = ("-p", "no:cacheprovider", "-p", "no:benchmark", "--gradproof-budget=20ms", "-W", "ignore")
SOME = "reference or adjoint or unchanged"


@pytest.fixture
def project(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A user's folder with a conftest that asks for the plugin, and one test file."""
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    pytester.makeconftest('pytest_plugins = ["checks.plugin"]')
    pytester.makepyfile(test_layers=FILE)
    return pytester


def run(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run pytest there, in this very process, which has loaded all that is heavy."""
    return project.runpytest_inprocess(*QUICK, *options)


def run_afresh(project: pytest.Pytester, *options: str) -> pytest.RunResult:
    """Run pytest there, in a process of its own."""
    return project.runpytest_subprocess(*QUICK, *options)
