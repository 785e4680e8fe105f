"""``gradproof check MODULE:LAYER``: anyone's layer by its name."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from checks.commands.said import limits_said
from checks.commands.targets import guessed
from checks.networks import REAL_LAYERS
from checks.selftest.main_job.shell import gradproof
from checks.selftest.main_job.targets import LAYERS
from checks.target import containing

RAISING = """
def no(x):
    raise ValueError("boom")

def broken(x):
    raise KeyError("k")

no, broken = (no, lambda dy, x: dy), (broken, lambda dy, x: dy)
"""


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_a_right_layer_ends_with_0_and_a_wrong_one_with_1(folder: Path) -> None:
    """Its name says what it is like, or --like does; the story is that of verify."""
    said = gradproof("check", "somebodys_layers:relu", "--budget", "1ms", cwd=folder)
    assert said.code == 0
    assert said.out.startswith("somebodys_layers:relu as relu: right by every law")
    said = gradproof("check", "somebodys_layers:MyLayer", "--like", "relu", "--budget", "1ms", cwd=folder)
    assert said.code == 1
    assert said.out.startswith("somebodys_layers:MyLayer as relu: WRONG by reference")
    assert "  script   import numpy as np" in said.out


def test_a_layer_that_takes_no_case_has_not_been_shown_right(folder: Path) -> None:
    """Whatever it raises, the command ends with 1 and shows it; the other targets are examined all the same."""
    (folder / "raising.py").write_text(RAISING, encoding="utf-8")
    options = ["--like", "relu", "--budget", "1ms", "--json", "run.json"]
    said = gradproof("check", "raising:no", "somebodys_layers:relu", *options, cwd=folder)
    assert said.code == 1
    first, second, *_ = said.out.splitlines()
    assert first.startswith("raising:no: BLIND: no has not been shown right: it turned down all of ")
    assert "ValueError: boom" in first
    assert second.startswith("somebodys_layers:relu as relu: right by every law")
    document = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert (document["status"], [row["status"] for row in document["rows"]]) == ("blind", ["blind", "right"])
    assert said.out.splitlines()[-1] == "2 targets: 1 right; 1 NOT SHOWN RIGHT: raising:no"
    said = gradproof("check", "raising:broken", *options, cwd=folder)
    assert (said.code, "KeyError: 'k'" in said.out) == (1, True)


@pytest.mark.long
def test_the_last_line_counts_several_targets_and_the_error_stream_tells_of_each(folder: Path) -> None:
    """A log that is read later ends with what is wrong; who waits sees that the run goes on."""
    names = ["somebodys_layers:relu", "somebodys_layers:MyLayer"]
    said = gradproof("check", *names, "--like", "relu", "--budget", "1ms", cwd=folder)
    assert said.out.splitlines()[-1] == "2 targets: 1 right; 1 WRONG: somebodys_layers:MyLayer"
    first, second = said.err.splitlines()
    assert first.startswith("[1/2] somebodys_layers:relu as relu: right by every law")
    assert second.startswith("[2/2] somebodys_layers:MyLayer as relu: WRONG by reference")
    alone = gradproof("check", names[0], "--budget", "1ms", cwd=folder)
    assert ("target" in alone.out, alone.err) == (False, "")


@pytest.mark.long
def test_what_a_story_says_to_replay_can_be_pasted_into_a_shell(folder: Path) -> None:
    """With what was said of the layer; the same laws break."""
    said = gradproof(
        "check", "somebodys_layers:MyLayer", "--like", "relu", "--budget", "1ms", "--supports", "axes=1", cwd=folder
    )
    line = next(line for line in said.out.splitlines() if line.startswith("  replay"))
    program, *arguments = shlex.split(line.removeprefix("  replay"))
    assert (program, arguments[2:]) == ("gradproof", ["--subject", "somebodys_layers:MyLayer", "--supports", "axes=1"])
    again = gradproof(*arguments, cwd=folder)
    assert again.code == 1
    assert again.out.splitlines()[-1].startswith("WRONG")


@pytest.mark.long
@pytest.mark.sweep("examples of a target", 3)
@pytest.mark.parametrize("examples", ["examples", "named", "drawn"])
def test_a_layer_like_no_family_is_examined_on_examples_and_replayed(dense: Path, examples: str) -> None:
    """A tuple, what a function gives, a strategy; what the story says to replay can be pasted into a shell."""
    options = ["--inputs", f"dense:{examples}", "--budget", "1ms"]
    assert gradproof("check", "dense:dense", *options, cwd=dense).code == 0
    said = gradproof("check", "dense:wrong", *options, cwd=dense)
    assert said.code == 1
    assert "WRONG  dw of unclaimed" in said.out
    line = next(line for line in said.out.splitlines() if line.startswith("  replay"))
    again = gradproof(*shlex.split(line)[2:], cwd=dense)
    assert (again.code, again.out.splitlines()[-1].partition(":")[0]) == (1, "WRONG")
    alone = gradproof("replay", shlex.split(line)[3], "--subject", "dense:wrong", cwd=dense)
    assert (alone.code, "--inputs MODULE:EXAMPLES beside it" in alone.err) == (2, True)


@pytest.mark.long
def test_what_a_backward_shows_in_its_own_process_is_said_too(dense: Path) -> None:
    """That nobody looks at a gradient beyond those of the arguments."""
    said = gradproof("check", "dense:surplus", "--inputs", "dense:examples", "--budget", "1ms", cwd=dense)
    assert "note: the backward gives 3 gradients for 2 arguments: the first are examined" in said.out


def test_a_package_in_the_folder_src_is_found(folder: Path) -> None:
    """As many repositories keep theirs."""
    package = folder / "src" / "somebodys_package"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    (package / "relus.py").write_text(LAYERS, encoding="utf-8")
    said = gradproof("check", "somebodys_package.relus:relu", "--budget", "1ms", cwd=folder)
    assert said.out.startswith("somebodys_package.relus:relu as relu: right by every law")


def test_the_name_of_a_layer_says_what_it_is_like() -> None:
    """As far as a name goes."""
    assert guessed("torch.nn:Conv2d") == "Conv2d"
    assert guessed("torch:nn.functional.max_pool3d") == "max_pool3d"


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("stride=1", ("stride", 1)),
        ("padding=(0,1)", ("padding", (0, 1))),
        ("stride=1,2", ("stride", (1, 2))),
        ("dtype=float32", ("dtype", "float32")),
        ("dtype=float32,float64", ("dtype", ("float32", "float64"))),
        ("layout={'bias': 'O1'}", ("layout", {"bias": "O1"})),
    ],
)
def test_a_limit_is_a_number_a_tuple_or_words(text: str, meant: tuple[str, object]) -> None:
    """What Python reads as a literal is one."""
    assert limits_said([text]) == dict([meant])


def test_json_holds_what_was_told_of_each_target(folder: Path) -> None:
    """With a status for all, a row for each, and the command that replays what was found."""
    said = gradproof(
        "check", "somebodys_layers:MyLayer", "--like", "relu", "--budget", "1ms", "--json", "found.json", cwd=folder
    )
    document = json.loads((folder / "found.json").read_text(encoding="utf-8"))
    (row,) = document["rows"]
    assert (said.code, document["status"], row["title"]) == (1, "wrong", "somebodys_layers:MyLayer")
    assert row["compared"] > 0
    assert {"laws", "findings", "hazards", "corpus", "visited", "not_examined", "no_time_for"} <= row.keys()
    assert all("--subject somebodys_layers:MyLayer" in found["replay"] for found in row["findings"])


def test_a_text_names_the_titles_of_which_a_word_begins_with_it() -> None:
    """MobileNet is no LeNet; what no word begins with may stand anywhere."""
    titled = {title: title for title in ("LeNet-5 C1", "MobileNetV2 stem", "ResNet-50 conv1")}
    asked = {
        "lenet": ["LeNet-5 C1"],
        "mobilenet": ["MobileNetV2 stem"],
        "net": list(titled),
        "50": ["ResNet-50 conv1"],
        "lenet-5 c": ["LeNet-5 C1"],
        "etV2": ["MobileNetV2 stem"],
    }
    assert {text: containing(text, titled) for text in asked} == asked
    assert {row.title.partition(" ")[0] for row in containing("lenet", {row.title: row for row in REAL_LAYERS})} == {
        "LeNet-5"
    }
