"""A question that is not understood is told once, by one item, and plainly."""

from __future__ import annotations

import pytest

from checks.examination import WITNESSES
from checks.selftest.plugin.projects import project, run

__all__ = ["project"]

pytest_plugins = ["pytester"]

STRANGE = """
from checks import layer_tests

def strange(a, b, *, quux, frob):
    return a

test_strange = layer_tests((strange, lambda dy, saved: dy), like="conv2d")
"""


def test_what_is_not_understood_fails_one_item_and_skips_the_others(project: pytest.Pytester) -> None:
    """Without the error that was handled on the way."""
    project.makepyfile(test_layers=STRANGE)
    outcome = run(project)
    outcome.assert_outcomes(failed=1, skipped=len(WITNESSES) - 1)
    said, _, _ = outcome.stdout.str().partition("short test summary info")  # it says it again, where lines are long
    assert said.count("cannot tell how to call strange(") == 1
    assert "During handling" not in said


REFUSING = """
import numpy as np
from checks import layer_tests
from reference_impl import conv_backward, conv_forward

def stride_one(x, weight, bias=None, stride=1, padding=0):
    if np.max(stride) > 1:
        raise ValueError("stride 1 alone")
    return conv_forward(x, weight, bias, stride=stride, padding=padding)

test_stride = layer_tests((stride_one, conv_backward), like="conv2d", supports={"stride": [1, 2]})
"""


def test_the_summary_says_what_a_layer_is_said_to_take_and_refused(project: pytest.Pytester) -> None:
    """Once for all laws: a test that passes has not shown what its supports says."""
    project.makepyfile(test_layers=REFUSING)
    outcome = run(project, "-k", "reference or adjoint")
    outcome.assert_outcomes(passed=2)
    words = "  but: supports says that it takes stride=2, and it refused every case with it"
    assert [line for line in outcome.stdout.lines if "supports says" in line] == [words]
