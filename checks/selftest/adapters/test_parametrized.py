"""Modules whose weight is computed from other parameters, like a family and like none."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from checks import examine, story
from checks.examination import Examination

PARAMETRIZATIONS: dict[str, Any] = {
    "weight norm": torch.nn.utils.parametrizations.weight_norm,
    "spectral norm": torch.nn.utils.parametrizations.spectral_norm,
}


def examined(layer: torch.nn.Module) -> Examination:
    """A module as a convolution, by one law."""
    return examine(layer, like="conv2d", budget="1ms", laws=["reference"])


@pytest.mark.parametrize("parametrization", PARAMETRIZATIONS.values(), ids=PARAMETRIZATIONS)
@pytest.mark.parametrize("around", [lambda layer: layer, torch.nn.Sequential], ids=["itself", "inside"])
def test_a_parametrized_convolution_is_examined_without_its_parametrization(parametrization: Any, around: Any) -> None:
    """Its weight is the family's; a note says what was left out, and what to write to examine it too."""
    layer = around(parametrization(torch.nn.Conv2d(2, 3, 3)))
    names = [name for name, _ in layer.named_parameters()]
    found = examined(layer)
    assert not found.wrong, story(found)
    assert any("without the parametrization of" in note and "inputs=(x,)" in note for note in found.notes)
    assert [name for name, _ in layer.named_parameters()] == names


def test_without_a_family_both_are_examined_by_the_parameters_of_the_parametrization() -> None:
    """As the note says."""
    layer = PARAMETRIZATIONS["weight norm"](torch.nn.Linear(2, 2).double())
    found = examine(layer, inputs=(torch.ones(1, 2, dtype=torch.float64),), budget="1ms", laws=["adjoint"])
    assert "parametrizations.weight.original0" in found.family.arguments


@pytest.mark.filterwarnings("ignore:`torch.nn.utils.weight_norm` is deprecated:FutureWarning")
@pytest.mark.parametrize("around", [lambda layer: layer, torch.nn.Sequential], ids=["itself", "inside"])
@pytest.mark.parametrize("kind", ["weight_norm", "spectral_norm"])
def test_a_weight_that_hooks_compute_is_examined_without_them(kind: str, around: Any) -> None:
    """Also once a forward has computed it; the module itself keeps its hooks and its parameters."""
    layer = around(getattr(torch.nn.utils, kind)(torch.nn.Conv2d(2, 3, 3)))
    y = layer(torch.ones(1, 2, 3, 3))
    names = [name for name, _ in layer.named_parameters()]
    found = examined(layer)
    assert not found.wrong, story(found)
    assert any("without the parametrization of" in note and "inputs=(x,)" in note for note in found.notes)
    assert [name for name, _ in layer.named_parameters()] == names
    if kind == "weight_norm":
        assert torch.equal(layer(torch.ones(1, 2, 3, 3)), y)
