"""A question that is not understood is told once, by one item, and plainly."""

from __future__ import annotations

import pytest

from checks.examination import WITNESSES
from checks.selftest.plugin.test_plugin import project, run

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
