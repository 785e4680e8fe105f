"""A module that computes a part of its forward once more in its backward finds there what its forward found."""

from __future__ import annotations

from typing import Any

import pytest

from checks import examine, story

torch = pytest.importorskip("torch")
checkpoint = pytest.importorskip("torch.utils.checkpoint").checkpoint


class Convolution(torch.nn.Module):  # type: ignore[misc,name-defined]
    """A convolution behind a checkpoint, in any format."""

    def __init__(self, in_channels: int = 2, out_channels: int = 3, kernel_size: Any = 3) -> None:
        super().__init__()
        self.conv = torch.nn.Conv2d(in_channels, out_channels, kernel_size)

    def forward(self, x: Any) -> Any:
        """The same as without."""
        return checkpoint(self.conv, x, use_reentrant=False)


class Dropping(torch.nn.Module):  # type: ignore[misc,name-defined]
    """Two layers with dropout between them, which is another thing in eval mode."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = torch.nn.Linear(3, 4), torch.nn.Linear(4, 2)

    def forward(self, x: Any) -> Any:
        """In one checkpoint."""
        return checkpoint(self._whole, x, use_reentrant=False)

    def _whole(self, x: Any) -> Any:
        return self.second(torch.dropout(torch.tanh(self.first(x)), 0.5, self.training))


@pytest.mark.parametrize("layer", [Convolution(), Convolution])
def test_a_checkpoint_in_a_module_is_no_mistake(layer: Any) -> None:
    """Neither of an object nor of a class."""
    found = examine(layer, "conv2d", budget="1ms", laws=["reference", "adjoint", "subsets"])
    assert not found.wrong, story(found)


def test_a_backward_computes_in_the_mode_of_its_forward() -> None:
    """Though it runs after the module was put back."""
    torch.manual_seed(0)
    layer, x = Dropping().double(), torch.randn(2, 3, dtype=torch.float64)
    found = examine(layer, inputs=(x,), budget="1ms", laws=["finite differences", "modes"])
    assert not found.wrong, story(found)
    assert found.tallies["modes"].right
