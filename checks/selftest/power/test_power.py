"""A run knows what it would have caught: planted mistakes are caught, and where the run is weak they are named."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import reference_impl
from checks import GradientError, api, planting, power
from checks.case import Case, parse
from checks.commands import told_sweeps
from checks.examination import WITNESSES
from checks.families import family
from checks.family import Family
from checks.mistakes import known
from checks.mistakes.plants import Plant, plants
from checks.planting import Heard, Power, planted
from checks.report.power import powers
from checks.selftest.api.layers import WRONG
from checks.selftest.main_job.planted import HERE
from checks.selftest.main_job.shell import gradproof
from checks.selftest.part import part

STRIDE_ONE = parse(
    "conv(x=(2,2,5,5), weight=(3,2,3,3), bias=(3,), dy=(2,3,3,3); stride=1, padding=0, dilation=1, groups=1; seed=1)"
)


#: Mistakes that a test asks after by name.
NAMED = {
    *("dx off by 1e-9", "dx entry off by 1e-6", "dx doubled", "dx negated", "dx clipped"),
    *("forward: doubled", "forward: true convolution"),
    *("fault: stale buffer", "fault: breaks on one sample", "fault: wrong every 20th call"),
}


def some(sheet: Family) -> list[Plant]:
    """What is planted here: a part of what there is, and what a test asks after."""
    every = list(plants(sheet))
    kept = {plant.name for plant in part("mistakes planted in a run", every, 4)} | NAMED
    return [plant for plant in every if plant.name in kept or "dilation" in plant.name]


def measured(case: Case, *laws: str) -> Power:
    """The power of some laws on one case, on the reference; of every law where none is named."""
    witnesses = tuple(witness for witness in WITNESSES if not laws or witness.law in laws)
    sheet = family(case.family)
    heard = [Heard(case, witnesses)]
    return Power(case.family, [planted(plant, sheet.reference, sheet, heard) for plant in some(sheet)])


@pytest.mark.long
def test_a_default_run_of_a_right_layer_catches_everything_that_was_planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that the catalogue knows, faults of state, and mistakes shared with the forward."""
    monkeypatch.setattr(api, "plants", some)
    found = power((reference_impl.relu_forward, reference_impl.relu_backward), "relu", budget="1ms")
    assert not found.missed
    assert {"dx off by 1e-9", "dx entry off by 1e-6", "fault: stale buffer", "forward: doubled"} <= {
        outcome.name for outcome in found.caught
    }
    assert all(outcome.case is not None for outcome in found.caught)


@pytest.mark.long
def test_mistakes_are_planted_in_another_process_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the layer is: the same mistakes are caught there by the same laws."""
    monkeypatch.setattr(api, "plants", lambda sheet: islice(plants(sheet), 3))
    here, there = (
        power((reference_impl.relu_forward, reference_impl.relu_backward), "relu", budget="1ms", isolate=isolate)
        for isolate in (False, True)
    )
    assert len(here.caught) == 3
    assert [outcome.law for outcome in there.outcomes] == [outcome.law for outcome in here.outcomes]


def test_a_weak_run_names_what_it_misses() -> None:
    """Linearity alone: a factor of two is linear, clipping is not."""
    found = measured(STRIDE_ONE, "linearity")
    assert {"dx doubled", "dx negated", "forward: true convolution"} <= {outcome.name for outcome in found.missed}
    assert "dx clipped" in {outcome.name for outcome in found.caught}
    said = list(powers(found))
    assert (
        said[0] == f"POWER conv: {len(found.caught)} of {len(found.caught) + len(found.missed)} planted mistakes caught"
    )
    assert "  MISSED  dx doubled: a layer that counts dx twice" in said


@pytest.mark.long
def test_what_no_case_shows_is_named_apart() -> None:
    """A mistake about dilation gives the right numbers without any: not caught, and no witness is to blame."""
    found = measured(STRIDE_ONE)
    needs_other_cases = {f"fault: {name}" for name in ("breaks on one sample", "wrong every 20th call")}
    assert {outcome.name for outcome in found.missed} == needs_other_cases
    unshown = {outcome.name for outcome in found.unshown}
    about_dilation = {mistake.name for mistake in known(family("conv")) if "dilation" in mistake.name}
    assert about_dilation <= unshown
    assert any(line.startswith("  no case of this run shows: ") for line in powers(found))


def test_what_no_case_shows_takes_no_hearing_of_every_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """A law brings numbers of its own, so that some cases are heard; a run of many is not heard once more for each."""
    plant = next(plant for plant in plants(family("conv")) if "dilation" in plant.name)
    run = tuple(Heard(STRIDE_ONE.but(seed=seed), WITNESSES) for seed in range(10 * planting.OTHERS))
    heard = list[str]()
    monkeypatch.setattr(planting, "_breaks", lambda _plant, witness, _trial: heard.append(witness.law))
    assert planted(plant, family("conv").reference, family("conv"), run).shown is False
    assert len(heard) == len(WITNESSES) * planting.OTHERS


def test_planting_ends_in_time_and_names_what_it_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing that was not settled counts as missed, nor as caught."""
    monkeypatch.setattr(api, "plants", lambda sheet: islice(plants(sheet), 3))
    monkeypatch.setattr(planting, "AT_LEAST", 0.0)
    monkeypatch.setattr(planting, "TIMES", 0.0)
    found = power((reference_impl.relu_forward, reference_impl.relu_backward), "relu", budget="1ms")
    assert (found.caught, found.missed, found.unshown) == ([], [], [])
    names = [plant.name for plant in islice(plants(family("relu")), 3)]
    assert [outcome.name for outcome in found.untried] == names
    assert list(powers(found)) == [
        "POWER relu: 0 of 0 planted mistakes caught",
        f"  NOT TRIED  3, there was too little time: {', '.join(names)}",
    ]


def test_planting_in_processes_ends_in_time_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it left out is named; what there is time for is caught, the first ones of every kind."""
    sheet, run = family("relu"), [Heard(parse("relu(x=(1,1,2), dy=(1,1,2); at_zero=0.0; seed=1)"), WITNESSES)]
    monkeypatch.setattr(planting, "plants", lambda sheet: islice(plants(sheet), 3))
    assert [outcome.fault for outcome in planting.measured(sheet.name, "", run, 1, 1.0)] == [""] * 3
    monkeypatch.setattr(planting, "AT_LEAST", 0.0)
    late = list(planting.measured(sheet.name, "", run, 1, 0.0))
    assert [outcome.fault for outcome in late] == [planting.NO_TIME] * 3
    assert {outcome.name for outcome in late} == {plant.name for plant in islice(plants(sheet), 3)}


def test_ctrl_c_while_mistakes_are_planted_tells_what_was_caught_and_writes_the_file(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The table stands above already."""

    def interrupted(name: str, *_: object) -> Iterator[planting.Caught]:
        plant = next(plants(family(name)))
        yield planting.Caught(plant.name, plant.does, "reference")
        raise KeyboardInterrupt

    monkeypatch.setattr(told_sweeps, "measured", interrupted)
    path = tmp_path / "run.json"
    said = gradproof(
        "check", "--family", "relu", "--layer", "relu sweep", "--cases", "1", "--power", "--json", str(path)
    )
    first, *_, last = said.out.partition("POWER ")[2].splitlines()
    assert (said.code, first) == (130, "relu: 1 of 1 planted mistakes caught")
    assert last == f"  interrupted: {len(list(plants(family('relu')))) - 1} planted mistakes not tried"
    assert json.loads(path.read_text(encoding="utf-8"))["interrupted"] is True


def test_a_plant_that_nothing_catches_leaves_time_for_others() -> None:
    """It stops at its own part of the time."""
    sheet, plant = family("conv"), next(iter(plants(family("conv"))))
    late = planted(plant, sheet.reference, sheet, [Heard(STRIDE_ONE, WITNESSES)], seconds=-1)
    assert late.fault == planting.NO_TIME


def test_the_first_mistakes_to_be_planted_are_of_every_kind() -> None:
    """Whatever time there is, it is not spent on one end of the catalogue."""
    sown = list(plants(family("conv")))
    first = {plant.name.split()[0] for plant in planting.spread(sown)[: len(sown) // 10]}
    assert {"dx", "dweight", "dbias", "fault:"} <= first
    assert sorted(plant.name for plant in planting.spread(sown)) == sorted(plant.name for plant in sown)


def test_a_wrong_layer_has_no_power_to_measure() -> None:
    """It fails as it is, with the whole story."""
    with pytest.raises(GradientError, match="WRONG by"):
        power(WRONG, "conv2d", budget="1ms")


@pytest.mark.long
def test_the_command_line_measures_the_rows_of_its_run() -> None:
    """And says so of a wrong subject."""
    run = ("check", "--power", "--cases", "1", "--jobs", "1", "--layer")
    said = gradproof(*run, "relu sweep")
    assert said.code == 0
    assert "POWER relu: " in said.out
    wrong = gradproof(*run, "U-Net conv 1 -> 64", "--family", "conv", "--subject", f"{HERE}:flipped")
    assert wrong.code == 1
    assert "POWER conv: not measured, the subject itself is wrong" in wrong.out
