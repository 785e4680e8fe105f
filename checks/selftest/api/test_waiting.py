"""A layer that does not come back is told on the error stream, with the law and the case that asked."""

from __future__ import annotations

import threading
import time

import numpy as np
import pytest

from checks import examine, waiting
from checks.types import Array


def waits_on_nan(x: Array) -> tuple[Array, Array]:
    """It comes back at last, so that a test ends."""
    time.sleep(0.5 * bool(np.isnan(x).any()))
    return np.maximum(x, 0), x


def backward(dy: Array, x: Array) -> Array:
    """Right."""
    return dy * (x > 0)


def test_one_long_call_is_told_once_with_the_law_and_the_case(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And the way to have it end."""
    monkeypatch.setattr(waiting, "LONG", 0.2)
    assert examine((waits_on_nan, backward), like="relu", budget="1ms", laws=["special values"]).cases
    (said,) = capsys.readouterr().err.splitlines()
    assert said.startswith("gradproof: one call of waits_on_nan has taken more than 0 s, asked by the law special ")
    assert " special values of relu(x=(" in said
    assert said.endswith("with isolate=True a call has its time, and what never comes back is a finding")


def test_many_short_calls_are_told_of_nobody(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nor is what the harness itself does."""
    monkeypatch.setattr(waiting, "LONG", 0.2)
    assert examine((lambda x: (np.maximum(x, 0), x), backward), like="relu", budget="1s").cases
    assert not capsys.readouterr().err


def test_nobody_looks_on_any_more_when_an_examination_has_ended() -> None:
    """What that thread held would be freed as the process ends, which aborts it where that is a graph of PyTorch's."""
    monitors = list[threading.Thread]()

    def forward(x: Array) -> tuple[Array, Array]:
        monitors.extend(each for each in threading.enumerate() if each.name == "gradproof waiting")
        return np.maximum(x, 0), x

    assert examine((forward, backward), like="relu", budget="1ms", laws=["adjoint"]).cases
    assert monitors
    assert not any(each.is_alive() for each in monitors)
