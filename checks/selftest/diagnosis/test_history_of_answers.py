"""A layer that raises, ends its process or never answers only after earlier calls is told as such."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from checks import Isolation, examine
from checks.selftest.diagnosis import by_itself
from checks.tally import Finding

#: Each keeps the number of its calls in a global variable, but for those that are wrong for some arrays, or always.
PAIRS = """
import os

import numpy as np

calls = {}


def forward(x):
    return x * x, x.copy()


def again(x):
    calls[x.shape] = calls.get(x.shape, 0) + 1
    return calls[x.shape] > 30


def raises(dy, x):
    if again(x):
        raise IndexError("no room")
    return 2 * x * dy


def ends(dy, x):
    if again(x):
        os._exit(3)
    return 2 * x * dy


def hangs(dy, x):
    while again(x):
        pass
    return 2 * x * dy


def tires(dy, x):
    return 2 * x * dy * (not again(x))


def minds(dy, x):
    if not dy.flags.c_contiguous:
        os._exit(3)
    return 2 * x * dy


def always(dy, x):
    raise IndexError("no way")
"""


def finding(
    law: str, backward: str, folder: Path, monkeypatch: pytest.MonkeyPatch, isolate: bool | Isolation = False
) -> Finding:
    """What breaks a law."""
    monkeypatch.syspath_prepend(folder)
    module = by_itself.written(PAIRS, folder, monkeypatch)
    layer = module.forward, vars(module)[backward]
    return examine(layer, inputs=(np.array([1.0, 2.0, -3.0]),), budget="1ms", isolate=isolate).findings[law]


@pytest.mark.parametrize("isolate", [False, True])
def test_one_that_raises_from_some_call_on_is_shown_by_as_many_calls(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    isolate: bool,
) -> None:
    """Not as one that raises on these numbers."""
    found = finding("runs", "raises", tmp_path, monkeypatch, isolate)
    assert found.alone.startswith("in a new process this case is right as a first call")
    assert "there call 31 on the same arrays raises: backward raised IndexError: no room" in found.alone
    assert "for _ in range(31):" in found.script


@pytest.mark.long
@pytest.mark.parametrize(
    ("law", "backward", "how"),
    [("runs", "ends", "the process ended by itself with exit code 3"), ("hangs", "hangs", "no answer within 1 s")],
)
def test_one_that_does_not_come_back_from_some_call_on_is_told_as_that(
    law: str, backward: str, how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the words of its end."""
    found = finding(law, backward, tmp_path, monkeypatch, Isolation(seconds=1))
    assert f"there a later call on the same arrays does not come back: {how}" in found.alone


@pytest.mark.parametrize(("backward", "isolate"), [("minds", True), ("always", False)])
def test_one_that_does_not_answer_on_some_arrays_or_ever_stands_alone(
    backward: str,
    isolate: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Also where a law has made these arrays, and the case's own are right."""
    assert not finding("runs", backward, tmp_path, monkeypatch, isolate).alone


def test_calls_are_counted_as_they_are_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On examples, too, where a bound is found by calls of its own."""
    found = finding("repeatable", "tires", tmp_path, monkeypatch)
    assert "there call 31 on the same arrays gives something else than the first" in found.alone
