"""One item of a layer tells what breaks every law of it; the others refer to that one."""

from __future__ import annotations

import json

import numpy as np
import pytest

from checks import examine
from checks.examination import WITNESSES
from checks.report.story import story
from checks.selftest.plugin.projects import project, run
from checks.told_once import ToldOnce
from checks.types import Array
from reference_impl import relu_forward

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


@pytest.mark.long
def test_what_breaks_every_law_alike_is_told_by_one_item(project: pytest.Pytester) -> None:
    """The others fail by it too and name that one; a layer that does not come back is asked no more."""
    project.makepyfile(test_layers=LEAVING)
    outcome = run(project, "-k", "leaving and adjoint")
    calls = len((project.path / "calls").read_text().splitlines())
    outcome = run(project, "-k", "adjoint or sums or batch")
    outcome.assert_outcomes(failed=6, deselected=2 * len(WITNESSES) - 6)
    said, _, _ = outcome.stdout.str().partition("short test summary info")  # it says it again, where lines are long
    left = "leaving: runs: the process ended by itself with exit code 3; in forward; it was handed an array of shape ("
    assert said.count("WRONG  call of relu") == said.count("WRONG  forward of relu") == 1
    assert said.count("raising: runs: forward raised AttributeError: 'numpy.ndarray' object has no attribute") == 2
    assert said.count("as the item of adjoint tells") == 4
    assert said.count("this law was not asked, for it would not come back either") == 2
    assert said.count(left) == 2
    assert len((project.path / "calls").read_text().splitlines()) == 2 * calls


#: A layer with two mistakes: one of its gradient, one of what it writes to.
WRONG_TWICE = """
from checks import layer_tests
from reference_impl import relu_backward, relu_forward

def backward(dy, saved):
    dx = 2 * relu_backward(dy, saved)
    dy *= 3
    return dx

test_twice = layer_tests((relu_forward, backward), like="relu")
"""


def test_a_mistake_is_told_in_full_by_the_first_item_that_meets_it(project: pytest.Pytester) -> None:
    """The others say what they saw; another mistake of the layer has a story of its own."""
    project.makepyfile(test_layers=WRONG_TWICE)
    outcome = run(project, "-k", "reference or textbook or adjoint or unchanged", "--gradproof-report=found.json")
    outcome.assert_outcomes(failed=4, deselected=len(WITNESSES) - 4)
    said, _, _ = outcome.stdout.str().partition("short test summary info")
    first, *others = said.partition("= FAILURES =")[2].partition("= gradproof =")[0].split(" test_twice[")[1:]
    assert "script   import numpy" in first
    assert "more  " not in first
    more = "  more     the item of reference tells in full what this looks like, and how to see it again"
    for law, text in zip(("textbook", "adjoint"), others, strict=False):
        assert text.startswith(law)
        assert f"backward as relu: WRONG by {law} (" in text.replace("relu_forward", "backward")
        assert all(f"\n  {name} " in text for name in ("case", "got", "want", "bound"))
        assert more in text
        assert "script " not in text
    assert others[-1].startswith("arguments unchanged")
    assert "script   import numpy" in others[-1]
    items = json.loads((project.path / "found.json").read_text())["items"]
    assert all(item["findings"][0]["script"] for item in items)


def test_an_item_that_is_run_again_tells_in_full_once_more() -> None:
    """It does not refer to itself."""
    once, found = ToldOnce(), examine((relu_forward, lambda dy, _: dy), "relu", budget="1ms", laws=["reference"])
    assert once.told("reference", found) == once.told("reference", found) == story(found)
    assert "the item of reference tells" in once.told("textbook", found)


def test_an_item_says_which_law_it_asks_for_under_another_name() -> None:
    """Its name is on the failing line, and the story's headline has the other."""

    def backward(dy: Array, x: Array) -> Array:
        return np.asarray(dy * np.where(np.abs(x) < 1e-300, 5 * (x != 0), x > 0))

    found = examine((lambda x: (np.maximum(x, 0), x), backward), like="relu", budget="1ms", laws=["kinks"])
    assert set(found.findings) >= {"beside kinks"}
    assert ToldOnce().told("kinks", found).endswith("\nbeside kinks: the item of kinks looks at it too")
