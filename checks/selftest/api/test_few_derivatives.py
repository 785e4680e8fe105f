"""What is examined of a layer so slow that there is time for few derivatives, or for none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.diagnosis import history
from checks.examination import Examination
from checks.exemplified import given
from checks.families import estimated, family
from checks.judge import verdicts
from checks.oracles import lines
from checks.oracles.adjoint import Adjoint
from checks.plainer import shrunk
from checks.scope import spend
from checks.types import Array
from checks.witness import Trial

X = np.linspace(0.3, 1.7, 6).reshape(2, 3)


def _sines(calls: list[str], factor: float = 1.0) -> tuple[Any, Any]:
    """A layer of two arguments that counts its calls; the gradient of the second is this many times the right one."""

    def forward(x: Array, w: Array) -> tuple[Array, tuple[Array, Array]]:
        calls.append("forward")
        return np.sin(x) * w, (x, w)

    def backward(dy: Array, saved: tuple[Array, Array]) -> tuple[Array, Array]:
        calls.append("backward")
        x, w = saved
        return dy * np.cos(x) * w, factor * dy * np.sin(x)

    return forward, backward


@pytest.fixture
def every_layer_is_slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """And no case has time for the derivative along a line that others are given."""
    monkeypatch.setattr(lines, "SLOW", -1.0)
    monkeypatch.setattr(lines, "CALLS", 10**12)


@pytest.mark.usefixtures("every_layer_is_slow")
@pytest.mark.parametrize("law", ["finite differences", "adjoint"])
@pytest.mark.parametrize(("factor", "wrong"), [(1.0, False), (1 + 1e-6, True)])
def test_a_layer_that_is_slower_still_is_derived_from_eight_values(law: str, factor: float, wrong: bool) -> None:
    """A right one is right, and one that is off by a millionth is not."""
    calls = list[str]()
    found = examine(_sines(calls, factor), inputs=(X, X + 1), budget="1ms", laws=[law])
    assert found.wrong is wrong, story(found)
    assert found.tallies[law].compared
    assert "few differences" in story(found) or not wrong


@pytest.mark.usefixtures("every_layer_is_slow")
def test_a_derivative_for_which_there_is_no_time_is_left_out_and_other_laws_are_asked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of the first argument, too; what is wrong with a layer whose calls are not alike is then seen all the same."""
    monkeypatch.setattr(lines, "BEYOND", -1e9)
    monkeypatch.setattr(spend, "GRACE", -1.0)
    monkeypatch.setattr(spend, "LEAST", 1e-3)
    found = examine(_sines([]), inputs=(X, X + 1), budget="1ms")
    assert not found.wrong
    assert not found.tallies["finite differences"].compared
    assert not found.tallies["adjoint"].compared
    assert sum(tally.compared for tally in found.tallies.values())
    (blind,) = (said for said in story(found).splitlines() if said.endswith(f", of dw, dx: {lines.LATE}"))
    assert "finite differences on 2 claims" in blind
    assert "adjoint on 2 claims" in blind


def test_a_slow_layer_is_asked_for_few_signs_and_bounded_more_loosely(monkeypatch: pytest.MonkeyPatch) -> None:
    """By no more than what fewer of them leave open."""
    calls, masses = list[str](), list[Array]()
    sheet = given(_sines(calls), (X, X + 1), "cpu", lambda subject: subject)
    counts = []
    for seconds in (estimated.SECONDS, -1.0):
        monkeypatch.setattr(estimated, "SECONDS", seconds)
        calls.clear()
        masses.append(sheet.mass(sheet.arrays, {}, np.ones(X.shape)).gradients["dx"])
        counts.append(calls.count("backward"))
    assert counts[0] - counts[1] == estimated.SIGNS - estimated.FEWEST
    more = float(np.max(masses[1] / masses[0]))
    assert 1 < more < 2 * estimated.SIGNS / estimated.FEWEST


def test_a_wrong_layer_that_takes_long_over_a_case_is_not_judged_once_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing was called before; a note says so."""
    asked: dict[str, Any] = {"inputs": (X, X + 1), "budget": "1ms", "laws": ["linearity", "adjoint"]}
    assert history.TOO_SLOW not in examine(_sines([], 2.0), **asked).notes
    monkeypatch.setattr(history, "LONG", -1.0)
    slow = examine(_sines([], 2.0), **asked)
    assert slow.wrong
    assert history.TOO_SLOW in slow.notes


def test_no_plainer_case_is_looked_for_where_one_derivative_would_take_longer() -> None:
    """The case itself is told."""
    calls = list[str]()
    sheet = given(_sines(calls, 2.0), (X, X + 1), "cpu", lambda subject: subject)
    trial = Trial(sheet.subject, sheet, next(sheet.sweep(0, 1)))
    (found,) = [each for each in verdicts(Adjoint(), trial) if each.status == "wrong"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "SLOW", -1.0)
        patch.setattr(lines, "CALLS", 10**12)
        calls.clear()
        assert shrunk(trial, Adjoint(), found, lambda each: each, seconds=10.0).case == trial.case
        assert calls == []


def test_what_looks_at_all_entries_is_asked_first_where_finding_out_took_long() -> None:
    """Of a layer on examples; where a second source is known that one leads."""
    sheet = given(_sines([]), (X, X + 1), "cpu", lambda subject: subject)
    found = Examination(sheet.subject, sheet)
    assert spend.first_laws(found) == ()
    found.opening = spend.LONG + 1
    assert spend.first_laws(found) == ("adjoint", "arguments unchanged")
    conv = Examination(family("conv").reference, family("conv"))
    conv.opening = spend.LONG + 1
    assert spend.first_laws(conv) == ()
