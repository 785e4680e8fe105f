"""What is examined of a layer that takes long."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pytest

from checks import examine, patience, story
from checks.exemplified import given
from checks.families import family
from checks.families.example import AS_GIVEN
from checks.families.narrow import in_its_own_format
from checks.oracles import lines
from checks.oracles.adjoint import Adjoint
from checks.oracles.finite_difference import FiniteDifference
from checks.scope import spend, starts
from checks.scope.applies import applying
from checks.scope.pace import Pace
from checks.selftest.api.layers import RIGHT
from checks.types import Array
from checks.witness import Trial
from reference_impl import conv_backward, conv_forward


def _slow_relu(seconds: float) -> tuple[Any, Any]:
    def forward(x: Array) -> tuple[Array, Array]:
        time.sleep(seconds)
        return np.maximum(x, 0), x

    return forward, lambda dy, x: dy * (x > 0)


def test_a_slow_layer_stops_soon_after_its_budget_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fewer cases than usual are not passed over in silence."""
    monkeypatch.setattr(spend, "GRACE", 2.0)
    found = examine(_slow_relu(0.02), like="relu", budget="1ms")
    assert 0 < found.cases < 20
    assert "20 are usual, and a larger budget shows more" in story(found)
    assert f", on {found.hurried} cases for want of time" in story(found).partition("\n")[0]
    assert 0 < found.hurried < 20


def test_a_layer_whose_opening_took_all_of_the_budget_is_judged_on_a_case_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It is compiled anew for each shape, say: that says nothing of what it takes."""
    monkeypatch.setattr(spend, "GRACE", -1.0)
    assert examine(RIGHT, like="conv2d", budget="1ms").cases == 1


def test_the_laws_of_a_slow_layer_take_turns_and_what_was_never_asked_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """No single case takes all of the time, and a run ends though no further case seems to be affordable."""
    monkeypatch.setattr(spend, "GRACE", 2.0)
    found = examine(_slow_relu(0.03), like="relu", budget="1ms")
    assert {"reference", "finite differences", "linearity"} <= found.asked
    assert found.cases > 1
    for law in found.unasked[:5]:
        assert law in story(found).partition(", for which there was no time")[0]
    assert not set(found.unasked) & set(found.tallies)


def test_laws_that_were_never_asked_are_all_named_where_a_headline_names_some(monkeypatch: pytest.MonkeyPatch) -> None:
    """It says how many others there are, or no more than how many; where it names them all no note says so again."""
    monkeypatch.setattr(spend, "GRACE", -1.0)
    monkeypatch.setattr(spend, "LEAST", 0.3)
    many = examine(_slow_relu(0.05), like="relu", budget="1ms")
    (note,) = [note for note in many.notes if note.startswith("asked of no case, for want of time: ")]
    assert set(note.partition(": ")[2].split(", ")) == set(applying(many.family, many.unasked))
    few = examine(_slow_relu(0.05), like="relu", budget="1ms", laws=["adjoint", "finite differences", "layout"])
    assert few.unasked
    assert not any("asked of no case" in note for note in few.notes)


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("isolate", [False, pytest.param(True, marks=pytest.mark.long)])
def test_variations_of_an_example_that_were_not_reached_are_named(
    isolate: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are what is asked by and by; of a layer that is quick enough all are reached, and no note says so."""
    asked: dict[str, Any] = {"inputs": (np.linspace(-1, 1, 6),), "laws": ["dtype"], "isolate": isolate}
    quick = examine((_doubled, _doubled_back), **asked, budget="1ms")
    monkeypatch.setattr(spend, "GRACE", -1.0)
    slow = examine((_doubled, _doubled_back), **asked, budget="1ms")
    (note,) = [note for note in slow.notes if " not reached, for want of time: " in note]
    sheet: Any = slow.family
    left = set(sheet.variations) - {case.span for case in slow.judged} - {AS_GIVEN}
    assert note.startswith(f"{len(left)} variations of the example were not reached, for want of time: ")
    assert all(said in note for said in ("with each length one more", "with each length twice as large", "nearer to 0"))
    assert not any(" not reached" in note for note in quick.notes)


def _doubled(x: Array) -> tuple[Array, None]:
    return 2 * x, None


def _doubled_back(dy: Array, _: None) -> Array:
    return 2 * dy


@pytest.mark.usefixtures("every_variation")
def test_of_one_example_no_more_cases_are_left_out_than_are_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is drawn again and again, with another dy, while there is no time to judge it: how often says nothing."""
    monkeypatch.setattr(spend, "GRACE", 1.0)
    monkeypatch.setattr(Pace, "affords", lambda pace, _case, _seconds: not pace.known)
    found = examine(_slow_relu(0.0), inputs=(np.linspace(-1, 1, 6),), budget="1ms", laws=["linearity"])
    assert found.hurried == found.cases < found.family.fewest
    (said,) = (note for note in found.notes if " left out" in note)
    assert int(said.partition(" ")[0]) == found.family.fewest - found.cases


@pytest.mark.parametrize(("gain", "cases"), [(1.0, 20), (2.0, 1)])
def test_a_wrong_layer_is_not_judged_further_beyond_its_budget_for_the_usual_number_of_cases(
    gain: float, cases: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That is to show a layer right."""
    monkeypatch.setattr(spend, "GRACE_OF_WRONG", 0.0)
    layer = lambda x: (np.maximum(x, 0), x), lambda dy, x: gain * dy * (x > 0)
    found = examine(layer, like="relu", budget="1ms", laws=["reference"])
    assert (found.cases, found.wrong) == (cases, gain == 2)


def test_a_slow_layer_is_not_examined_on_what_there_was_no_time_to_ask_about(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that takes no windows with unequal sides raises there, and is right; a note names what was not asked."""

    def squares(x: Any, weight: Array, bias: Any = None, *, stride: Any = 1) -> Any:
        kernel, step = set(weight.shape[2:]), set(np.atleast_1d(stride))
        if len(kernel) > 1 or len(step) > 1 or x.dtype != np.float64:
            return x.stumbles, None
        return conv_forward(x, weight, bias, stride=stride)

    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    monkeypatch.setattr(patience.Patience, "slow", True)
    monkeypatch.setattr(starts, "SLOW", -1.0)
    found = examine((squares, conv_backward), like="conv", budget="0.5s")
    assert not found.wrong, story(found)
    assert {len(case.shapes["x"]) for case in found.judged} == {4}
    assert any(
        "asked whether it takes 1 axis; 3 axes; no samples; kernel_size per axis" in said for said in found.notes
    )


def test_what_is_said_of_a_slow_layer_need_not_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is examined there."""
    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    monkeypatch.setattr(patience.Patience, "slow", True)
    supports: dict[str, Any] = {
        "axes": 2,
        "square": False,
        "square_input": False,
        "asymmetric": True,
        "same": True,
        "valid": True,
    }
    supports |= {"bias": (False, True), "batch": (1, 2), "dtype": ["float64"]}
    found = examine((conv_forward, conv_backward), like="conv", budget="0.5s", supports=supports)
    assert not found.wrong, story(found)
    assert not any("for want of time this slow layer" in said for said in found.notes)


def test_an_example_of_a_slow_layer_is_not_varied_for_want_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is it asked whether it computes in a narrower format; notes name both."""
    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    monkeypatch.setattr(patience.Patience, "slow", True)
    calls = []

    def forward(x: Array) -> tuple[Array, Array]:
        calls.append(x.shape)
        return np.sin(x), x

    sheet = given(
        (forward, lambda dy, x: dy * np.cos(x)),
        np.array([[0.5, 1.0, -2.0], [0.25, 3.0, 1.5]]),
        "cpu",
        lambda subject: subject,
    )
    calls.clear()
    begun = patience.Patience(str)
    found = in_its_own_format(sheet, begun).varied(begun)
    assert len(calls) == 2  # the formats of y and of the gradient are seen in any case
    assert found.variations.keys() == {AS_GIVEN}
    said = "\n".join(found.subject.remarks)
    assert "not asked whether it computes in float32, but for the formats of its results" in said
    assert "not asked whether it takes the example with each length one more; " in said
    assert "argument 2" not in said


def test_a_law_leaves_the_arguments_for_which_a_slow_layer_has_no_time() -> None:
    """They are blind, with the reason; the first is looked at in any case."""
    sheet = family("conv")
    trial = Trial(sheet.reference, sheet, next(iter(sheet.sweep(0, 1))), until=0.0)
    for law in (FiniteDifference(), Adjoint()):
        first, *others = law.claims(trial)
        assert first.got.size
        assert others
        assert {each.why for each in others} == {lines.LATE}


def test_a_layer_whose_first_calls_alone_take_long_is_asked_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    """It loads much, or compiles."""
    monkeypatch.setattr(patience, "PATIENCE", -1.0)
    monkeypatch.setattr(starts, "SLOW", -1.0)
    found = examine((conv_forward, conv_backward), like="conv", budget="1ms")
    assert not any("for want of time this slow layer" in said for said in found.notes)
