"""0 right, 1 wrong, 2 misuse with a message that helps."""

from __future__ import annotations

from pathlib import Path

import pytest

from checks.examination import WITNESSES
from checks.selftest.main_job.planted import HERE
from checks.selftest.main_job.shell import gradproof

CASE = 'relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; dtype="float64", data="distinct", span=3, unit=4, seed=1)'
POOL = 'max_pool(x=(1,1,3), dy=(1,1,1); kernel_size=5; dtype="float64", data="distinct", span=3, unit=4, seed=1)'

MISUSE = {
    "unknown family": (["check", "--family", "con"], "family 'con' is unknown (did you mean conv?)"),
    "unknown layer": (["check", "--layer", "resnt"], "layer 'resnt' stands in no title (did you mean ResNet-50"),
    "unknown bench layer": (["bench", "--layer", "resnt"], "layer 'resnt' stands in no title (did you mean ResNet-50"),
    "unknown option": (["check", "--sed", "1"], "--seed"),
    "no colon": (["check", "--subject", "planted"], "expected MODULE:ATTRIBUTE, such as my_layers:conv"),
    "no module": (["check", "--subject", "no_such:conv"], "module 'no_such' cannot be imported"),
    "no attribute": (["check", "--subject", f"{HERE}:fliped"], "'fliped' does not exist (did you mean flipped"),
    "no subject": (["check", "--family", "relu", "--subject", f"{HERE}:number"], "is no layer that can be recognised"),
    "subject without family": (["check", "--subject", f"{HERE}:flipped"], "expected exactly one --family"),
    "no case": (["replay", "relu"], "'relu' is not a case: it has no parentheses; expected 'family("),
    "unknown family in a case": (["replay", CASE.replace("relu", "rellu")], "'rellu'"),
    "no keyword of the layer": (["replay", POOL.replace("kernel_size=5", "kernel_sise=2")], "is no valid layer"),
    "no valid layer": (["replay", POOL], "is no valid layer"),
    "dy that does not fit": (["replay", CASE.replace("dy=(1,1,2)", "dy=(1,1,3)")], "dy=(1, 1, 3)"),
    "folder for json": (["check", "--json", "."], "is a folder; expected a file to write"),
    "missing folder for json": (["check", "--json", "no/such/folder/run.json"], "cannot be written"),
}


@pytest.mark.long(keep=6)
@pytest.mark.parametrize(("arguments", "message"), MISUSE.values(), ids=MISUSE)
def test_misuse_ends_with_2_and_a_message_that_helps(arguments: list[str], message: str) -> None:
    """The message shows the value and what was expected, before any work and without a traceback."""
    said = gradproof(*arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert "Traceback" not in said.err


def test_a_right_layer_ends_with_0_and_the_table() -> None:
    """A short run prints a row for each layer, the legend and the conclusion."""
    said = gradproof("check", "--family", "relu", "--layer", "features.1")
    assert (said.code, said.err) == (0, "")
    assert "VGG-16 features.1" in said.out
    assert "ref = reference" in said.out
    assert said.out.splitlines()[-1].startswith("RIGHT: 1 layer, 4 cases")


@pytest.mark.long
def test_the_table_fits_140_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no terminal says how wide it is, no row of the table is wider than 140 columns."""
    monkeypatch.delenv("COLUMNS", raising=False)
    lines = gradproof("check", "--family", "relu", "--cases", "1").out.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("layer"))
    assert max(map(len, lines[start : start + 6])) <= 140


def test_a_case_replays_right() -> None:
    """Replaying one case prints every law and ends with 0."""
    said = gradproof("replay", CASE)
    assert said.code == 0
    assert all(law in said.out for law in ("reference", "textbook", "torch", "finite differences", "adjoint"))
    assert said.out.splitlines()[-1].startswith("RIGHT")


def test_the_list_names_families_laws_and_needs() -> None:
    """Every family and every law stands in the list."""
    said = gradproof("list")
    assert said.code == 0
    for word in ("conv(x, weight, bias)", "max_pool(x)", "finite differences", "needs a family and PyTorch"):
        assert word in said.out
    named = {line.split("  ")[1] for line in said.out.splitlines() if line.startswith("  ") and line[2] != " "}
    assert {witness.law for witness in WITNESSES} | {"runs", "hangs", "shape", "convention", "surroundings"} <= named


def test_help_shows_examples() -> None:
    """A stranger finds an example of each command and the exit codes."""
    said = gradproof("--help")
    assert said.code == 0
    for word in ("gradproof check", "gradproof replay 'CASE'", "gradproof bench", "130 interrupted"):
        assert word in said.out


def test_an_unwritable_file_is_refused_before_the_work(tmp_path: Path) -> None:
    """Nothing is examined, so nothing is printed but the refusal."""
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    said = gradproof("check", "--json", str(blocked / "run.json"))
    assert (said.code, said.out) == (2, "")
