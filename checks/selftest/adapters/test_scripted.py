"""What PyTorch compiles of a module is examined as the module is: scripted, traced, frozen, by torch.compile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from checks import examine, story
from checks.errors import UsageError
from checks.selftest.diagnosis.by_itself import demand_shown, written

#: Newer versions of PyTorch advise against what people have scripted.
pytestmark = pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")

D = torch.float64
X = torch.randn(2, 2, dtype=D, generator=torch.Generator().manual_seed(0))
QUICK: dict[str, Any] = {"budget": "1ms", "laws": ["finite differences"]}


class Half(nn.Module):
    """Half of y is kept from autograd where ``wrong`` is 1."""

    def __init__(self, inner: nn.Module, wrong: float) -> None:
        """A module and a share."""
        super().__init__()
        self.inner, self.wrong = inner, wrong

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Its y."""
        y = self.inner(x)
        whole: torch.Tensor = y + self.wrong * 0.5 * (y.detach() - y)
        return whole


class Tied(nn.Module):
    """Two parts that share a weight."""

    def __init__(self) -> None:
        """Of one size."""
        super().__init__()
        self.a, self.b = nn.Linear(2, 2, dtype=D), nn.Linear(2, 2, dtype=D)
        self.b.weight = self.a.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """One after the other."""
        y: torch.Tensor = self.b(torch.tanh(self.a(x)))
        return y


class Picks(nn.Module):
    """Takes integers beside x."""

    def __init__(self) -> None:
        """A table of three rows."""
        super().__init__()
        self.table = nn.Embedding(3, 2, dtype=D)

    def forward(self, places: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
        """A product."""
        y: torch.Tensor = self.table(places) * x
        return y


def _dense(wrong: float) -> nn.Module:
    return Half(nn.Sequential(nn.Linear(2, 1, dtype=D), nn.Tanh()), wrong)


def _eager(module: nn.Module) -> Any:
    return torch.compile(module, backend="eager")


def _traced(module: nn.Module) -> Any:
    return torch.jit.trace(module, X)  # type: ignore[no-untyped-call]


def _frozen(module: nn.Module) -> Any:
    return torch.jit.freeze(torch.jit.script(module.eval()))


@pytest.mark.long
@pytest.mark.parametrize("made", [torch.jit.script, _traced, _eager], ids=lambda made: made.__name__)
def test_a_compiled_module_is_right_or_wrong_as_its_module_is(made: Any) -> None:
    """With all of its parameters; what it keeps is left as it was."""
    layer = made(_dense(0.0))
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    found = examine(layer, inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert set(found.family.arguments) >= {
        "x",
        *(name.removeprefix("_orig_mod.") for name, _ in layer.named_parameters()),
    }
    assert all(torch.equal(value, before[name]) for name, value in layer.state_dict().items())
    assert "finite differences" in examine(made(_dense(1.0)), inputs=(X,), **QUICK).findings


def test_a_frozen_module_has_one_mode_and_its_inputs() -> None:
    """Its parameters are constants, and so is what was kept from autograd."""
    found = examine(_frozen(_dense(0.0)), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x",)


@pytest.mark.parametrize("made", [torch.jit.script, lambda m: torch.jit.trace(m, torch.randn(1, 2, 5, 5))])  # type: ignore[no-untyped-call]
def test_a_compiled_convolution_is_like_its_family(made: Any) -> None:
    """The settings of a scripted one are read, those of a traced one are told from the shapes of y."""
    found = examine(made(nn.Conv2d(2, 3, 3, stride=2, padding=1)), like="conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    wrong = examine(made(Half(nn.Conv2d(2, 3, 3), 1.0)), like="conv2d", budget="1ms", laws=["reference"])
    assert "reference" in wrong.findings


def _whole() -> Any:
    return torch.jit.script(Tied())


def _part() -> Any:
    return nn.Sequential(torch.jit.script(nn.Linear(2, 1, dtype=D)), nn.Tanh())


@pytest.mark.parametrize("made", [_whole, _part], ids=["a whole", "a part"])
def test_shared_parameters_and_scripted_parts_are_stood_in_for(made: Any) -> None:
    """Each gradient is that of the number under its name."""
    found = examine(made(), inputs=(X,), **QUICK)
    assert not found.wrong, story(found)


@pytest.mark.parametrize("made", [torch.jit.script, _eager], ids=lambda made: made.__name__)
def test_a_compiled_module_is_held_its_integers(made: Any) -> None:
    """And keeps its parameters."""
    found = examine(made(Picks()), inputs=(torch.tensor([1, 1]), X), **QUICK)
    assert not found.wrong, story(found)
    assert found.family.arguments == ("x", "table.weight")


def test_a_scripted_module_of_several_forwards_says_what_to_do() -> None:
    """A recurrent layer scripted by itself has one for each form of its input."""
    with pytest.raises(
        UsageError, match=r"LSTM, scripted by itself, has several forwards .* expected the module befor"
    ):
        examine(torch.jit.script(nn.LSTM(2, 1, dtype=D)), inputs=(X,), **QUICK)


LAYERS = """
import torch


class Lost(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Sequential(torch.nn.Linear(2, 1), torch.nn.BatchNorm1d(1))

    def forward(self, x):
        return self.inner(x) + self.inner(x).detach()


layer = torch.jit.script(Lost())
"""


@pytest.mark.long
def test_the_script_of_a_scripted_module_shows_the_wrong_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It needs the user's module and PyTorch alone."""
    x = torch.randn(3, 2, dtype=D, generator=torch.Generator().manual_seed(0))
    found = examine(
        written(LAYERS, tmp_path, monkeypatch).layer, inputs=(x,), budget="1ms", laws=["finite differences"]
    )
    demand_shown(list(found.findings.values())[:1], tmp_path)


TRACED: dict[str, tuple[nn.Module, dict[str, Any]]] = {
    "groups": (nn.Conv2d(4, 4, 3, groups=2), {"groups": 2, "stride": 1}),
    "every setting": (
        nn.Conv2d(4, 6, 2, groups=2, stride=2, padding=1, dilation=3),
        {"groups": 2, "stride": 2, "padding": 1, "dilation": 3},
    ),
    "inside another": (nn.Sequential(nn.Conv2d(4, 4, 2, groups=4)), {"groups": 4}),
}


@pytest.mark.parametrize(("layer", "settings"), TRACED.values(), ids=TRACED)
def test_a_traced_convolution_shows_its_settings_by_its_graph(layer: nn.Module, settings: dict[str, Any]) -> None:
    """Its groups above all, without which its weight has a wrong shape."""
    traced: Any = torch.jit.trace(layer, torch.ones(1, 4, 9, 9))  # type: ignore[no-untyped-call]
    found = examine(traced, like="conv2d", budget="1ms", laws=["reference", "torch"])
    assert not found.wrong, story(found)
    assert all(case.config[name] == value for case in found.judged for name, value in settings.items())


def test_a_traced_pooling_shows_its_window() -> None:
    """As numbers of one operation in its graph."""
    traced: Any = torch.jit.trace(nn.AvgPool2d(3, 2, 1), torch.ones(1, 4, 9, 9))  # type: ignore[no-untyped-call]
    found = examine(traced, like="avg_pool2d", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert {(case.config["kernel_size"], case.config["stride"]) for case in found.judged} == {(3, 2)}
