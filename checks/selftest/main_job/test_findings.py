"""What is said of a wrong layer is the whole story, and its replay command reproduces it."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from checks.case import parse
from checks.report.as_json import SCHEMA
from checks.selftest.brief import shrinking
from checks.selftest.main_job.planted import HERE
from checks.selftest.main_job.shell import Said, gradproof

#: A small layer with two samples and taps in both directions.
LAYER = "U-Net conv 1 -> 64"
RUN = ("check", "--family", "conv", "--layer", LAYER, "--jobs", "1")


@pytest.fixture(scope="module")
def flipped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Said, Path]:
    """A run on a convolution whose dweight is mirrored, and its JSON file."""
    path = tmp_path_factory.mktemp("run") / "run.json"
    with shrinking():
        return gradproof(*RUN, "--subject", f"{HERE}:flipped", "--json", str(path)), path


def test_a_wrong_layer_ends_with_1_and_names_the_mistake(flipped: tuple[Said, Path]) -> None:
    """Law, family, shrunk case, gradient, element, got, want, bound and the count of wrong elements are printed."""
    said, _ = flipped
    assert said.code == 1
    story = said.out[said.out.index("WRONG  dweight of conv") :]
    for word in ("laws     reference, textbook, torch", "element  dweight[", "got ", "want ", "bound ", "elements"):
        assert word in story
    assert said.out.splitlines()[-1].startswith("WRONG: 1 of 1 layer")


def test_the_case_is_shrunk_to_the_plainest_that_is_wrong(flipped: tuple[Said, Path]) -> None:
    """Mirroring needs two taps: the plainest case has one of everything else."""
    (row,) = json.loads(flipped[1].read_text(encoding="utf-8"))["rows"]
    (found,) = [found for found in row["findings"] if found["law"] == "reference"]
    assert parse(found["case"]).shapes == {"x": (1, 1, 2), "weight": (1, 1, 2), "dy": (1, 1, 1)}


def test_the_replay_command_reproduces_the_finding(flipped: tuple[Said, Path]) -> None:
    """The printed line, run as it stands, ends with 1 and shows the same element wrong."""
    line = next(line for line in flipped[0].out.splitlines() if line.startswith("  replay"))
    program, *arguments = shlex.split(line.removeprefix("  replay"))
    said = gradproof(*arguments)
    assert (program, said.code) == ("gradproof", 1)
    assert "dweight[0,0,0]" in said.out
    assert said.out.splitlines()[-1].startswith("WRONG")


def test_the_file_holds_what_the_table_shows(flipped: tuple[Said, Path]) -> None:
    """Schema, scope, and for each row the verdict of each law with its worst element; strict JSON."""
    content = json.loads(flipped[1].read_text(encoding="utf-8"), parse_constant=pytest.fail)
    assert {name: content[name] for name in ("schema", "status", "interrupted", "layers", "finished")} == {
        "schema": SCHEMA,
        "status": "wrong",
        "interrupted": False,
        "layers": 1,
        "finished": 1,
    }
    (row,) = content["rows"]
    assert (row["title"], row["family"], row["cases"]) == (LAYER, "conv", row["planned"])
    law = row["laws"]["reference"]
    assert law["wrong"] > 0
    assert law["worst"]["worst"]["got"] != law["worst"]["worst"]["want"]
    assert all(found["replay"].startswith("gradproof replay ") for found in row["findings"])


def test_no_half_written_file_is_left(flipped: tuple[Said, Path]) -> None:
    """The file is moved into place whole; nothing else stays in its folder."""
    assert [path.name for path in flipped[1].parent.iterdir()] == ["run.json"]


DEATHS = {
    "killed": "the process was killed by SIGKILL",
    "leaving": "SystemExit: 3",
    "raising": "backward raised IndexError: beyond the end",
}


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(("name", "why"), DEATHS.items(), ids=DEATHS)
def test_a_layer_that_dies_or_raises_is_a_finding(name: str, why: str) -> None:
    """The law ``runs`` is broken on a case that is named; the run itself ends as usual."""
    said = gradproof(*RUN, "--subject", f"{HERE}:{name}")
    assert (said.code, said.err) == (1, "")
    assert "laws     runs" in said.out
    assert why in said.out
    assert "replay   gradproof replay" in said.out


@pytest.mark.long
def test_what_depends_on_earlier_calls_is_told_as_that() -> None:
    """A finding of the main job is judged once more in a new process; no cause is looked for in the numbers."""
    said = gradproof(*RUN, "--subject", f"{HERE}:stale")
    assert said.code == 1
    paragraph = next(each for each in said.out.split("\n\n") if "laws     reference" in each)
    assert "alone    in a new process this case is right as a first call" in paragraph
    assert "looks    " not in paragraph


@pytest.mark.long
def test_one_row_that_dies_leaves_the_others_alone() -> None:
    """U-Net's first layer runs a batch of two and dies; the batch of one on its way up is examined to the end."""
    said = gradproof("check", "--family", "conv", "--layer", "U-Net", "--subject", f"{HERE}:killed", "--jobs", "2")
    assert said.code == 1
    assert f"{LAYER}: wrong" in said.out
    assert "U-Net up conv 128 -> 64: right, 4 cases" in said.out


def test_rows_that_share_a_process_are_all_examined() -> None:
    """What a family has learned there of one row, at its published size too, stays there."""
    said = gradproof("check", "--layer", "LeNet-5", "--corpus", "none", "--jobs", "1")
    assert said.out.splitlines()[-1].startswith("RIGHT: 6 layers"), said.out
