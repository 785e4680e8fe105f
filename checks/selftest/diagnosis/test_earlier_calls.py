"""Scripts of layers whose answers depend on earlier calls make those calls, too."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checks import examine
from checks.selftest.diagnosis import by_itself

#: Their scripts are read.
pytestmark = pytest.mark.usefixtures("plainest")

FROM_SOME_CALL_ON = """
calls = 0


def forward(x):
    global calls
    calls += 1
    return 2 * x, x


def backward(dy, x):
    return (2.0 if calls < {limit} else 3.0) * dy


class Tired:
    def __init__(self):
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return 2 * x

    def backward(self, dy):
        return (2.0 if self.calls < {limit} else 3.0) * dy
"""


def from_some_call_on(layer: str, limit: int, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """What the script of a pair or of an object prints that is wrong from its so manieth forward on."""
    monkeypatch.syspath_prepend(folder)
    layers = by_itself.written(FROM_SOME_CALL_ON.replace("{limit}", str(limit)), folder, monkeypatch)
    asked = layers.Tired() if layer == "object" else (layers.forward, layers.backward)
    found = examine(asked, inputs=(np.ones((2, 3)),), budget="1ms", laws=["adjoint"]).findings["adjoint"]
    assert " on the same arrays gives something else than the first" in found.alone
    assert ("forward(x)  # as the layer was called before" in found.script) == (layer == "pair")
    (said,) = by_itself.printed([found.script], folder)
    return [float(line.rpartition(" ")[2]) for line in said.splitlines()]


@pytest.mark.parametrize("layer", ["pair", "object"])
def test_a_script_makes_the_calls_that_were_made_before_the_first_case_too(
    layer: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is wrong from its fifth forward on goes forward until it is; a new object has not been called before."""
    first, *between, last = from_some_call_on(layer, 5, tmp_path, monkeypatch)
    assert last == pytest.approx(1.5 * first)
    assert between[:2] == [first] * 2


def test_a_script_of_an_object_that_is_right_once_begins_with_that_call(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its second number is another one."""
    first, second = from_some_call_on("object", 2, tmp_path, monkeypatch)
    assert second == pytest.approx(1.5 * first)


RETAINED = """
import numpy as np


def forward(x):
    global mask, room
    mask = x > 0
    return np.maximum(x, 0), x


def backward(dy, x):
    return dy * (mask if mask.shape == x.shape else x > 0)


def reusing(dy, x):
    global room
    if "room" not in globals() or room.shape != x.shape or room.dtype != dy.dtype:
        room = np.empty(x.shape, dy.dtype)
    room[...] = dy * (x > 0)
    return room
"""


@pytest.mark.parametrize(("backward", "law"), [("backward", "saved state"), ("reusing", "results kept")])
def test_what_a_later_call_takes_over_is_shown_by_a_script(
    backward: str, law: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward of one, forward of another, backward of the first; or a result that a second backward writes to."""
    layers = by_itself.written(RETAINED, tmp_path, monkeypatch)
    found = examine((layers.forward, vars(layers)[backward]), "relu", budget="1ms", laws=[law]).findings[law]
    (said,) = by_itself.printed([found.script], tmp_path)
    results, _, told = said.partition(" of which ")
    got, want = map(float, told.split(" must be "))
    assert got != want
    assert float(results.split()[-1]) == got


SUMMED = """
import numpy as np

kept = {}


def forward(x):
    key = x.shape, str(x.dtype), float(x.sum())
    return np.maximum(kept.setdefault(key, x.copy()), 0), x


def backward(dy, x):
    return dy * (x > 0)
"""


def test_a_table_by_sums_is_filled_by_a_call_on_the_same_numbers_in_another_order(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Other numbers alone would not be taken for the case's."""
    monkeypatch.syspath_prepend(tmp_path)
    layers = by_itself.written(SUMMED, tmp_path, monkeypatch)
    case = 'relu(x=(1,1,4), dy=(1,1,4); at_zero=0.0; dtype="float64", data="integers", seed=1; x={})'
    cases = [case.format(f"((({numbers}),),)") for numbers in ("1.0,-2.0,4.0,3.0", "1.0,4.0,-2.0,3.0")]
    pair = layers.forward, layers.backward
    found = examine(pair, "relu", cases=cases, laws=["reference"]).findings["reference"]
    assert found.alone.endswith("there it is wrong after one call on other numbers of the same shapes")
    (said,) = by_itself.printed([found.script], tmp_path)
    got, want = map(float, said.partition(" of which ")[2].split(" must be "))
    assert got != want
