"""A script for a module, or an autograd function that is told more, sets what its calls begin with, or says why not."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine, story
from checks.adapters.outputs import First
from checks.adapters.signature import Plan, read
from checks.adapters.torch_buffers import Buffers
from checks.adapters.torch_module_preamble import as_it_is, as_it_is_compiled
from checks.adapters.torch_tensors import Format
from checks.errors import UnscriptedError
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.tally import Finding

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Wrong layers: each gradient is twice too large, or is lost.
LAYERS = '''
import torch


class Scaled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, factor, times=2):
        ctx.factor = factor * times
        return x * ctx.factor

    @staticmethod
    def backward(ctx, dy):
        return 2 * dy * ctx.factor, None, None


class ScaledHere(torch.autograd.Function):
    """Writes to its input."""

    @staticmethod
    def forward(ctx, x, factor):
        ctx.factor = factor
        ctx.mark_dirty(x.mul_(factor))
        return x

    @staticmethod
    def backward(ctx, dy):
        return 2 * dy * ctx.factor, None


class Weighted(torch.autograd.Function):
    """Has a context of its own."""

    @staticmethod
    def forward(x, weights):
        return x * weights

    @staticmethod
    def setup_context(ctx, inputs, output):
        ctx.save_for_backward(inputs[1])

    @staticmethod
    def backward(ctx, dy):
        return 2 * dy * ctx.saved_tensors[0], None


class Hooked(torch.nn.Module):
    """A hook doubles the gradient of its weight."""

    def __init__(self):
        super().__init__()
        self.weight = torch.nn.Parameter(torch.ones(2))
        self.weight.register_hook(lambda gradient: 2 * gradient)

    def forward(self, x):
        return x * self.weight


class Averaging(torch.nn.Module):
    """Takes off a running mean, which moves with x."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(2, dtype=torch.float64))

    def forward(self, x):
        self.mean = 0.5 * self.mean + 0.5 * (1 + x.mean(0).detach())
        return x - self.mean
'''

X = np.array([[1.0, 2.5], [3.5, -4.0]])
FACTORS = torch.tensor([2.0, 3.0], dtype=torch.float64)


FORMAT = Format("", "cpu", First())


def read_of(module: Any) -> Plan:
    """How its forward takes x."""
    return read(module.forward, ("x",), "function")


def found(layer: Any, *inputs: Any) -> Finding:
    """What finite differences find of a wrong layer."""
    law = "finite differences"
    return examine(layer, inputs=inputs, budget="1ms", laws=[law]).findings[law]


@pytest.mark.long
def test_an_autograd_function_with_held_arguments_is_applied_by_position(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example of a number is held, and so is what ``partial`` holds."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    findings = {
        "= Scaled.apply(x, 1.5)": found(layers.Scaled, X, 1.5),
        "= Scaled.apply(x, 1.5, 4)": found(partial(layers.Scaled, factor=1.5, times=4), X),
        "= ScaledHere.apply(x.clone(), 1.5)": found(layers.ScaledHere, X, 1.5),
        "= Weighted.apply(x, torch.tensor([2.0, 3.0], dtype=torch.float64))": found(
            partial(layers.Weighted, weights=FACTORS), X
        ),
    }
    assert [text for text, finding in findings.items() if text not in finding.script] == []
    demand_shown(list(findings.values()), tmp_path)


@pytest.mark.long
def test_a_module_with_hooks_on_its_parameters_has_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The arrays that stand in for them have the same hooks."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    findings = [found(layers.Hooked().double(), X), found(layers.Hooked, X)]
    assert all('layer.get_parameter("weight")._backward_hooks' in each.script for each in findings)
    demand_shown(findings, tmp_path)


@pytest.mark.long
def test_a_module_whose_y_depends_on_a_buffer_has_a_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The buffer is set to what it comes to rest at."""
    finding = found(written(LAYERS, tmp_path, monkeypatch).Averaging(), X)
    assert '    buffers["mean"] = torch.tensor([' in finding.script
    demand_shown([finding], tmp_path)


@pytest.mark.long
def test_a_module_that_nobody_can_build_again_has_no_script_and_says_why() -> None:
    """One that was compiled; also in a process of its own."""
    module: Any = torch.nn.Linear(2, 2).double()
    module.forward = lambda x: torch.nn.functional.linear(x, 2 * module.weight.detach() + 0 * module.weight)
    for isolate in (False, True):
        examined = examine(
            torch.compile(module, backend="eager"), inputs=(X,), budget="1ms", laws=["adjoint"], isolate=isolate
        )
        (finding,) = examined.findings.values()
        assert not finding.script
        assert "  script   # none: torch.compile made this module, and nobody but you knows how; ex" in story(examined)


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_what_cannot_be_shown_is_an_error_that_says_why() -> None:
    """Compiled modules, parts that were scripted, and long buffers."""
    with pytest.raises(UnscriptedError, match=r"^torch\.compile made this module, and nobody but"):
        as_it_is_compiled()
    module = torch.nn.BatchNorm1d(100)
    held = Buffers(module, {"running_mean": torch.zeros(100)})
    called = as_it_is(module, read_of(module), {}, FORMAT, "", "", held)
    with pytest.raises(UnscriptedError, match=r"the buffer running_mean as .* and nobody reads its 100 numbers$"):
        called({"x": "x"}, {"x": X}, {})
    part = torch.nn.Sequential(torch.jit.trace(torch.nn.Linear(2, 2), torch.ones(1, 2)))  # type: ignore[no-untyped-call]
    called = as_it_is(part, read_of(part), {}, FORMAT, "", "", Buffers(part))
    with pytest.raises(UnscriptedError, match=r"^torch\.jit made a part of this module, or it keeps a list"):
        called({"x": "x"}, {"x": X}, {})
