"""What is refused of a layer at a name, before any work, and what the refusal proposes."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.commands.said import limits_said
from checks.commands.targets import examined
from checks.errors import UsageError
from checks.selftest.main_job.shell import gradproof
from checks.selftest.main_job.targets import LAYERS
from checks.target import found


@pytest.mark.parametrize(("option", "value"), [("supports", "axes=1"), ("time-limit", "2s"), ("memory-limit", "2GB")])
def test_what_a_layer_takes_and_may_use_is_said_of_a_layer_alone(option: str, value: str) -> None:
    """The reference takes everything, in this process."""
    said = gradproof("replay", 'relu(x=(1,1,2), dy=(1,1,2); data="distinct", seed=1)', f"--{option}", value)
    assert said.code == 2
    assert f"--{option} is for a subject of yours" in said.err


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
        ("__main__:relu", "__main__ is gradproof itself here; expected a file's name, such as my_layers:relu"),
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


RELU = ("somebodys_layers:relu", "--like", "relu")
CASE = 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; data="distinct", seed=1)'


@pytest.mark.parametrize(
    ("words", "option"),
    [
        (("check", *RELU, "--family", "relu"), "--family is of no use beside MODULE:LAYER"),
        (
            ("check", *RELU, "--family", "rleu"),
            "--family is of no use beside MODULE:LAYER, which --like describes; expected --like relu",
        ),
        (("check", *RELU, "--power"), "expected --family FAMILY --subject MODULE:LAYER --power, or in Python power("),
        (("check", *RELU, "--cases", "5"), "--cases is of no use beside MODULE:LAYER"),
        (("check", *RELU, "--no-isolate", "--time-limit=5s"), "--time-limit is of no use beside --no-isolate"),
        (("check", "--like", "relu"), "--like is of no use without MODULE:LAYER"),
        (("check", "--family", "relu", "--budget", "5s"), "--budget is of no use without MODULE:LAYER"),
        (("check", "--family", "relu", "--no-isolate"), "--no-isolate is of no use without MODULE:LAYER"),
        (("check", "--family", "relu", "--memory-limit=1GB"), "--memory-limit is of no use without MODULE:LAYER"),
        (("fuzz", *RELU, "--family", "relu"), "--family is of no use beside MODULE:LAYER"),
        (("fuzz", "--supports", "axes=1"), "--supports is of no use without MODULE:LAYER"),
        (("record", *RELU, "--family", "relu"), "--family is of no use beside a CASE or MODULE:LAYER"),
        (("record", "--budget", "5s"), "--budget is of no use without MODULE:LAYER"),
        (("replay", CASE, "--inputs", "somebodys_layers:relu"), "--inputs is of no use on a case of relu"),
    ],
)
def test_an_option_that_is_of_no_use_is_misuse(folder: Path, words: tuple[str, ...], option: str) -> None:
    """It would be ignored in silence."""
    said = gradproof(*words, cwd=folder)
    assert (said.code, option in said.err) == (2, True), said.err


def test_a_case_without_spatial_axes_is_misuse_where_a_layer_of_ones_own_is_asked(folder: Path) -> None:
    """What is expected is said of the case: nobody has said what the layer takes."""
    case = 'relu(x=(1,1), dy=(1,1); at_zero=0.0; data="distinct", seed=1)'
    said = gradproof("replay", case, "--subject", "somebodys_layers:relu", cwd=folder)
    assert (said.code, "x=(1, 1) has no spatial axis; expected (N, C, *size)" in said.err) == (2, True), said.err


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


def test_a_limit_without_a_value_is_refused() -> None:
    """With the form that was expected."""
    with pytest.raises(UsageError, match="expected NAME=VALUE"):
        limits_said(["stride"])


def test_a_limit_that_is_said_twice_is_refused_with_the_way_to_say_both() -> None:
    """The last one would win in silence."""
    with pytest.raises(UsageError, match=r"says stride 2 times; .* --supports stride=1,2$"):
        limits_said(["stride=1", "padding=0", "stride=2"])


@pytest.mark.parametrize(("name", "says_so"), [("lay", True), ("sub.lay", False)])
def test_a_module_that_reaches_above_the_folder_says_from_where_its_package_is_seen(
    tmp_path: Path, name: str, says_so: bool
) -> None:
    """Whether the folders say that they are packages, or the next attempt says it again."""
    inner = tmp_path / "pack" / "sub"
    inner.mkdir(parents=True)
    if says_so:
        (inner / "__init__.py").touch()
        (inner.parent / "__init__.py").touch()
    (inner.parent / "core.py").touch()
    (inner / "lay.py").write_text("from ..core import x", encoding="utf-8")
    said = gradproof("check", f"{name}:relu", "--like", "relu", cwd=inner if says_so else inner.parent)
    assert said.code == 2
    assert f"is seen from the folder above it: in {tmp_path}, pack.sub.lay:relu" in " ".join(said.err.split())
