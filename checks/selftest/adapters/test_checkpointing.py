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


@pytest.mark.long
def test_a_backward_computes_in_the_mode_of_its_forward() -> None:
    """Though it runs after the module was put back."""
    torch.manual_seed(0)
    layer, x = Dropping().double(), torch.randn(2, 3, dtype=torch.float64)
    found = examine(layer, inputs=(x,), budget="1ms", laws=["finite differences", "modes"])
    assert not found.wrong, story(found)
    assert found.tallies["modes"].right


class Entering(Dropping):
    """The checkpoint that enters autograd once more in its backward, and wants ``backward`` to be called for it."""

    def forward(self, x: Any) -> Any:
        """Without dropout."""
        return checkpoint(lambda x: self.second(torch.tanh(self.first(x))), x, use_reentrant=True)


class Within(torch.autograd.Function):  # type: ignore[misc,name-defined]
    """As reversible networks do it: gradients of parameters are added up by a backward within the backward."""

    @staticmethod
    def forward(ctx: Any, x: Any, layer: Any, factor: float) -> Any:
        """Without a graph."""
        ctx.layer, ctx.factor = layer, factor
        ctx.save_for_backward(x)
        with torch.no_grad():
            return torch.tanh(layer(x))

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Once more, with one; ``factor`` spoils dx."""
        x = ctx.saved_tensors[0].detach().requires_grad_()
        with torch.enable_grad():
            y = torch.tanh(ctx.layer(x))
        y.backward(dy)
        return ctx.factor * x.grad, None, None


class Reversible(Dropping):
    """One of them."""

    factor = 1.0

    def forward(self, x: Any) -> Any:
        """Its first layer alone."""
        return Within.apply(x, self.first, self.factor)


class Spoiled(Reversible):
    """Its dx is half of what it must be."""

    factor = 0.5


@pytest.mark.long(keep=1)
@pytest.mark.parametrize(("kind", "wrong"), [(Entering, set()), (Reversible, set()), (Spoiled, {"finite differences"})])
def test_gradients_are_found_where_a_backward_within_adds_them_up(kind: Any, wrong: set[str]) -> None:
    """Whoever calls ``y.backward(dy)`` finds them there."""
    torch.manual_seed(0)
    x = torch.randn(2, 3, dtype=torch.float64)
    found = examine(kind().double(), inputs=(x,), budget="1ms", laws=["finite differences"])
    assert set(found.findings) == wrong, story(found)
    for each in found.findings.values():
        assert each.verdict.of == "dx"
        assert "y.backward(tensor(dy).to(y.dtype), retain_graph=True)" in each.script
