"""An object that keeps a table by shapes is right on each case alone: that is told, and no cause in the numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters import adapt
from checks.families import family
from checks.scope.probe import probed
from checks.selftest.diagnosis import by_itself

#: Their scripts are read.
pytestmark = pytest.mark.usefixtures("plainest")

#: Classes whose objects keep what their first call on these shapes was given.
STALE = """
import numpy as np


class Square:
    def __init__(self):
        self.x = None

    def forward(self, x):
        if self.x is None or self.x.shape != x.shape:
            self.x = x.copy()
        return x**2

    def backward(self, dy):
        return 2 * self.x * dy


class Relu:
    def __init__(self):
        self.mask = None

    def forward(self, x):
        if self.mask is None or self.mask.shape != x.shape:
            self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dy):
        return dy * self.mask
"""


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("built", [False, True], ids=["class", "object"])
def test_a_stale_table_on_examples_is_told_as_what_depends_on_earlier_calls(
    built: bool,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Opening the layer calls it, which the question about a first call forgets; two calls show the mistake."""
    kind = by_itself.written(STALE, tmp_path, monkeypatch).Square
    x = np.random.default_rng(1).normal(size=(2, 3))
    layer, law = kind() if built else kind, "finite differences"
    found = examine(layer, inputs=(x,), budget="1ms", laws=[law]).findings[law]
    assert found.alone.startswith("with a new object this case is right as a first call")
    assert found.alone.endswith("there it is wrong after one call on other numbers of the same shapes")
    assert not found.diagnosis
    by_itself.demand_the_worst_printed(found, tmp_path)


def test_a_law_whose_own_calls_spoil_one_another_says_that_each_is_right_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of them on a new object."""
    found = examine(by_itself.written(STALE, tmp_path, monkeypatch).Relu, "relu", budget="1ms")
    assert found.findings
    after_another = found.findings.pop("saved state", None)  # of another example that came first, as its reason says
    assert after_another is None or "came first of all" in after_another.shrunk_verdict.why
    assert all("as a first call" in each.alone for each in found.findings.values())
    spoiled = [each for each in found.findings.values() if each.alone.startswith("with a new object each call on this")]
    assert spoiled
    for printed in by_itself.printed([each.script for each in found.findings.values() if each.script], tmp_path):
        got, want = printed.split(" of which ")[1].split(" must be ")
        assert float(got) != float(want)


def test_an_object_forgets_what_calls_left_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays the same object."""
    layer = by_itself.written(STALE, tmp_path, monkeypatch).Square()
    subject = adapt(layer, ("x",))
    for number in (2.0, 3.0):
        pull: Any = subject.pull({"x": np.full(2, number)}, {}, np.ones(2))
        assert pull.gradients["dx"].tolist() == [4.0, 4.0]
    subject.start_anew()
    assert layer.x is None
    assert subject.pull({"x": np.full(2, 3.0)}, {}, np.ones(2)).gradients["dx"].tolist() == [6.0, 6.0]


#: An object that keeps the shapes of its forwards in a list, and takes one of them back for each backward.
QUEUE = """
import numpy as np


class Pool:
    def __init__(self, kernel_size, stride=None):
        self.size = kernel_size if isinstance(kernel_size, int) else kernel_size[0]
        self.step = self.size if stride is None else stride if isinstance(stride, int) else stride[0]
        self.kept = []

    def forward(self, x):
        starts = range(0, x.shape[2] - self.size + 1, self.step)
        if not starts:
            raise ValueError("too short")
        self.kept.append(x.shape)
        return np.stack([x[:, :, at : at + self.size].mean(2) for at in starts], 2).astype(x.dtype)

    def backward(self, dy):
        dx = np.zeros(self.kept.pop(PLACE), dy.dtype)
        for number in range(dy.shape[2]):
            at = number * self.step
            dx[:, :, at : at + self.size] += dy[:, :, number : number + 1] / self.size
        return dx
"""


def test_an_object_that_takes_back_the_wrong_shape_is_told_as_a_mistake_between_calls(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it raises comes of an earlier forward: two forwards and a backward show it, and no limit helps."""
    kind = by_itself.written(QUEUE.replace("PLACE", "0"), tmp_path, monkeypatch).Pool
    case = (
        "avg_pool(x=(2,2,5), dy=(2,2,1); kernel_size=5, stride=1, padding=0, ceil_mode=False, count_include_pad=True, "
        'divisor_override=None; dtype="float64", data="integers", seed={})'
    )
    found = examine(kind, "avg_pool1d", cases=[case.format(1), case.format(2)], laws=["saved state"])
    raised = found.findings["runs"]
    assert raised.alone.startswith("with a new object each call on this case is right as a first call")
    assert "those of the law saved state spoil each other" in raised.alone
    assert "after a forward on other numbers whose backward was not called: backward raised" in raised.alone
    assert raised.script.count(" = forward(") > 1
    assert "gradients = backward(dy.copy(), saved2)  # raises ValueError" in raised.script.splitlines()[-1]
    assert "supports=" not in story(found)


@pytest.mark.parametrize("place", ["0", "-1"], ids=["first", "last"])
def test_what_a_layer_raises_on_an_empty_batch_because_of_earlier_calls_is_no_limit_of_it(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a first call it takes one."""
    kind = by_itself.written(QUEUE.replace("PLACE", place), tmp_path, monkeypatch).Pool
    assert "batch" not in probed(adapt(kind, ("x",)), family("avg_pool"), {"axes": 1})


def test_an_object_that_takes_back_the_last_shape_is_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The right one beside it: a second forward before the backward of the first is its own caller's doing."""
    kind = by_itself.written(QUEUE.replace("PLACE", "-1"), tmp_path, monkeypatch).Pool
    found = examine(kind, "avg_pool1d", budget="1ms", laws=["saved state", "channels", "batch"])
    assert not found.findings
    assert not found.notes
