"""A fault of the diagnosis is told as ours, and the layer's verdict stands."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.diagnosis import explain, own_faults, scripted
from checks.types import Array


def _wrong(dy: Array, x: Array) -> Array:
    return dy * 2 * np.cos(x)


def _stumbling(*_: Any, **__: Any) -> Any:
    return list[int]()[0]


@pytest.mark.parametrize(
    ("room", "stumbles", "before"),
    [(explain, "example_looks", "  looks    "), (scripted, "spelled", "  script   # none: ")],
)
def test_the_verdict_stands_where_the_diagnosis_stumbles(
    room: ModuleType, stumbles: str, before: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it was to say is not said, with the reason and the place in our code."""
    monkeypatch.setattr(own_faults, "FAULTS", (Exception,))
    monkeypatch.setattr(room, stumbles, _stumbling)
    found = examine((lambda x: (np.sin(x), x), _wrong), inputs=np.ones(3), budget="1ms", laws=["finite differences"])
    assert found.findings.keys() == {"finite differences"}
    line = next(each for each in story(found).splitlines() if "the diagnosis itself raised IndexError" in each)
    assert line.startswith(before)
    assert "test_own_faults.py" in line
    assert "please report it" in line
