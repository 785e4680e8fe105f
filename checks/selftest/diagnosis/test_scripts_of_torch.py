"""A script for a PyTorch layer makes leaves, calls it as it is examined, and runs with PyTorch and its file alone."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from runpy import run_path
from typing import Any

import numpy as np
import pytest
import torch

from checks import examine
from checks.adapters import adapt
from checks.selftest.diagnosis.by_itself import MODULE, demand_shown, printed, written
from checks.tally import Finding

#: A script shows the plainest case.
pytestmark = pytest.mark.usefixtures("plainest")

#: Wrong layers of every kind: each gradient is twice too large, or is lost.
LAYERS = '''
import torch
from torch.nn import functional


class Doubled(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, at_zero=0.0):
        ctx.save_for_backward(x)
        return x.clamp(min=0)

    @staticmethod
    def backward(ctx, dy):
        return 2 * dy * (ctx.saved_tensors[0] > 0), None


def conv(x, weight, bias=None, *, stride=1, padding=0):
    return functional.conv2d(x, weight.detach() + 0 * weight, bias, stride, padding)


def lost(x):
    return x.detach().clamp(min=0)


def relu_(x):
    return Doubled.apply(x.mul_(1.0))


@torch.library.custom_op("my_layers::doubled", mutates_args=())
def doubled(x: torch.Tensor) -> torch.Tensor:
    return x.clamp(min=0)


doubled.register_autograd(
    lambda ctx, dy: 2 * dy * (ctx.x > 0), setup_context=lambda ctx, inputs, output: setattr(ctx, "x", inputs[0])
)


class Conv(torch.nn.Conv2d):
    """Loses the gradient of its weight."""

    def forward(self, x):
        return functional.conv2d(x, self.weight.detach(), self.bias, self.stride, self.padding)


class Around(torch.nn.Module):
    """Has a convolution as its only part."""

    def __init__(self, channels):
        super().__init__()
        self.inner = Conv(channels, 2, (1, 2))

    def forward(self, x):
        return self.inner(x)


class Normed(torch.nn.Module):
    """Has buffers, and is another layer in training; claims nothing."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.full((2,), 1.5))
        self.register_buffer("mean", torch.tensor([1.0, 2.0]))

    def forward(self, x):
        x = x - self.mean
        return Doubled.apply(x) * self.scale if not self.training else x * self.scale


def forward(x):
    return Doubled.apply(x)


class tensor(Doubled):
    """Has a name that scripts use."""


nameless = lambda x: Doubled.apply(x)


class Overwritten(torch.autograd.Function):
    """Its backward multiplies what was saved, and gives that."""

    @staticmethod
    def forward(ctx, x):
        ctx.slope = torch.ones_like(x)
        return x.clone()

    @staticmethod
    def backward(ctx, dy):
        return ctx.slope.mul_(dy)


class Partial(torch.autograd.Function):
    """The gradient of y is lost where nobody asks for that of x."""

    @staticmethod
    def forward(ctx, x, y):
        ctx.save_for_backward(x, y)
        return x * y

    @staticmethod
    def backward(ctx, dz):
        x, y = ctx.saved_tensors
        return dz * y, dz * x * ctx.needs_input_grad[0]


class Raising(Partial):
    """Goes back to x and y together, or to y alone."""

    @staticmethod
    def backward(ctx, dz):
        if not ctx.needs_input_grad[1]:
            raise RuntimeError("no path to x alone")
        return Partial.backward(ctx, dz)


class Frozen(torch.nn.Module):
    """Loses the gradient of its scale in eval mode."""

    def __init__(self):
        super().__init__()
        self.scale = torch.nn.Parameter(torch.full((2,), 1.5))

    def forward(self, x):
        return x * (self.scale if self.training else self.scale.detach())


def pair(x, y):
    """Two outputs."""
    return Doubled.apply(x), x * y
'''

X = np.array([[1.0, 2.5], [3.5, -4.0]])


def found(layer: Any, like: str) -> Finding:
    """What is found of a wrong layer."""
    return examine(layer, like, budget="1ms", laws=["reference"]).findings["reference"]


@pytest.mark.long
def test_a_script_of_a_torch_layer_runs_and_shows_the_wrong_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every kind, as its adapter calls it."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    claimed = {
        "Doubled.apply(x)": (layers.Doubled, "relu"),
        "conv(x, weight": (layers.conv, "conv2d"),
        "stride=2": (partial(layers.conv, stride=2), "conv2d"),
        "lost(x)": (layers.lost, "relu"),
        "y = your_forward(x)": (layers.forward, "relu"),
        "y = your_tensor.apply(x)": (layers.tensor, "relu"),
        "relu_(x.clone())": (layers.relu_, "relu"),
        "torch.ops.my_layers.doubled(x)": (layers.doubled, "relu"),
        "layer = Conv(in_channels=1, out_channels=1, kernel_size=(1, 1)": (layers.Conv, "conv2d"),
        ".bfloat16()": (adapt(layers.Doubled, ("x",), dtype="bfloat16"), "relu"),
    }
    findings = {text: found(*asked) for text, asked in claimed.items()}
    unclaimed = {
        ".eval().to(torch.float64)  # as you build it": (layers.Normed().eval(), X),
        "answer = torch.cat([each.reshape(-1) for each in (answer[0], answer[1])])": (layers.pair, (X[:1], X[:1])),
    }
    law = "finite differences"
    for text, (layer, inputs) in unclaimed.items():
        findings[text] = examine(layer, inputs=inputs, budget="1ms", laws=[law]).findings[law]
    assert [text for text, finding in findings.items() if text not in finding.script] == []
    demand_shown(list(findings.values()), tmp_path)


def test_a_script_of_a_module_leaves_room_for_how_it_is_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its parameters are found in its only part."""
    finding = found(written(LAYERS, tmp_path, monkeypatch).Around(3), "conv2d")
    assert "layer = Around(...)  # as you build it" in finding.script
    assert 'functional_call(layer, {"inner.weight": weight, "inner.bias": bias}, (x,))' in finding.script
    demand_shown([finding], tmp_path, fill="3")


def test_a_script_of_what_has_no_name_leaves_room_for_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is called as a function of its framework is."""
    finding = found(written(LAYERS, tmp_path, monkeypatch).nameless, "relu")
    line = "from your_module import your_layer  # the function that you examined"
    assert line in finding.script.splitlines()
    demand_shown(
        [replace(finding, script=finding.script.replace("import your_layer", "import nameless as your_layer"))],
        tmp_path,
    )


@pytest.mark.long
def test_a_script_asks_as_the_law_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For some gradients alone, or in the other mode."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    asked = {"subsets": (layers.Partial, (X, X)), "modes": (layers.Frozen, (X,)), "each": (layers.Frozen(), (X,))}
    findings = {}
    for name, (layer, inputs) in asked.items():
        law = "subsets" if name == "subsets" else "modes"
        findings[name] = examine(layer, inputs=inputs, budget="1ms", laws=[law]).findings[law]
    assert "    y.requires_grad_()" in findings["subsets"].script.splitlines()
    assert "layer = Frozen().eval()  # as you build it" in findings["each"].script
    demand_shown(list(findings.values()), tmp_path)


def test_a_script_of_what_raises_for_one_gradient_alone_asks_for_that_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked for both it raises nothing."""
    found = examine(written(LAYERS, tmp_path, monkeypatch).Raising, inputs=(X, X), budget="1ms").findings["runs"]
    assert "asked for dx alone, raised RuntimeError" in found.shrunk_verdict.why
    path = tmp_path / "script.py"
    path.write_text(found.script.replace("your_module", MODULE), encoding="utf-8")
    with pytest.raises(RuntimeError, match="no path to x alone"):
        run_path(str(path))


def test_a_script_goes_back_as_often_as_the_law_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one backward leaves shows in the next."""
    layer = written(LAYERS, tmp_path, monkeypatch).Overwritten
    finding = examine(layer, inputs=(X,), budget="1ms", laws=["saved state"]).findings["saved state"]
    worst = finding.shrunk_verdict.worst
    assert worst is not None
    results, _, told = printed([finding.script], tmp_path)[0].partition(" of which ")
    assert float(results.split()[-1]) == worst.got != worst.want
    assert told.split() == [str(worst.got), "must", "be", str(worst.want)]


@pytest.mark.long
def test_a_script_of_parameters_whose_names_begin_with_a_number_can_be_run() -> None:
    """Those of a Sequential."""

    class Thrice(torch.autograd.Function):
        @staticmethod
        def forward(_: Any, x: Any) -> Any:
            return 2 * x

        @staticmethod
        def backward(_: Any, dy: Any) -> Any:
            return 3 * dy

    class Wrong(torch.nn.Module):
        def forward(self, x: Any) -> Any:
            return Thrice.apply(x)  # type: ignore[no-untyped-call]

    net = torch.nn.Sequential(torch.nn.Linear(2, 2), Wrong()).double()
    script = examine(net, inputs=(np.ones((1, 2)),), budget="1ms", laws=["adjoint"]).findings["adjoint"].script
    assert '"0.weight": p0_weight' in script
    compile(script, "script", "exec")
