"""One item of a layer tells what breaks every law of it; the others refer to that one."""

from __future__ import annotations

import pytest

from checks.examination import WITNESSES
from checks.selftest.plugin.test_plugin import project, run

__all__ = ["project"]

pytest_plugins = ["pytester"]

#: A layer that leaves, and one that no witness gets an answer of.
LEAVING = """
import os
from checks import layer_tests

def leaving(x, at_zero=0.0):
    with open("calls", "a") as file:
        print("once more", file=file)
    os._exit(3)

def raising(x):
    return x.nothing

test_leaving = layer_tests((leaving, lambda dy, saved: dy), like="relu", isolate=True)
test_raising = layer_tests((raising, lambda dy, saved: dy), like="relu")
"""


def test_what_breaks_every_law_alike_is_told_by_one_item(project: pytest.Pytester) -> None:
    """The others fail by it too and name that one; a layer that does not come back is asked no more."""
    project.makepyfile(test_layers=LEAVING)
    outcome = run(project, "-k", "leaving and adjoint")
    calls = len((project.path / "calls").read_text().splitlines())
    outcome = run(project, "-k", "adjoint or sums or batch")
    outcome.assert_outcomes(failed=6, deselected=2 * len(WITNESSES) - 6)
    said, _, _ = outcome.stdout.str().partition("short test summary info")  # it says it again, where lines are long
    left = "leaving: runs: the process ended by itself with exit code 3; in forward, as"
    assert said.count("WRONG  call of relu") == 2
    assert said.count("raising: runs: forward raised AttributeError: 'numpy.ndarray' object has no attribute") == 2
    assert said.count("as the item of adjoint tells") == 4
    assert said.count("this law was not asked, for it would not come back either") == 2
    assert said.count(left) == 2
    assert len((project.path / "calls").read_text().splitlines()) == 2 * calls
