"""A short soak of every right layer in every format; the long one goes on where it stopped."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from checks.errors import UsageError
from checks.examination import WITNESSES
from checks.resume import State, load
from checks.selftest.main_job.shell import gradproof
from checks.selftest.part import thorough, tried
from checks.soak import SCHEMA, Chunk, Soaked, soak, work
from checks.soak_rows import Row, rows

#: Cases of each row: of a thorough run, and of any other.
MOST, FEW = 6, 1


@pytest.mark.long(keep=6)
@pytest.mark.sweep("layers of a soak", 2)
@pytest.mark.parametrize("row", rows(), ids=lambda row: row.title)
def test_no_right_layer_alarms_on_a_few_random_cases(row: Row) -> None:
    """Every law on every row; PyTorch has no avg_pool3d in bfloat16. The long version is ``tox -e soak``."""
    count = MOST if thorough() else FEW
    tried("cases of a soak", count, MOST)
    found = work(Chunk(row, 2026, count))
    assert found.cases == count
    assert found.compared or found.refused == found.cases
    assert found.alarms == []


def test_a_second_run_goes_on_where_the_first_stopped(tmp_path: Path) -> None:
    """With other seeds, until the row has its cases; then there is nothing left to do."""
    state = tmp_path / "state.json"
    run = ("soak", "--only", "reference relu, float64", "--jobs", "1", "--state", str(state), "--cases")
    assert gradproof(*run, "2").code == 0
    assert load(state, SCHEMA, Soaked)["reference relu, float64"].seed == 1
    said = gradproof(*run, "4")
    assert said.code == 0
    assert "0 alarms in 4 cases" in said.out
    known = load(state, SCHEMA, Soaked)
    row = known["reference relu, float64"]
    assert row == Soaked(4, row.compared, 2, [], heard=4 * len(WITNESSES))
    assert not list(soak(rows("reference relu, float64"), known, 4, 1))


def test_a_folder_in_brackets_is_printed_whole(tmp_path: Path) -> None:
    """A path to copy is no markup: nothing in it is taken for a colour."""
    folder = tmp_path / "[red]"
    folder.mkdir()
    state, row = folder / "state.json", "reference relu, float64"
    _written(state, {row: Soaked(9, 9, 1, [], heard=9)})
    said = gradproof("soak", "--only", row, "--state", str(state), "--cases", "5")
    assert said.code == 0
    assert "[red]" in "".join(said.out.splitlines())


@pytest.mark.parametrize("turns", [1, 3, 8, 1000])
def test_in_turns_every_law_hears_cases_and_each_case_some(turns: int) -> None:
    """As many cases as there are turns give every law one, whatever the seed; the next seed another."""
    chunk, next_chunk = (Chunk(rows()[0], seed, turns, turns) for seed in (5, 6))
    shares = [chunk.laws(number, WITNESSES) for number in range(turns)]
    assert sorted(witness.law for share in shares for witness in share) == sorted(each.law for each in WITNESSES)
    assert turns == 1 or next_chunk.laws(0, WITNESSES) == chunk.laws(1, WITNESSES)


def test_the_table_says_how_many_laws_heard_a_case(tmp_path: Path) -> None:
    """A soak in turns must not read like one of every law."""
    state = tmp_path / "state.json"
    run = ("soak", "--only", "reference relu, float64", "--jobs", "1", "--state", str(state))
    said = gradproof(*run, "--cases", "4", "--turns", str(len(WITNESSES)))
    assert said.code == 0
    assert re.search(r"reference relu, float64 +4 +1\.0 +0", said.out)
    assert load(state, SCHEMA, Soaked)["reference relu, float64"].heard == 4


def test_an_alarm_is_kept_and_ends_the_command_with_1(tmp_path: Path) -> None:
    """It is in the state, it is printed, and later runs do not forget it."""
    state, row = tmp_path / "state.json", "reference relu, float64"
    _written(state, {row: Soaked(9, 9, 1, ["a case: a verdict"])})
    said = gradproof("soak", "--only", row, "--state", str(state), "--cases", "5")
    assert said.code == 1
    assert "ALARM reference relu, float64: a case: a verdict" in said.out


def test_runs_side_by_side_keep_what_each_knows_of_its_own_rows(tmp_path: Path) -> None:
    """Neither writes back what the other's rows were when it began."""
    state = tmp_path / "state.json"
    _written(state, {"one": Soaked(1, 1, 1, []), "other": Soaked(1, 1, 1, [])})
    runs = {name: State(state, SCHEMA, Soaked) for name in ("one", "other")}
    for (name, run), cases in zip(runs.items(), (2, 3), strict=True):
        run.rows[name] = Soaked(cases, cases, cases, [])
        assert run.save([name]) == ""
    assert {row: found.cases for row, found in load(state, SCHEMA, Soaked).items()} == {"one": 2, "other": 3}


def test_runs_of_one_row_keep_the_alarms_of_both_and_count_each_case_once(tmp_path: Path) -> None:
    """They draw the same cases: a sum would claim cases that nobody has seen."""
    state = tmp_path / "state.json"
    first, second = (State(state, SCHEMA, Soaked) for _ in range(2))
    first.rows["one"], second.rows["one"] = Soaked(9, 9, 1, ["an alarm"]), Soaked(4, 4, 1, ["another"])
    assert (first.save(["one"]), second.save(["one"])) == ("", "")
    assert load(state, SCHEMA, Soaked) == {"one": Soaked(9, 9, 1, ["an alarm", "another"])}


def test_a_state_file_that_is_gone_is_written_again_with_all_that_was_known(tmp_path: Path) -> None:
    """Or that another program has written over."""
    state = tmp_path / "state.json"
    both = {"one": Soaked(1, 1, 1, []), "other": Soaked(1, 1, 1, [])}
    _written(state, both)
    for damage in (state.unlink, lambda: state.write_text("[]", encoding="utf-8")):
        run = State(state, SCHEMA, Soaked)
        damage()
        assert run.save(["one"]) == ""
        assert load(state, SCHEMA, Soaked) == both


def _written(path: Path, rows: dict[str, Soaked]) -> None:
    run = State(path, SCHEMA, Soaked)
    run.rows |= rows
    assert run.save(rows) == ""


@pytest.mark.parametrize("content", ["{", "[]", json.dumps({"schema": 99, "rows": {}}), json.dumps({"schema": 1})])
def test_a_file_that_is_no_state_is_refused_and_kept(tmp_path: Path, content: str) -> None:
    """With its name and what to do."""
    state = tmp_path / "state.json"
    state.write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="name another file by --state") as refused:
        load(state, SCHEMA, Soaked)
    assert str(refused.value).count("--state") == 1
    assert state.read_text(encoding="utf-8") == content


def test_a_title_that_nothing_has_is_refused() -> None:
    """With one that there is."""
    with pytest.raises(UsageError, match="'nothing' stands in no title; expected a part of one such as"):
        rows("nothing")
