"""The call that raises, looked for among many: the last calls are kept, and there is an end."""

from __future__ import annotations

from time import monotonic
from typing import Any

import numpy as np
import pytest

from checks.diagnosis.events import Backward, Forward
from checks.diagnosis.recorder import LAST_CALLS, Latest
from checks.errors import SubjectError
from checks.subject import Subject
from checks.types import Array, Arrays


def _forward(arrays: Arrays, _: Any) -> tuple[Array, Any]:
    return 2 * arrays["x"], None


def _backward(dy: Array, _: Any) -> Arrays:
    return {"dx": 2 * dy}


def test_of_many_calls_the_last_are_kept() -> None:
    """A backward after its forward."""
    recorder = Latest(Subject("twice", _forward, _backward), monotonic() + 60)
    for number in range(5 * LAST_CALLS):
        y, saved = recorder.subject.run_forward({"x": np.full(3, float(number))}, {})
        recorder.subject.run_backward(y, saved, ("x",))
    assert len(recorder.events) <= LAST_CALLS + 2
    ahead, back = recorder.last()
    assert isinstance(ahead, Forward)
    assert isinstance(back, Backward)
    assert ahead.handed[0].numbers[0] == number


def test_once_it_is_late_no_more_calls_are_made() -> None:
    """Whoever waits for a script does not wait for ever."""
    recorder = Latest(Subject("twice", _forward, _backward), monotonic())
    with pytest.raises(SubjectError, match="no time for more calls"):
        recorder.subject.run_forward({"x": np.zeros(3)}, {})
