"""A module whose attributes wear out is right on each case alone: a script makes the earlier calls, too."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from checks import examine
from checks.adapters import adapt
from checks.adapters.outlasting import outlasts
from checks.families.slices import READABLE
from checks.selftest.diagnosis import by_itself
from checks.tally import Finding

#: Their scripts are read.
pytestmark = pytest.mark.usefixtures("plainest")

#: One keeps its first mask of a shape, one is right once, one looks for x in its class.
LAYERS = """
import torch


class Stale(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.masks = {}

    def forward(self, x):
        shape = tuple(x.shape)
        if shape not in self.masks:
            self.masks[shape] = (x > 0).detach()
        return torch.where(self.masks[shape], x, 0.0)


class Once(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1
        return x if self.calls > 1 else x.relu()


class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        Square.x = x
        return x * x

    @staticmethod
    def backward(ctx, dy):
        return 2 * Square.x * dy
"""


def worn(name: str, laws: list[str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> Finding:
    """What is found of one of them as relu, by the last of these laws."""
    layer = vars(by_itself.written(LAYERS, folder, monkeypatch))[name]()
    return examine(layer, "relu", budget="1ms", laws=laws).findings[laws[-1]]


def test_a_script_of_a_module_that_wears_out_calls_it_as_often(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last line is another number than its first; the many numbers of its case are drawn anew."""
    found = worn("Once", ["reference"], tmp_path, monkeypatch)
    assert found.alone.startswith("with a new object this case is right as a first call")
    assert not found.diagnosis
    assert found.shrunk.sizes() > READABLE
    first, last = by_itself.printed([found.script], tmp_path)[0].splitlines()
    assert first != last


def test_a_script_of_a_module_with_a_stale_table_fills_it_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A call on other numbers comes first."""
    found = worn("Stale", ["reference", "kinks"], tmp_path, monkeypatch)
    assert found.alone.endswith("there it is wrong by reference after one call on other numbers of the same shapes")
    (said,) = by_itself.printed([found.script], tmp_path)
    results, _, told = said.partition(" of which ")
    got, want = told.split(" must be ")
    assert float(results.split()[-1]) == float(got) != float(want)


def test_a_mode_that_is_wrong_after_calls_in_the_other_alone_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each call of the law is right as a first one."""
    found = worn("Once", ["modes"], tmp_path, monkeypatch)
    assert found.alone.startswith("with a new object each call on this case is right as a first call")


def test_a_module_forgets_what_calls_left_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It stays the same object, with the same parts."""
    inner = by_itself.written(LAYERS, tmp_path, monkeypatch).Once()
    layer: Any = torch.nn.Sequential(torch.nn.ReLU(), inner)
    layer.parts = [inner]
    subject = adapt(layer, ("x",))
    for _ in range(2):
        subject.start_anew()
        subject.apply({"x": torch.ones(1, 2).numpy()}, {})
        assert inner.calls == 1
    assert layer.parts[0] is inner


def test_what_a_function_keeps_in_its_class_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where no attribute is there before the first call; PyTorch's own layers keep nothing."""
    layers = by_itself.written(LAYERS, tmp_path, monkeypatch)
    assert outlasts(layers.Square)
    assert not any(map(outlasts, (layers.Once, torch.nn.Conv2d, torch.nn.functional.relu, torch.relu)))


def test_a_class_attribute_that_another_forward_takes_over_has_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Forward of one, forward of another, backward of the first."""
    layer = by_itself.written(LAYERS, tmp_path, monkeypatch).Square.apply
    found = examine(layer, inputs=(torch.ones(2).double(),), budget="1ms", laws=["saved state"]).findings["saved state"]
    (said,) = by_itself.printed([found.script], tmp_path)
    results, _, told = said.partition(" of which ")
    got, want = told.split(" must be ")
    assert float(got) != float(want)
    assert [float(number) for number in results.split(" is ")[1].split()] == [float(want), float(got)]
