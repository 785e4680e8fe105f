"""What a layer keeps of the first example that it is given: y of one and the same x is another one after others."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from checks import examine, story
from checks.adapters.afresh import MOST, TOO_MUCH, Afresh
from checks.selftest.contracts.first_layers import (
    RIGHT,
    WRONG,
    Mean,
    X,
    by_a_global_dictionary,
    forget,
    scaled,
    seen,
)
from checks.selftest.diagnosis.by_itself import printed, written

ASKED: dict[str, Any] = {"budget": "1ms", "laws": ["saved state"]}


@pytest.fixture(autouse=True)
def nobody_called() -> None:
    """Each test begins with nothing kept."""
    forget()


@pytest.mark.parametrize("kept", WRONG)
def test_a_layer_that_keeps_its_first_example_is_wrong(kept: str) -> None:
    """Wherever it keeps it: all its own laws hold, but y of a case is another one where another example came first."""
    layer, inputs = WRONG[kept]
    found = examine(layer(), inputs=inputs, **ASKED)
    assert set(found.findings) == {"saved state"}, story(found)
    assert ("the same numbers in another order" if kept == "a sum" else "another example") in story(found)
    assert "came first of all" in story(found)


def test_it_is_found_in_a_process_of_its_own_too() -> None:
    """As on the command line."""
    found = examine((by_a_global_dictionary, scaled), inputs=(X,), isolate=True, **ASKED)
    assert "saved state" in found.findings, story(found)


LAYER = """
class Scaled:
    def __init__(self):
        self.by = None

    def forward(self, x):
        if self.by is None:
            self.by = x.max()
        return x * self.by

    def backward(self, dy):
        return dy * self.by
"""


@pytest.mark.usefixtures("plainest")
def test_its_script_gives_the_other_example_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the case, of which it prints what came."""
    found = examine(written(LAYER, tmp_path, monkeypatch).Scaled(), inputs=(X,), **ASKED).findings["saved state"]
    (said,) = printed([found.script], tmp_path)
    worst = found.shrunk_verdict.worst
    assert worst is not None
    assert float(said.partition(" of which ")[0].split()[-1]) == worst.got


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("kept", RIGHT)
def test_a_layer_that_keeps_what_makes_no_difference_is_right(kept: str) -> None:
    """A memory of exact numbers, statistics for later, what becomes a parameter."""
    layer, inputs = RIGHT[kept]
    found = examine(layer(), inputs=inputs, budget="1ms")
    assert not found.wrong, story(found)
    assert found.tallies["saved state"].right


def test_what_was_put_back_is_afterwards_as_it_had_become() -> None:
    """Nothing that counts calls begins again."""
    layer = Mean()
    before = Afresh.of((layer, by_a_global_dictionary))
    for _ in range(3):
        layer.forward(X)
    running, kept = layer.running, seen.setdefault((7,), X)
    with before.again():
        assert (layer.calls, bool(seen)) == (0, False)
        layer.forward(X)
    assert (layer.calls, layer.running is running, seen[7,] is kept) == (3, True, True)


def test_a_layer_that_reaches_too_much_to_begin_again_says_so() -> None:
    """It is not asked, and the report counts that as blind."""
    many = {number: [number] for number in range(MOST)}

    def forward(x: Any) -> Any:
        return x * len(many[0]), None

    found = examine((forward, lambda dy, _: dy), inputs=(X,), **ASKED)
    assert not found.wrong
    assert TOO_MUCH in story(found)
