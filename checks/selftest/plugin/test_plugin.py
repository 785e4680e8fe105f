"""One statement, one item for each law: selected, distributed, remembered and reported as pytest does with any item."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
from xml.etree import ElementTree as ET

import pytest
import torch  # noqa: F401 - what is loaded in a run within this process is forgotten, and PyTorch cannot be loaded twice

from checks import drawn, examine
from checks.examination import WITNESSES
from checks.families import family
from checks.pytest_items import laws
from checks.pytest_summary import lines
from checks.report.figures import figures
from checks.selftest.house import ROOT
from reference_impl import relu_backward, relu_forward

pytest_plugins = ["pytester"]

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


def test_header_and_summary_say_what_was_run(project: pytest.Pytester) -> None:
    """Versions, seed, profile, device; counts, blind counts, the margin."""
    outcome = run(project, "-k", SOME, "--gradproof-seed=5")
    outcome.stdout.re_match_lines([r"gradproof: gradproof .*numpy \d.*torch \d.*; seed 5, profile \w+, device cpu"])
    counts = r"[\d,]+ numbers compared, [\d,]+ blind( \(mostly: .+\))?; closest to its bound: \w+"
    outcome.stdout.re_match_lines(
        [rf"test_layers.py::test_right: forward as conv, none of 3 wrong; {counts}, [\d.]+% of what rounding may do"]
    )
    outcome.stdout.re_match_lines(
        [rf"test_layers.py::test_wrong: .* 2 of 3 wrong; {counts}, beyond what rounding may do"]
    )


def test_the_summary_says_why_most_of_the_blind_elements_are() -> None:
    """The reason of the law that left out most."""
    large = family("relu").case_of({"x": (1, 1, 300, 300)}, {"at_zero": 0.0}, "float64", "integers", 1)
    found = figures(examine((relu_forward, relu_backward), "relu", cases=[large], laws=["reference", "layout"]))
    assert sum(found["reasons"].values()) == found["blind"] > 0
    (line,) = lines([("test_relu[2-0]", {"test": "test_relu[2-0]", **found})])
    assert "; closest to its bound: reference, 0.0% of what rounding may do" in line
    assert f" blind (mostly: {max(found['reasons'], key=found['reasons'].get)}); closest" in line


def test_the_summary_has_a_line_for_each_layer_of_a_parametrized_test() -> None:
    """With the ids of its tests: what is wrong stands beside the layer that is wrong."""
    right = figures(examine((relu_forward, relu_backward), "relu", budget="1ms", laws=["reference"]))
    other, wrong = ({**right, "subject": "other", "wrong": bad} for bad in ([], right["sentences"] or ["reference"]))
    tests = {"all[one]": right, "all[two]": other, "all[three]": wrong}
    tests |= {f"each[{number}]": right for number in range(7)}
    said = list(lines([(name, {"test": f"a[b].py::test_{name}", **figures}) for name, figures in tests.items()]))
    assert [line.partition(";")[0] for line in said if line.startswith("a[b].py::test_")] == [
        f"a[b].py::test_all[one]: {right['subject']} as relu, none of 1 wrong",
        "a[b].py::test_all[two, three]: other as relu, 1 of 2 wrong",
        f"a[b].py::test_each[0, 1, 2, 3, 4, 2 others]: {right['subject']} as relu, none of 7 wrong",
    ]


@pytest.mark.parametrize("place", ["nowhere/found.json", "."])
def test_a_report_that_cannot_be_written_is_told_before_any_test_runs(project: pytest.Pytester, place: str) -> None:
    """What was found would be lost."""
    outcome = run(project, f"--gradproof-report={place}")
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([f"*--gradproof-report {place} *; expected a file*"])


def test_a_report_for_which_there_is_no_room_in_the_end_is_told_below_what_was_found(
    project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk has filled during the run, whose exit code stays what it was."""

    def fsync(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fsync)
    project.makepyfile(test_layers=QUICKER)
    outcome = run(project, "-k", "reference", "--gradproof-report=found.json")
    outcome.assert_outcomes(passed=1, failed=1, deselected=2 * len(WITNESSES) - 2)
    assert outcome.ret == pytest.ExitCode.TESTS_FAILED
    reason = f"--gradproof-report found.json cannot be written ({os.strerror(errno.ENOSPC)})"
    told = f"{reason}, and so only what is told above is known; free some room*"
    outcome.stdout.fnmatch_lines(["*test_wrong: *", told])
    assert not list(project.path.glob("*found.json*"))


def test_it_works_over_processes_and_writes_reports(project: pytest.Pytester) -> None:
    """With xdist, figures come back for the summary, the JSON report and JUnit XML."""
    pytest.importorskip("xdist")
    project.makepyfile(test_layers=QUICKER)
    outcome = run_afresh(project, "-k", SOME, "-n2", "--gradproof-report=found.json", "--junitxml=found.xml")
    outcome.assert_outcomes(passed=4, failed=2)
    report = json.loads((project.path / "found.json").read_text())
    assert report["schema"] == 1
    assert {item["item"] for item in report["items"] if item["wrong"]} == {
        "test_layers.py::test_wrong[reference]",
        "test_layers.py::test_wrong[adjoint]",
    }
    (broken, *_), *_ = [item["findings"] for item in report["items"] if item["wrong"]]
    assert broken.keys() >= {"law", "case", "verdict", "diagnosis", "replay", "script"}
    assert broken["script"].startswith("import numpy as np")
    cases = ET.parse(project.path / "found.xml").findall(".//testcase")  # noqa: S314 - our own file
    assert sum(case.find("failure") is not None for case in cases) == 2


def test_no_corpus_is_none_as_on_the_command_line(project: pytest.Pytester) -> None:
    """Where there is a folder, too: it is neither replayed nor added to."""
    (project.path / "gradproof-corpus").mkdir()
    project.makepyfile(test_layers=QUICKER)
    outcome = run(project, "-k", "wrong and adjoint", "--gradproof-corpus=none")
    outcome.assert_outcomes(failed=1)
    assert [*(project.path / "gradproof-corpus").iterdir(), *project.path.glob("none")] == []


def test_failed_items_are_run_again_and_the_first_ends_a_run(project: pytest.Pytester) -> None:
    """``--lf`` and ``-x`` see items like any other."""
    first = project.runpytest_inprocess("--gradproof-budget=20ms", "-k", SOME, "-W", "ignore")
    first.assert_outcomes(passed=4, failed=2, deselected=2 * len(WITNESSES) - 6)
    again = project.runpytest_inprocess("--gradproof-budget=20ms", "--lf", "-x", "-W", "ignore")
    again.assert_outcomes(failed=1)


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


def test_a_layer_that_cannot_be_moved_is_said_to_have_stayed(project: pytest.Pytester) -> None:
    """No one shall think that a NumPy layer was examined on a GPU."""
    outcome = run(project, "-k", "test_right and adjoint", "--gradproof-device", "cuda")
    outcome.assert_outcomes(passed=1, deselected=2 * len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["forward stayed on the cpu: --gradproof-device cuda moves PyTorch's layers"])


@pytest.mark.parametrize("name", ["nosuch", "cuda:x", ""])
def test_a_device_of_which_pytorch_never_heard_is_misuse_before_any_test(project: pytest.Pytester, name: str) -> None:
    """Also where all layers are NumPy's, which would not be moved there."""
    outcome = run(project, f"--gradproof-device={name}", "-k", "test_right and adjoint")
    assert outcome.ret == pytest.ExitCode.USAGE_ERROR
    outcome.stderr.fnmatch_lines([f"*--gradproof-device={name} is no device: *expected one of PyTorch's, such as cpu*"])


def test_a_law_with_nothing_to_say_is_skipped_in_sight(project: pytest.Pytester) -> None:
    """A pass without a comparison would be a lie."""
    outcome = run(project, "-k", "right and channels", "-rs")
    outcome.assert_outcomes(skipped=1, deselected=2 * len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["SKIPPED*this law has nothing to say about this family*"])


def test_a_device_that_is_not_there_is_misuse(project: pytest.Pytester) -> None:
    """Not a wrong layer."""
    project.makepyfile(
        test_layers="import torch\nfrom checks import layer_tests\ntest_it = layer_tests(torch.relu, like='relu')\n"
    )
    outcome = run(project, "--gradproof-device=vulkan", "-k", "adjoint")
    outcome.assert_outcomes(failed=1, deselected=len(WITNESSES) - 1)
    assert "device='vulkan' cannot be used" in outcome.stdout.str()


def test_a_layer_that_needs_a_device_is_skipped_in_sight_where_there_is_none(project: pytest.Pytester) -> None:
    """``supports={"device": ...}`` is what the layer itself says."""
    project.makepyfile(
        test_layers="import torch\nfrom checks import layer_tests\n"
        "test_it = layer_tests(torch.relu, like='relu', supports={'device': 'vulkan'})\n"
    )
    outcome = run(project, "-k", "adjoint", "-rs")
    outcome.assert_outcomes(skipped=1, deselected=len(WITNESSES) - 1)
    outcome.stdout.fnmatch_lines(["SKIPPED*device='vulkan' cannot be used*"])


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


MOVED = """
import torch

def test_moved(verify_layer):
    assert verify_layer(torch.nn.ReLU(), like="relu", budget="1ms", laws=["reference"]).subject.device == "cpu:0"

def test_said(verify_layer):
    found = verify_layer(torch.nn.ReLU(), "relu", budget="1ms", laws=["reference"], supports={"device": "cpu"})
    assert found.subject.device == "cpu"
"""


def test_the_fixture_moves_a_layer_of_pytorch_to_the_device_of_the_command_line(project: pytest.Pytester) -> None:
    """Unless the call says where it computes."""
    project.makepyfile(test_layers=MOVED)
    run(project, "--gradproof-device=cpu:0").assert_outcomes(passed=2)
