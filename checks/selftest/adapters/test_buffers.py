"""Modules whose forward writes to buffers on which its y depends: right by design, wrong, and undecided."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import ZeroComparisonsError, examine, story
from checks.adapters.torch_buffers import Last
from checks.examination import Examination

SPECTRAL: dict[str, Any] = {
    "parametrized": torch.nn.utils.parametrizations.spectral_norm,
    "by hooks": torch.nn.utils.spectral_norm,
}

LAYERS: dict[str, tuple[Callable[[], torch.nn.Module], tuple[int, ...]]] = {
    "linear": (lambda: torch.nn.Linear(3, 2), (1, 3)),
    "conv": (lambda: torch.nn.Conv2d(1, 2, 2), (1, 1, 2, 3)),
}


def examined(layer: torch.nn.Module, x: Any) -> Examination:
    """A module on one example, in double precision."""
    laws = ["finite differences", "adjoint", "modes"]
    return examine(layer.double(), inputs=(x.double(),), budget="1ms", laws=laws)


def drawn(*shape: int) -> Any:
    """Numbers that are no special ones."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(1), dtype=torch.float64)


@pytest.mark.long
@pytest.mark.sweep("layers with a spectral norm", 2)
@pytest.mark.parametrize("kind", LAYERS)
@pytest.mark.parametrize("normalised", SPECTRAL.values(), ids=SPECTRAL)
def test_spectral_norm_is_right_as_it_trains(normalised: Callable[[Any], Any], kind: str) -> None:
    """Its power iteration is no part of its gradient, which is that of y where the iteration rests; a note says so."""
    torch.manual_seed(0)
    build, shape = LAYERS[kind]
    found = examined(normalised(build()), drawn(*shape))
    assert not found.wrong, story(found)
    assert {"finite differences", "adjoint", "modes"} <= found.asked
    (note,) = (note for note in found.notes if "on which y depends" in note)
    assert "each call begins with what calls on its case leave at rest" in note


class Scaled(torch.nn.Module):
    """W divided by the spectral norm, found by a power iteration, of which the gradient is forgotten."""

    v: Any

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(drawn(2, 3))
        self.register_buffer("v", torch.ones(3))

    def forward(self, x: Any) -> Any:
        """Another tensor stands for v each time."""
        with torch.no_grad():
            u = torch.nn.functional.normalize(self.weight @ self.v, dim=0)
            self.v = torch.nn.functional.normalize(self.weight.T @ u, dim=0)
            norm = u @ self.weight @ self.v
        return x @ (self.weight / norm).T


class Centred(torch.nn.Module):
    """Less a running mean that autograd does not see: near its rest y still moves with it."""

    mean: Any

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))

    def forward(self, x: Any) -> Any:
        """As it trains."""
        self.mean.mul_(0.5).add_(x.detach().mean(0), alpha=0.5)
        return x - self.mean


class Averaged(torch.nn.Module):
    """The same, where autograd sees what the batch adds: right, wherever the mean is."""

    mean: Any

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(3))

    def forward(self, x: Any) -> Any:
        """As it trains."""
        mean = 0.5 * self.mean + 0.5 * x.mean(0)
        self.mean = mean.detach()
        return x - mean


class Counting(torch.nn.Module):
    """Times the number of its calls, which never rests."""

    calls: Any

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("calls", torch.zeros(()))

    def forward(self, x: Any) -> Any:
        """As it trains."""
        self.calls += 1
        return x * x * self.calls


@pytest.mark.parametrize("layer", [Scaled, Centred])
def test_a_wrong_layer_that_keeps_state_in_buffers_is_found(layer: type[torch.nn.Module]) -> None:
    """At rest too: what is forgotten there is missing from its gradient."""
    found = examined(layer(), drawn(2, 3))
    assert {"finite differences", "adjoint"} & set(found.findings)


@pytest.mark.parametrize("layer", [Averaged, Counting, lambda: torch.nn.BatchNorm1d(3)], ids=["mean", "count", "norm"])
def test_a_right_layer_that_keeps_state_in_buffers_is_right(layer: Callable[[], torch.nn.Module]) -> None:
    """Whether y depends on them, and whether they rest, or not."""
    found = examined(layer(), drawn(3, 3))
    assert not found.wrong, story(found)
    assert "finite differences" in found.asked


def test_a_counter_on_which_y_depends_is_said() -> None:
    """It never rests, and each call counts from what the module has."""
    layer = Counting()
    (note,) = (note for note in examined(layer, drawn(2, 3)).notes if "on which y depends" in note)
    assert note.startswith(
        "forward writes to calls, on which y depends, and which never rests, as a counter: each call"
    )
    assert float(layer.calls) == 0


def test_the_buffers_of_the_module_stay_as_they_were() -> None:
    """However many calls it took to find where they rest."""
    layer = SPECTRAL["parametrized"](torch.nn.Linear(3, 2)).double()
    before = {name: value.clone() for name, value in layer.named_buffers()}
    assert examined(layer, drawn(1, 3)).compared
    assert all(torch.equal(value, before[name]) for name, value in layer.named_buffers())


@pytest.mark.long
def test_a_layer_whose_buffers_take_too_long_to_rest_is_told_to_be_examined_in_eval_mode() -> None:
    """Two singular values that are nearly the same: of such cases neither right nor wrong can be said as it trains."""
    torch.manual_seed(1)
    linear = torch.nn.Linear(2, 2)
    linear.weight.data = torch.diag(torch.tensor([1.0, 0.998]))
    layer = SPECTRAL["parametrized"](linear, n_power_iterations=1).double()
    shapes = "input=(2,2), bias=(2,), parametrizations.weight.original=(2,2), dy=(2,2)"
    given = f'unclaimed({shapes}; ; dtype="float64", data="given", span=1, unit=1, seed=0)'
    with pytest.raises(ZeroComparisonsError, match=r"moves still by .* after [\d,]+ calls .*: examine\(layer.eval\(\)"):
        examine(layer, inputs=(drawn(2, 2),), cases=[given], laws=["finite differences"])
    assert not examined(layer.eval(), drawn(2, 2)).wrong


class Switched(torch.nn.Module):
    """It divides by the spectral norm, and by another one too where x begins above 0."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = (SPECTRAL["parametrized"](torch.nn.Linear(3, 2)) for _ in range(2))

    def forward(self, x: Any) -> Any:
        """The second is used by turns."""
        return self.first(x) + (self.second(x) if x[0, 0] > 0 else 0.0)


@pytest.mark.long
def test_what_y_depends_on_is_said_once_though_other_numbers_depend_on_more() -> None:
    """The first buffers that were seen are named."""
    torch.manual_seed(0)
    found = examine(
        Switched().double(),
        inputs=arrays(np.float64, (1, 3), elements=st.sampled_from([-1.5, 2.0])),
        budget="1ms",
        laws=["adjoint"],
    )
    assert not found.wrong, story(found)
    assert len([note for note in found.notes if "on which y depends" in note]) == 1


@pytest.mark.parametrize(("calm", "told"), [(0, "moves still by 0.002"), (3, "has not moved for 3 calls alone")])
def test_what_is_no_rest_yet_is_told_by_what_it_does(calm: int, told: str) -> None:
    """One that has only just stopped moves no more."""
    assert Last(steps=100, moved=0.002 * (calm == 0), first=1.0, calm=calm).told == told
