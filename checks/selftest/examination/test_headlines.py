"""A headline says no more than was shown."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

import numpy as np
import pytest
import torch
from hypothesis import strategies as st

from checks import CutShortError, GradientError, examine, story, verify
from checks.claim import Verdict
from checks.examination import Examination
from checks.families import family
from checks.judge import HANGS
from checks.report.as_json import Targets
from checks.report.replayed import replayed
from checks.tally import Finding
from reference_impl import conv_backward, conv_forward, relu_backward, relu_forward
from reference_impl.activation import ReluSaved
from reference_impl.types import Array

RELU = (relu_forward, relu_backward)
CONV = (conv_forward, conv_backward)


def test_a_pass_by_one_law_is_told_as_such() -> None:
    """Not as a pass by all of them."""
    found = examine(RELU, "relu", laws=["adjoint"], budget="1ms")
    assert story(found).startswith("relu_forward as relu: right by adjoint, the only law asked (")
    assert "right by every law (" in story(examine(RELU, "relu", budget="1ms"))


def test_laws_that_could_say_nothing_are_named_in_the_headline() -> None:
    """Contracts are not examined on arrays that are large."""
    large = family("relu").case_of({"x": (1, 1, 300, 300)}, {"at_zero": 0.0}, "float64", "integers", 1)
    said = story(examine(RELU, "relu", cases=[large])).partition("\n")[0]
    assert "right by every law but " in said
    assert "layout" in said.partition(" but ")[2].partition(", blind here")[0]


def test_a_law_that_does_not_apply_is_not_named_among_those_without_time() -> None:
    """A convolution mixes channels and has no kinks."""
    found = examine(CONV, "conv2d", budget="1ms")
    found.postponed = {"channels", "kinks", "layout"}
    found.asked -= found.postponed
    assert "right by every law but layout, for which there was no time" in story(found)
    found = examine(RELU, "relu", budget="1ms")
    found.postponed = {"channels", "kinks", "layout"}
    found.asked -= found.postponed
    assert "right by every law but channels, kinks, layout, for which there was no time" in story(found)


def _without_time_for(found: Examination, left: Collection[str]) -> Examination:
    """The same, as if none of its cases had time for more laws than these."""
    found.postponed = {witness.law for witness in found.witnesses} - {*left}
    found.asked = {*left}
    return found


def test_a_pass_of_few_laws_for_want_of_time_is_none() -> None:
    """Its headline says so, and so does its document, which settles the exit code."""
    found = _without_time_for(examine(RELU, "relu", budget="1ms"), {"reference", "adjoint"})
    assert story(found).startswith("relu_forward as relu: NOT SHOWN RIGHT: right by reference, adjoint; for ")
    document = Targets(None, 0)
    document.add("layers:relu", found)
    assert document.status == "blind"


def test_verify_raises_where_check_ends_with_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not been shown right is no pass at any door; a whole pass is one."""
    found = examine(RELU, "relu", budget="1ms")
    monkeypatch.setattr("checks.api.examine", lambda *_, **__: found)
    assert verify(RELU, "relu") is found
    found = _without_time_for(found, {"reference", "adjoint"})
    with pytest.raises(GradientError, match="NOT SHOWN RIGHT: right by reference, adjoint"):
        verify(RELU, "relu")


def test_a_pass_of_most_laws_is_one() -> None:
    """Those without time are named; where few were asked, too."""
    found = examine(RELU, "relu", budget="1ms")
    found = _without_time_for(found, {witness.law for witness in found.witnesses} - {"kinks", "layout"})
    assert story(found).startswith("relu_forward as relu: right by every law but kinks, layout, for which there was no")
    document = Targets(None, 0)
    document.add("layers:relu", found)
    assert document.status == "right"
    few = _without_time_for(examine(RELU, "relu", budget="1ms", laws=["reference", "adjoint"]), {"adjoint"})
    assert "relu: right by adjoint, the only laws asked but reference, for want of time (" in story(few)


def test_what_a_blind_claim_was_about_is_named() -> None:
    """The bias before a batch normalisation has no gradient that a difference could show."""
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    x = np.random.default_rng(0).standard_normal((4, 3)).astype(np.float32)
    lines = story(examine(net, inputs=(x,), budget="1ms", laws=["finite differences"])).splitlines()
    assert any(each.startswith("blind: finite differences on ") and "of d0.bias" in each for each in lines), lines


def test_a_pass_on_an_example_is_told_as_such() -> None:
    """What a strategy draws is told as it is for a family."""
    x = np.ones((2, 3))
    assert "right by adjoint, the only law asked, on the example given (" in story(
        examine(RELU, inputs=(x,), budget="1ms", laws=["adjoint"])
    )
    drawn = story(examine(RELU, inputs=st.just((x,)), budget="1ms", laws=["adjoint"]))
    assert "right by adjoint, the only law asked (" in drawn


@pytest.mark.long
def test_a_pass_that_was_interrupted_says_so() -> None:
    """It holds so far."""
    calls = count()

    def forward(x: Array, at_zero: float = 0.0) -> tuple[Array, ReluSaved]:
        if next(calls) == 2_000:
            raise KeyboardInterrupt
        return relu_forward(x, at_zero)

    with pytest.raises(CutShortError) as stop:
        examine((forward, relu_backward), "relu", budget="1m")
    assert ": interrupted, so far right by every law" in story(stop.value.examination)


def test_a_law_with_a_hazard_is_not_listed_as_right() -> None:
    """It waits on a line of its own: what is wrong comes first, and is often behind it."""
    told = story(examine((lambda x: (x.clip(0), x), lambda dy, x: 2 * dy * (x > 0)), "relu", budget="1ms"))
    assert "\nhazards, told in full where nothing is wrong: saved copies (dx[" in told
    assert "\nHAZARD" not in told
    assert "saved copies" not in told.partition("\nright by: ")[2].partition("\n")[0]


def test_a_hazard_of_a_layer_that_is_not_wrong_is_told_in_full() -> None:
    """As what is wrong is: with its case and what is dangerous about it."""
    told = story(examine((lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0)), "relu", budget="1ms"))
    assert "laws     saved copies" in told.partition("\nHAZARD")[2]
    assert "danger   " in told


def test_an_examination_that_is_printed_is_one_line() -> None:
    """The rest is told by its story."""
    printed = repr(examine(RELU, "relu", budget="1ms"))
    assert printed.startswith("<Examination of relu_forward as relu: nothing wrong, ")
    assert "\n" not in printed


def test_a_layer_that_was_never_called_as_it_expects_is_not_called_wrong_in_its_headline() -> None:
    """It fails all the same, and the two lines to write stand below; one that was called once is wrong."""

    def backward(dy: Array, saved: Array, scale: float) -> Array:
        return np.asarray(dy * (saved > 0) * scale)

    x = np.random.default_rng(0).standard_normal((2, 3))
    found = examine((lambda x: (np.maximum(x, 0), x), backward), inputs=(x,), budget="1ms")
    first, *rest = story(found).splitlines()
    assert found.wrong
    assert "could not be called: backward raised TypeError" in first
    assert "WRONG" not in first
    assert any("def backward(dy, saved): ...; return dx" in line for line in rest)


def test_a_layer_whose_own_code_breaks_in_every_case_is_wrong_at_that_line() -> None:
    """It was called: a TypeError of its own is no other than any error."""

    def backward(dy: Array, saved: None) -> Array:
        return dy * (saved + 1)  # type: ignore[operator,no-any-return]

    line = backward.__code__.co_firstlineno + 1
    first = story(examine((lambda x: (x.clip(0), None), backward), "relu", budget="1ms")).splitlines()[0]
    said = "WRONG by runs: backward raised TypeError: unsupported operand type(s) for +: 'NoneType' and 'int'"
    assert f"{said}, at test_headlines.py:{line} (" in first


def test_what_a_library_raises_is_told_where_the_layer_called_it() -> None:
    """A line of NumPy's tells nobody anything; neither does one of ours."""
    pad = np.pad
    called = examine((lambda x: (pad(x, 1, mode="no"), x), lambda dy, _: dy), "relu", budget="1ms")  # type: ignore[call-overload]
    assert story(called).splitlines()[0].partition(", at ")[2].startswith("test_headlines.py:")


def test_a_layer_that_breaks_on_its_numbers_is_wrong_in_its_headline() -> None:
    """Shapes that do not fit are its own mistake."""

    def backward(dy: Array, saved: Array) -> Array:
        return np.asarray(dy @ saved)

    x = np.random.default_rng(0).standard_normal((2, 3))
    found = examine((lambda x: (np.maximum(x, 0), x), backward), inputs=(x,), budget="1ms")
    assert "WRONG by runs" in story(found).splitlines()[0]


def test_a_layer_that_hangs_is_not_told_how_it_may_be_called() -> None:
    """Its call was understood."""
    found = examine((lambda x: (x.clip(0), x), lambda dy, x: dy * (x > 0)), "relu", budget="1ms")
    hangs = Verdict(HANGS, "y", "wrong", "no answer within 1 s; in forward", wrong=1)
    found.findings[HANGS] = Finding(HANGS, found.judged[0], hangs, found.judged[0], hangs)
    found.tallies.clear()
    assert found.wrong
    assert "Not one case gave a number" not in story(found)


def test_a_reason_for_which_nothing_was_seen_stays_on_its_line() -> None:
    """However much a layer says when it says no."""

    def forward(x: Array) -> tuple[Array, Array]:
        if x.size > 40:
            raise NotImplementedError("two\nlines " + 500 * "z")
        return np.maximum(x, 0), x

    said = story(examine((forward, lambda dy, x: dy * (x > 0)), "relu", budget="1ms"))
    (line,) = [line for line in said.splitlines() if line.startswith("blind: runs on ")]
    assert line.endswith(": forward refuses: NotImplementedError: two lines ...")


def test_what_every_witness_finds_on_its_way_has_one_row_in_a_replay() -> None:
    """Of the result whose shape is wrong; what a law says of its own has a row each time."""
    shape = Verdict("shape", "y", "wrong", "f: dx has shape (1,); expected exactly (2,)", wrong=1)
    own = Verdict("linearity", "dx", "right", "why", compared=2)
    table = replayed([("reference", [shape]), ("textbook", [shape]), ("linearity", [own, own])])
    assert list(table.columns[0].cells) == ["shape", "linearity", "linearity"]
    assert next(iter(table.columns[1].cells)) == "dx"
