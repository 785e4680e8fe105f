"""A layer that leaves threads running until Python can start none is told so; other layers and errors are spared."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from checks import examine
from checks.families import family
from checks.judge import RUNS
from checks.selftest.isolation.wrongdoers import forward_that
from checks.types import Array
from checks.used_up import SAID, USUAL
from reference_impl import relu_backward, relu_forward

SHEET = family("relu")
CASES = [SHEET.case_of({"x": (batch, 1, 1)}, {}, "float64", "distinct", 1) for batch in (1, 2)]


@contextmanager
def threads(many: int) -> Iterator[None]:
    """So many of them run for a while."""
    end = threading.Event()
    for _ in range(many):
        threading.Thread(target=end.wait, daemon=True).start()
    try:
        yield
    finally:
        end.set()


def crowd(many: int = USUAL + 1, said: str = SAID) -> None:
    """Leaves threads running, and raises what Python does where it can start no more of them."""
    for _ in range(many):
        threading.Thread(target=threading.Event().wait, daemon=True).start()
    raise RuntimeError(said)


def test_a_process_without_room_for_a_thread_is_a_finding_that_names_the_reason() -> None:
    """No case is called refused, no layout dangerous."""
    found = examine(forward_that(crowd), "relu", cases=CASES, isolate=True)
    assert set(found.findings) == {RUNS}
    assert f"{SAID}: 6" in found.findings[RUNS].verdict.why
    assert "a layer waits for the threads that it starts" in found.findings[RUNS].verdict.why
    assert not found.hazards
    assert not found.refused


def test_in_the_process_of_the_caller_nothing_more_is_asked() -> None:
    """Its threads stay there."""
    layer = forward_that(lambda: crowd(0))
    with threads(USUAL):
        found = examine(layer, "relu", cases=CASES)
    assert set(found.findings) == {RUNS}
    assert found.hearing.stopped.startswith(f"stopped: RuntimeError: {SAID}: ")


@pytest.mark.parametrize(("many", "said"), [(0, SAID), (USUAL, "no batch of one")])
def test_few_threads_and_other_errors_are_no_such_thing(many: int, said: str) -> None:
    """A machine may be full of others' threads, and a layer of many threads may turn a case down."""

    def forward(x: Array) -> tuple[Array, Any]:
        if len(x) == 1:
            raise RuntimeError(said)
        return relu_forward(x)

    with threads(many):
        found = examine((forward, relu_backward), "relu", cases=CASES)
    assert found.refused == 1
    assert not found.findings
    assert not found.hearing.stopped
