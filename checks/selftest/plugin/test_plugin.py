"""One statement, one item for each law: selected, remembered and told as pytest does with any item."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch  # noqa: F401 - what is loaded in a run within this process is forgotten, and PyTorch cannot be loaded twice

from checks import drawn
from checks.examination import WITNESSES
from checks.pytest_items import laws
from checks.selftest.house import ROOT
from checks.selftest.plugin.projects import QUICKER, SOME, project, run

__all__ = ["project"]

pytest_plugins = ["pytester"]


@pytest.mark.long
def test_each_law_is_an_item_that_can_be_selected(project: pytest.Pytester) -> None:
    """``-k`` picks laws by name; a law that a layer breaks fails, and no other."""
    outcome = run(project, "-k", SOME, "-rA")
    outcome.assert_outcomes(passed=4, failed=2, deselected=2 * len(WITNESSES) - 6)
    outcome.stdout.fnmatch_lines_random(["PASSED test_layers.py::test_right[[]adjoint]*"])
    outcome.stdout.fnmatch_lines_random(["FAILED test_layers.py::test_wrong[[]adjoint]*"])
    outcome.stdout.fnmatch_lines_random(["PASSED test_layers.py::test_wrong[[]arguments unchanged]*"])


def test_a_failure_is_the_story_and_no_traceback(project: pytest.Pytester) -> None:
    """What broke, where, and how to see it again; no line of ours."""
    text = run(project, "-k", "wrong and reference").stdout.str()
    for part in ("forward as conv: WRONG by reference", "element  dweight[", "replay   examine(layer, like='conv'"):
        assert part in text
    assert "Traceback" not in text
    assert ".py:" not in text.partition("= FAILURES =")[2].partition("= gradproof =")[0]


TIRED = """
from checks import layer_tests
from reference_impl import relu_backward, relu_forward

calls = []

def tired(dy, saved):
    calls.append(dy.shape)
    return relu_backward(dy, saved) * (len(calls) < 60)

test_tired = layer_tests((relu_forward, tired), like="relu")
"""


def test_what_depends_on_earlier_calls_is_told_as_that(project: pytest.Pytester) -> None:
    """A finding of an item is judged once more where nothing was called before."""
    project.makepyfile(test_tired=TIRED)
    text = run(project, "-k", "test_tired and reference", "--gradproof-budget=10s").stdout.str()
    assert "WRONG by reference" in text
    assert "alone    in a new process this case is right as a first call" in text
    assert "on the same arrays gives something else than the first" in text
    assert "looks    " not in text


@pytest.mark.usefixtures("plainest")
def test_what_hypothesis_draws_is_shrunk_too(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake that no covering case meets is found by drawing, and shown on a plain case."""
    monkeypatch.setattr(drawn, "first_round", lambda *_: None)
    options = ("-k", "test_wrong and reference", "--gradproof-budget=60s", "--gradproof-seed=1")
    text = run(project, *options).stdout.str()
    assert "dweight of conv" in text
    assert "weight=(1,1,1,2)" in text


def test_no_corpus_is_none_as_on_the_command_line(project: pytest.Pytester) -> None:
    """Where there is a folder, too: it is neither replayed nor added to."""
    (project.path / "gradproof-corpus").mkdir()
    project.makepyfile(test_layers=QUICKER)
    outcome = run(project, "-k", "wrong and adjoint", "--gradproof-corpus=none")
    outcome.assert_outcomes(failed=1)
    assert [*(project.path / "gradproof-corpus").iterdir(), *project.path.glob("none")] == []


@pytest.mark.long
def test_failed_items_are_run_again_and_the_first_ends_a_run(project: pytest.Pytester) -> None:
    """``--lf`` and ``-x`` see items like any other."""
    first = project.runpytest_inprocess("--gradproof-budget=20ms", "-k", SOME, "-W", "ignore")
    first.assert_outcomes(passed=4, failed=2, deselected=2 * len(WITNESSES) - 6)
    again = project.runpytest_inprocess("--gradproof-budget=20ms", "--lf", "-x", "-W", "ignore")
    again.assert_outcomes(failed=1)


@pytest.mark.long
def test_the_fixture_fails_with_the_story(project: pytest.Pytester) -> None:
    """``verify_layer`` is for those who prefer a function."""
    project.makepyfile(
        test_layers="""
from checks.selftest.api.layers import RIGHT, WRONG

def test_right(verify_layer):
    assert verify_layer(RIGHT, like="conv2d").cases >= 20

def test_wrong(verify_layer):
    verify_layer(WRONG, like="conv2d")
"""
    )
    outcome = run(project)
    outcome.assert_outcomes(passed=1, failed=1)
    assert "forward as conv: WRONG by reference" in outcome.stdout.str()


def test_hypothesis_calls_tests_with_the_fixture(project: pytest.Pytester) -> None:
    """Each call examines a layer, and what fails one fails the test."""
    project.makepyfile(
        test_layers='''
from hypothesis import given, settings, strategies as st
from reference_impl import relu_backward, relu_forward

CASE = """relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; dtype="float64", data="integers", span=9, unit=1, seed=1)"""
ASKED = {"laws": ["reference"], "cases": [CASE]}

@settings(max_examples=2, database=None)
@given(st.integers(1, 2))
def test_right(verify_layer, _):
    verify_layer((relu_forward, relu_backward), like="relu", **ASKED)

@settings(max_examples=2, database=None)
@given(number=st.integers(1, 2))
def test_misspelt(number, verify_layer):
    verify_layer((relu_forward, relu_backward), like="relu" if number == 1 else "relo", **ASKED)
'''
    )
    outcome = run(project)
    outcome.assert_outcomes(passed=1, failed=1)
    assert "UsageError: like='relo' is no family" in outcome.stdout.str()
    outcome.stdout.fnmatch_lines(["*test_layers.py::test_right: relu_forward as relu, none of 2 wrong; *"])


def test_a_question_that_is_not_understood_fails_with_its_message_alone(project: pytest.Pytester) -> None:
    """No line of gradproof's own code is shown."""
    project.makepyfile(
        test_fixture="""
from checks.selftest.api.layers import RIGHT

def test_misspelt(verify_layer):
    verify_layer(RIGHT, like="conf2d")

def test_misspelt_name(verify_layer):
    verify_layer(RIGHT, like="conv2d", budjet="1ms")
"""
    )
    outcome = run(project, "test_fixture.py")
    outcome.assert_outcomes(failed=2)
    shown = outcome.stdout.str().partition("= FAILURES =")[2]
    assert "UsageError: like='conf2d' is no family; the nearest are: conv" in shown
    assert "UsageError: examine has no argument 'budjet' (did you mean budget" in shown
    assert "checks/" not in shown.partition("short test summary")[0]


def test_a_law_with_nothing_to_say_is_skipped_in_sight(project: pytest.Pytester) -> None:
    """A pass without a comparison would be a lie."""
    outcome = run(project, "-k", "right and channels", "-rs")
    outcome.assert_outcomes(skipped=1, deselected=2 * len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["SKIPPED*this law has nothing to say about this family*"])


def test_runs_that_do_not_ask_for_it_are_left_alone(pytester: pytest.Pytester) -> None:
    """No option, no header, no summary."""
    pytester.makepyfile("def test_nothing(): pass")
    outcome = pytester.runpytest_subprocess()
    assert "gradproof" not in outcome.stdout.str()


def test_loading_the_plugin_loads_nothing_heavy() -> None:
    """Not even NumPy or Hypothesis."""
    command = "import sys, checks.plugin; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", command], cwd=ROOT, capture_output=True, text=True, check=True)
    assert not {"numpy", "torch", "jax", "hypothesis"} & set(loaded.stdout.split())


def test_without_a_family_there_are_no_items_for_second_sources() -> None:
    """Reference, textbook and torch need one, and so do digests of what they gave."""
    second_sources = {"reference", "textbook", "torch", "golden digests"}
    assert set(laws(claimed=True)) - set(laws(claimed=False)) == second_sources


@pytest.mark.long
def test_a_layer_that_ends_its_process_fails_its_items_and_nothing_else(project: pytest.Pytester) -> None:
    """With ``isolate`` the items share a process of the layer's own; other tests go on."""
    project.makepyfile(
        test_deadly="""
import ctypes

from checks import layer_tests
from reference_impl import relu_backward, relu_forward


def deadly(dy, saved):
    return ctypes.string_at(0) if dy.size > 1 else relu_backward(dy, saved)


test_deadly = layer_tests((relu_forward, deadly), like="relu", isolate=True)
test_right = layer_tests((relu_forward, relu_backward), like="relu", isolate=True)
"""
    )
    outcome = run(project, "test_deadly.py", "-k", "adjoint or unchanged")
    outcome.assert_outcomes(passed=2, failed=2, deselected=2 * len(WITNESSES) - 4)
    assert "killed by SIGSEGV (a crash in compiled code); in backward" in outcome.stdout.str()


PLAIN = """
import numpy as np
from checks import verify
from reference_impl import relu_forward


def test_relu():
    verify((relu_forward, lambda dy, saved: dy), like="relu", budget="1ms", laws=["reference"])
"""


def test_a_plain_test_that_verifies_ends_at_its_own_line(project: pytest.Pytester) -> None:
    """The traceback shows nothing of gradproof's frames."""
    project.makepyfile(test_layers=PLAIN)
    told = run(project).stdout.str()
    assert "test_layers.py:7: GradientError" in told
    assert "api.py" not in told
