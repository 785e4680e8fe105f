"""``gradproof check MODULE:LAYER``: anyone's layer by its name, and what is said where the name is wrong."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest

from checks.commands.targets import examined, guessed, limit
from checks.errors import UsageError
from checks.networks import REAL_LAYERS
from checks.selftest.main_job.shell import gradproof
from checks.target import containing, found

LAYERS = """
import numpy as np

def forward(x):
    return x.clip(0), x

relu = (forward, lambda dy, x: dy * (x > 0))
MyLayer = (forward, lambda dy, x: dy)
"""

RAISING = """
def no(x):
    raise ValueError("boom")

def broken(x):
    raise KeyError("k")

no, broken = (no, lambda dy, x: dy), (broken, lambda dy, x: dy)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with layers of somebody's, in which the command runs."""
    (tmp_path / "somebodys_layers.py").write_text(LAYERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
    said = gradproof("check", "raising:broken", *options, cwd=folder)
    assert (said.code, "KeyError: 'k'" in said.out) == (1, True)


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


def test_what_the_layer_takes_is_said_of_a_layer_alone() -> None:
    """The reference takes everything."""
    said = gradproof("replay", 'relu(x=(1,1,2), dy=(1,1,2); data="distinct", seed=1)', "--supports", "axes=1")
    assert said.code == 2
    assert "--supports is for a subject of yours" in said.err


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("somebodys_layers", "expected MODULE:ATTRIBUTE"),
        ("somebodys_layers:rely", "'rely' does not exist (did you mean relu?)"),
        (
            "somebodys_layer:relu",
            "No module named 'somebodys_layer') (did you mean somebodys_layers?)",
        ),
        (
            "somebodys_layers:MyLayer",
            "does not say what it is like; say it with --like: one of avg_pool, conv",
        ),
        ("somebodys_layers:np", "is the module numpy; expected a layer in it"),
    ],
)
def test_a_wrong_name_lists_near_misses_before_any_work(folder: Path, target: str, words: str) -> None:
    """Of the module, of the attribute, of the family."""
    with pytest.raises(UsageError) as info:
        list(examined([target], "relu" if target.endswith(":np") else "", budget="1ms"))
    assert words in str(info.value)


@pytest.mark.parametrize("target", ["pkg/layers.py:relu", "pkg.layer:relu", "pkh.layers:relu"])
def test_a_module_in_a_folder_is_suggested_with_dots(folder: Path, target: str) -> None:
    """Whether its path was given, or one of its names misspelt."""
    (folder / "pkg").mkdir()
    (folder / "pkg" / "layers.py").write_text(LAYERS, encoding="utf-8")
    (folder / "pkg" / "__init__.py").touch()
    said = gradproof("check", target, "--like", "relu", "--budget", "1ms", cwd=folder)
    meant = "pkg" if target.startswith("pkh") else "pkg.layers"
    assert (said.code, f"(did you mean {meant}?)" in said.err) == (2, True), said.err


DENSE = """
import numpy as np
from hypothesis import strategies as st

def forward(x, w):
    return x @ w, (x, w)

def backward(dy, saved):
    x, w = saved
    return dy @ w.T, x.T @ dy

dense = (forward, backward)
wrong = (forward, lambda dy, saved: (backward(dy, saved)[0], 2 * backward(dy, saved)[1]))
surplus = (forward, lambda dy, saved: (*backward(dy, saved), dy.sum()))
examples = (np.ones((3, 2)), np.arange(8.0).reshape(2, 4))
named = lambda: dict(zip("xw", examples))
drawn = st.integers(1, 4).map(lambda rows: (np.ones((rows, 2)), examples[1]))

def absent():
    raise OSError("no such file")
"""


@pytest.fixture
def dense(folder: Path) -> Path:
    """A folder with a layer like no family, and examples."""
    (folder / "dense.py").write_text(DENSE, encoding="utf-8")
    return folder


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


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--inputs", "dense:absent"], "dense:absent raised OSError: no such file; expected examples"),
        (["--inputs", "dense:exmples"], "did you mean examples?"),
        ([], "or give examples of its arguments, --inputs MODULE:EXAMPLES"),
    ],
)
def test_examples_that_are_not_there_are_misuse(dense: Path, words: list[str], message: str) -> None:
    """Before any work."""
    said = gradproof("check", "dense:dense", *words, cwd=dense)
    assert (said.code, message in said.err) == (2, True), said.err


def test_what_a_backward_shows_in_its_own_process_is_said_too(dense: Path) -> None:
    """That nobody looks at a gradient beyond those of the arguments."""
    said = gradproof("check", "dense:surplus", "--inputs", "dense:examples", "--budget", "1ms", cwd=dense)
    assert "note: the backward gives 3 gradients for 2 arguments: the first are examined" in said.out


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("somebodys_layers:relu", "--like", "relu", "--family", "relu"), "--family is of no use beside MODULE:LAYER"),
        (("somebodys_layers:relu", "--cases", "5"), "--cases is of no use beside MODULE:LAYER"),
        (("--like", "relu"), "--like is of no use without MODULE:LAYER"),
    ],
)
def test_an_option_that_is_of_no_use_is_misuse(folder: Path, words: tuple[str, ...], option: str) -> None:
    """It would be ignored in silence."""
    said = gradproof("check", *words, cwd=folder)
    assert (said.code, option in said.err) == (2, True), said.err


@pytest.mark.parametrize(
    "words",
    [
        ("check", "--budget", "0"),
        ("check", "--time-limit", "0"),
        ("fuzz", "--corpus=found", "--time", "zero"),
        ("fuzz", "--corpus=found", "--time-limit", "0"),
    ],
)
def test_a_time_that_is_none_is_told_by_the_option_that_was_typed(folder: Path, words: tuple[str, ...]) -> None:
    """And by its value."""
    *_, option, value = words
    said = gradproof(*words, "somebodys_layers:relu", "--like", "relu", cwd=folder)
    assert (said.code, f"{option} {value!r} is no time" in said.err) == (2, True), said.err


def test_an_error_inside_a_module_is_not_told_as_if_the_module_were_missing(folder: Path) -> None:
    """But with the file and the line in which it was raised; a file that cannot be read says that itself."""
    (folder / "somebodys_broken.py").write_text("import os\nimport no_such_package\n", encoding="utf-8")
    (folder / "somebodys_text.py").write_text("def\n", encoding="utf-8")
    with pytest.raises(UsageError) as info:
        found("somebodys_broken:relu")
    said = "importing 'somebodys_broken' raised ModuleNotFoundError: No module named 'no_such_package'"
    assert f"{said}, at {folder / 'somebodys_broken.py'}, line 2" in str(info.value)
    with pytest.raises(UsageError, match=r"raised SyntaxError: invalid syntax \(somebodys_text.py, line 1\)$"):
        found("somebodys_text:relu")


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
    [("stride=1", ("stride", 1)), ("padding=(0,1)", ("padding", (0, 1))), ("dtype=float32", ("dtype", "float32"))],
)
def test_a_limit_is_a_number_a_tuple_or_a_word(text: str, meant: tuple[str, object]) -> None:
    """What Python reads as a literal is one."""
    assert limit(text) == meant


def test_a_limit_without_a_value_is_refused() -> None:
    """With the form that was expected."""
    with pytest.raises(UsageError, match="expected NAME=VALUE"):
        limit("stride")


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
