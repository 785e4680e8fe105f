"""An examination counts everything, goes on after every fault, and calls nothing a pass that showed nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.claim import Verdict
from checks.counted import count
from checks.errors import GradientError, ZeroComparisonsError
from checks.examination import Examination
from checks.families import family
from checks.judge import RUNS
from checks.oracles import ORACLES
from checks.selftest.spoil import NAMES, case_of, spoiled
from checks.suite.verdicts import assert_right, demand
from checks.tally import Tally
from checks.types import Array


def _raise_at(dy: Any, saved: Any) -> Any:
    if dy.size > 20:
        raise IndexError(f"{dy.size} entries")
    return family("relu").reference.backward(dy, saved)


@pytest.mark.parametrize("name", NAMES)
def test_right_layers_have_no_findings_and_every_case_is_counted(name: str) -> None:
    """Verdicts, elements, cells and pairs add up."""
    cases = [case_of(name, dtype, kind) for dtype in ("float32", "float64") for kind in (0, 1)]
    examination = examine(family(name).reference, name, cases=cases)
    assert (examination.wrong, examination.findings, examination.cases) == (False, {}, 4)
    assert examination.compared == sum(tally.compared for tally in examination.tallies.values()) > 0
    assert examination.exclusion.cells == set().union(*map(family(name).cells, cases))


def test_a_subject_that_raises_is_a_finding_and_the_other_cases_are_judged() -> None:
    """Only large arrays make it raise; the small case is right by every law."""
    subject, sheet = replace(family("relu").reference, backward=_raise_at), family("relu")
    small = sheet.case_of({"x": (1, 2, 3)}, {}, "float64", "distinct", 0)
    examination = examine(subject, sheet.name, cases=[case_of("relu"), small, case_of("relu", seed=1)])
    assert set(examination.findings) == {RUNS}
    assert "backward raised IndexError: 120 entries" in examination.findings[RUNS].verdict.why
    assert examination.cases == 3
    assert examination.tallies["reference"].right == 2


def _halved_at(entries: int, axis: int) -> Any:
    def backward(dy: Any, saved: Any) -> Any:
        gradients = family("relu").reference.backward(dy, saved)
        return {name: value / (2 if dy.shape[axis] == entries else 1) for name, value in gradients.items()}

    return replace(family("relu").reference, backward=backward)


@pytest.mark.parametrize(("law", "axis"), [("batch", 0), ("channels", 1)])
@pytest.mark.parametrize(
    ("entries", "leading", "shown"), [(1, "reference", [2, 1]), (2, "reference", [2]), (3, None, [2])]
)
def test_where_the_parts_of_a_right_whole_are_wrong_they_are_shown(
    law: str, axis: int, entries: int, leading: str | None, shown: list[int]
) -> None:
    """By a case of their own, which leads; a wrong whole is shown itself, and of a right layer no part."""
    whole = family("relu").case_of({"x": (2, 2, 3)}, {}, "float64", "distinct", 0)
    found = examine(_halved_at(entries, axis), "relu", cases=[whole])
    assert next(iter(found.findings), None) == leading
    assert [case.shapes["x"][axis] for case in found.judged] == shown
    assert (law in found.findings) == (leading is not None)
    assert leading is None or found.findings[leading].case.shapes["x"][axis] == entries


def test_no_cases_at_all_are_no_pass() -> None:
    """An empty sweep would be right by every law."""
    with pytest.raises(ZeroComparisonsError, match="reference relu: 0 cases and not one number compared; expected"):
        examine(family("relu").reference, "relu", cases=[])


def test_cases_without_entries_are_no_pass() -> None:
    """Batch 0 alone shows nothing about gradients."""
    empty = family("relu").case_of({"x": (0, 2, 3)}, {}, "float64", "distinct", 0)
    examination = Examination(family("relu").reference, family("relu"), ORACLES)
    examination.judge(empty)
    with pytest.raises(ZeroComparisonsError, match="1 case and not one number compared"):
        examination.finish()


def test_witnesses_that_are_all_silent_are_no_pass() -> None:
    """An examination with no witness."""
    silent = Examination(family("relu").reference, family("relu"), witnesses=())
    silent.judge(case_of("relu"))
    with pytest.raises(ZeroComparisonsError):
        silent.finish()


@pytest.mark.usefixtures("plainest")
def test_a_finding_keeps_the_first_case_and_the_plainest_one() -> None:
    """Both with their verdicts; one finding for each law."""
    doubled, cases = (
        spoiled("conv", lambda found: found | {"dx": 2 * found["dx"]}),
        [case_of("conv"), case_of("conv", seed=3)],
    )
    finding = examine(doubled, "conv", cases=cases).findings["adjoint"]
    assert finding.case == cases[0]
    assert (finding.verdict.of, finding.verdict.status, finding.shrunk_verdict.status) == ("dx", "wrong", "wrong")
    assert finding.shrunk.sizes() < finding.case.sizes()


def _verdict(status: Any, share: float, **rest: Any) -> Verdict:
    return Verdict("law", "dx", status, "why", share=share, **rest)


def test_a_tally_keeps_the_worst_verdict_and_a_wrong_one_beats_all() -> None:
    """However small its share was."""
    tally = Tally()
    for verdict in (_verdict("right", 0.2), _verdict("right", 0.7), _verdict("right", 0.4)):
        tally.add(verdict)
    assert tally.worst is not None
    assert (tally.worst.share, tally.share) == (0.7, 0.7)
    tally.add(_verdict("wrong", 1.1))
    tally.add(_verdict("right", 0.9))
    assert (tally.worst.status, tally.worst.share, tally.right, tally.wrong) == ("wrong", 1.1, 4, 1)


def test_a_tally_counts_blind_elements_and_keeps_their_reasons() -> None:
    """Silence is said too."""
    tally = Tally()
    tally.add(replace(_verdict("blind", 0.0, blind=7), why="too long"))
    tally.add(_verdict("right", 0.0, compared=3, blind=2, exact=True))
    assert (tally.blind, tally.blind_elements, tally.compared, tally.exact) == (1, 9, 3, 1)
    assert tally.reasons == {"too long"}


def test_a_failing_property_test_tells_the_whole_story() -> None:
    """Law, place, got, want, bound, its reason, and the case as text."""
    doubled, case = spoiled("conv", lambda found: found | {"dx": 2 * found["dx"]}), case_of("conv")
    examination = examine(doubled, "conv", cases=[case])
    verdict = examination.findings["reference"].verdict
    assert verdict.worst is not None
    with pytest.raises(GradientError) as caught:
        assert_right(case, [verdict])
    story = str(caught.value)
    worst = verdict.worst
    for part in (
        f"reference: dx{list(worst.index)} wrong",
        f"got {worst.got}",
        f"want {worst.want}",
        "bound",
        str(case),
    ):
        assert part in story
    assert verdict.why in story


def test_a_property_test_that_compared_nothing_fails() -> None:
    """Right and blind verdicts pass; their elements are counted, and none is too few."""
    right = _verdict("right", 0.0, compared=5)
    assert assert_right(case_of("relu"), [right, _verdict("blind", 0.0, blind=3)]) == 5
    demand(5, "adjoint, conv")
    with pytest.raises(ZeroComparisonsError, match="adjoint, conv: not one number was compared"):
        demand(0, "adjoint, conv")


def test_nan_gradients_are_wrong_by_every_second_source() -> None:
    """A comparison with NaN is false either way round: here it must be a finding."""
    broken = spoiled("conv", lambda found: found | {"dx": np.full_like(found["dx"], np.nan)})
    examination = examine(broken, "conv", cases=[case_of("conv")])
    assert {"reference", "textbook", "torch", "finite differences", "adjoint"} <= set(examination.findings)


def test_a_layer_that_takes_nothing_but_empty_arrays_has_shown_nothing() -> None:
    """As a kernel for a GPU does that is handed arrays on the CPU."""

    def forward(x: Array) -> tuple[Array, Array]:
        if x.size:
            raise ValueError("cannot be accessed from here")
        return x, x

    with pytest.raises(ZeroComparisonsError, match="cannot be accessed from here"):
        examine((forward, lambda dy, saved: dy * (saved > 0)), like="relu", budget="100ms")


def test_cases_that_a_layer_refuses_are_counted_in_the_headline() -> None:
    """A pass on a few cases does not look like one on all."""

    def forward(x: Array) -> tuple[Array, Array]:
        if x.size > 200:
            raise ValueError("a small one, please")
        return np.maximum(x, 0), x

    found = examine((forward, lambda dy, saved: dy * (saved > 0)), like="relu", budget="1s")
    assert 0 < found.refused < found.cases
    assert f", {found.refused} refused, " in story(found)


def test_a_pass_on_the_few_cases_that_a_layer_takes_says_how_many() -> None:
    """Of a signature that promises every size and settings."""

    def forward(x: Array) -> tuple[Array, Array]:
        if not 0 < x.size < 6:
            raise ValueError("a few numbers, please")
        return np.maximum(x, 0), x > 0

    found = examine((forward, lambda dy, saved: dy * saved), like="relu", budget="1s")
    taken = found.cases - found.refused
    assert taken < found.refused
    assert f"right by every law, on the {count(taken, 'case')} that it took (" in story(found)
