"""PyTorch counts what is written to what its autograd saved, and raises: that is no hazard, as silence is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.report.story import story
from checks.saved import Counting, tell_written

torch = pytest.importorskip("torch")

LAW = "saved copies"
X = torch.linspace(-2, 3, 12, dtype=torch.float64).reshape(3, 4)


class Saved(torch.autograd.Function):  # type: ignore[misc, name-defined] # of a library that is not always there
    """A cube that saves x as PyTorch tells to."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Save it."""
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Read it."""
        (x,) = ctx.saved_tensors
        return 3 * x * x * dy


class Held(Saved):
    """A cube that holds x itself, which nobody counts."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Hold it."""
        ctx.x = x
        return x**3

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Read what may be another x by now."""
        return 3 * ctx.x * ctx.x * dy


class HoldsY(Saved):
    """An exponential that holds y, and saves x."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """Hold y."""
        ctx.save_for_backward(x)
        ctx.y = torch.exp(x)
        return ctx.y

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Read y, and look at x."""
        return ctx.y * dy + 0 * ctx.saved_tensors[0]


def asked(layer: Any, **keywords: Any) -> Any:
    """What the law alone says, on a few cases."""
    return examine(layer, budget="1ms", laws=[LAW], **({"inputs": (X,)} | keywords))


@pytest.mark.parametrize(
    "layer",
    [
        torch.exp,
        lambda x: torch.tanh(x @ x.T).exp(),
        torch.nn.LayerNorm(4),
        torch.nn.Sequential(torch.nn.Linear(4, 4), torch.nn.Sigmoid()),
        torch.nn.MultiheadAttention(4, 2),
        Saved,
    ],
    ids=["exp", "function", "normalization", "sequence", "attention", "saved"],
)
def test_what_autograd_saves_is_no_hazard(layer: Callable[..., Any]) -> None:
    """Nobody gets a wrong number."""
    inputs = (X, X, X) if isinstance(layer, torch.nn.MultiheadAttention) else (X,)
    found = asked(layer, inputs=inputs)
    assert not found.hazards, story(found)
    assert found.tallies[LAW].right


@pytest.mark.parametrize("like", ["conv2d", "relu"])
def test_what_autograd_saves_of_a_layer_of_a_family_is_no_hazard(like: str) -> None:
    """Whatever keywords and layouts stand around it."""
    layer: Any = {"conv2d": torch.nn.Conv2d(2, 4, 3), "relu": torch.relu}[like]
    found = asked(layer, like=like, inputs=None)
    assert not found.hazards, story(found)
    assert found.tallies[LAW].right


@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("layer", [Held, HoldsY])
def test_what_a_function_holds_itself_is_a_hazard(layer: Any) -> None:
    """What it saves beside it changes nothing in that."""
    found = asked(layer)
    assert set(found.hazards) == {LAW}, story(found)


@pytest.mark.usefixtures("every_variation")
def test_another_error_of_a_backward_is_a_hazard_as_before() -> None:
    """It need not come each time."""

    class Inverse(Saved):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.x = x
            return torch.linalg.inv(x)

        @staticmethod
        def backward(ctx: Any, dy: Any) -> Any:
            if ctx.x[0, 0] < 0:
                raise ValueError("negative")
            inverse = torch.linalg.inv(ctx.x)
            return -inverse.T @ dy @ inverse.T

    found = asked(Inverse, inputs=(torch.eye(3, dtype=torch.float64) * 2 + 0.1,))
    assert LAW in found.hazards
    assert "ValueError" in found.hazards[LAW].verdict.why


def test_those_who_count_are_found_in_tuples_however_deep() -> None:
    """And each is told once."""
    told = list[frozenset[str]]()

    class Counts(Counting):
        def tell_written(self, names: frozenset[str]) -> None:
            told.append(names)

    inner = (np.ones(2), (Counts(),))
    tell_written((inner, "text", [1], inner), frozenset({"y"}))
    assert told == [frozenset({"y"})]
