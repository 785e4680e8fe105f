"""README is true: its example runs, the mistake that it plants is found as it says, the folders that it names exist."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from checks import api, conv_cases
from checks.report.listing import laws
from checks.selftest.house import ROOT
from checks.selftest.house.files import text
from checks.selftest.main_job.shell import gradproof
from reference_impl import conv_forward


def blocks(language: str) -> list[str]:
    """The fenced blocks of README in a language."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text("README.md"), re.MULTILINE | re.DOTALL)


def known(mark: str) -> str:
    """The one Python block of README in which this stands."""
    (block,) = [block for block in blocks("python") if mark in block]
    return block


def test_the_example_of_the_layers_runs() -> None:
    """The last Python block is a program that prints the shapes of the gradients."""
    run = subprocess.run(
        [sys.executable, "-c", blocks("python")[-1]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert run.stdout == "(2, 3, 8, 8) (4, 3, 3, 3) (4,)\n"


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_the_planted_mistake_is_found_as_it_is_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The block with a planted mistake, saved and examined with the command of README, gives the finding of README."""
    (tmp_path / "forgot.py").write_text(known("conv = numpy_pair("), encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(ROOT) + os.pathsep + os.environ.get("PYTHONPATH", ""))
    (line,) = re.findall(r"`gradproof (check .*--subject forgot:conv.*)`", text("README.md"))
    said = gradproof(*line.split(), cwd=tmp_path)
    assert said.code == 1
    (shown,) = [block for block in blocks("text") if "forgot:conv" in block]
    assert shown in said.out


@pytest.mark.long
def test_the_example_of_your_own_layer_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It examines a module and verifies a pair of functions; both are right in any time."""
    monkeypatch.setattr(api, "seconds", lambda _: 0.001)
    exec(compile(known("verify((forward"), "README.md", "exec"), {"__name__": "readme"})  # noqa: S102 - our own source
    assert capsys.readouterr().out.startswith("False ")


def test_the_example_of_a_property_test_runs() -> None:
    """A drawn case is taken apart as README says, with a layer of one's own in place."""
    block = known("@given")
    names: dict[str, Any] = {
        "given": given,
        "conv_cases": conv_cases,
        "my_conv": lambda *args, **words: conv_forward(*args, **words)[0],
    }
    exec(compile(block, "<README>", "exec"), names)  # noqa: S102 - our own source
    names["test_y_has_the_shape_of_dy"]()


def test_the_folders_of_tests_are_all_in_the_table() -> None:
    """A newcomer finds every folder of tests, and no folder that is gone."""
    table = text("README.md").partition("## The tests")[2]
    named = set(re.findall(r"(\w+)/`", table))
    there = {path.parent.name for path in (ROOT / "checks" / "selftest").glob("*/__init__.py")} | {"suite"}
    assert named == there


def test_every_room_that_is_drawn_exists() -> None:
    """Each name in the picture of the rooms is a module or a folder of checks."""
    (picture,) = [block for block in blocks("text") if block.startswith("reference_impl/")]
    names = re.findall(r"^  ((?:[a-z_]+/? )+) ", picture, re.MULTILINE)
    rooms = [name.rstrip("/") for line in names for name in line.split()]
    assert rooms
    for room in rooms:
        assert (ROOT / "checks" / room).is_dir() or (ROOT / "checks" / f"{room}.py").is_file(), room


def test_the_table_of_laws_is_what_gradproof_list_says() -> None:
    """A newcomer finds every law, in the words of its witness, and no law that is gone."""
    table = text("README.md").partition("## The laws\n")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `([^`]+)` \| (.*) \| (.*) \|$", table, re.MULTILINE)
    assert rows == list(laws())


def test_the_table_of_arguments_is_what_examine_takes() -> None:
    """Every argument of ``examine`` but the layer stands in the table, in its order."""
    table = text("README.md").partition("| argument |")[2].partition("\n\n")[0]
    named = [name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])]
    assert named == list(inspect.signature(api.examine).parameters)[1:]
