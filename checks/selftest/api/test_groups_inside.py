"""Groups that a module has inside of it and does not name."""

from __future__ import annotations

from typing import Any

import pytest

from checks import examine, story

torch = pytest.importorskip("torch")


def module(slip: float = 0.0) -> Any:
    """A convolution of two groups at stride 2 whose attributes name neither; its weight's gradient is off by a slip."""

    class Scaled(torch.autograd.Function):  # type: ignore[misc, name-defined] # of a library that is not always there
        @staticmethod
        def forward(_ctx: Any, weight: Any) -> Any:
            return weight.clone()

        @staticmethod
        def backward(_ctx: Any, dy: Any) -> Any:
            return dy * (1 + slip)

    class Inside(torch.nn.Module):  # type: ignore[misc, name-defined] # as above
        def __init__(self) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.ones(6, 2, 3, 3))
            self.bias = torch.nn.Parameter(torch.ones(6))

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.conv2d(x, Scaled.apply(self.weight), self.bias, stride=2, groups=2)

    return Inside()


def test_groups_that_a_module_does_not_name_are_told_from_the_channels_it_takes() -> None:
    """And its reader is told what it was taken for."""
    found = examine(module(), "conv2d", budget="1ms", laws=["reference"])
    assert not found.wrong, story(found)
    assert found.refused == 0
    assert {case.config["groups"] for case in found.judged} == {2}
    assert any("supports={'in_channels': 4, 'groups': 2} says" in note for note in found.notes)


def test_a_mistake_in_groups_that_a_module_does_not_name_is_found() -> None:
    """It is examined as what it is."""
    assert examine(module(0.1), "conv2d", budget="1ms", laws=["reference"]).wrong
