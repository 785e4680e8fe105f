"""What a run says of itself: its header, its summary, its reports, over processes too."""

from __future__ import annotations

import errno
import json
import os
from xml.etree import ElementTree as ET

import pytest
import torch  # noqa: F401 - what is loaded in a run within this process is forgotten, and PyTorch cannot be loaded twice

from checks import examine
from checks.examination import WITNESSES
from checks.families import family
from checks.pytest_summary import lines
from checks.report.figures import figures
from checks.selftest.plugin.projects import QUICKER, SOME, project, run, run_afresh
from reference_impl import relu_backward, relu_forward

__all__ = ["project"]

pytest_plugins = ["pytester"]


def test_header_and_summary_say_what_was_run(project: pytest.Pytester) -> None:
    """Versions, seed, profile, device; counts, blind counts, the margin."""
    outcome = run(project, "-k", SOME, "--gradproof-seed=5")
    outcome.stdout.re_match_lines([r"gradproof \d.*: numpy \d.*torch \d.*; seed 5, profile \w+, device cpu"])
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
