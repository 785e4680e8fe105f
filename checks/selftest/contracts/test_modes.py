"""A module is examined in both of its modes."""

from __future__ import annotations

from typing import Any

import pytest

from checks import examine
from checks.adapters import adapt
from checks.oracles.modes import Modes

torch = pytest.importorskip("torch")

#: What looks at both modes, and what sees any wrong number in a layer's own.
LAWS = [Modes.law, "reference"]


class Shrunk(torch.autograd.Function):  # type: ignore[misc,name-defined]
    """The identity, with half of the gradient."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        """The same numbers."""
        return x.clone()

    @staticmethod
    def backward(ctx: Any, dy: Any) -> Any:
        """Half of them."""
        return dy / 2


class HalfIn(torch.nn.Module):  # type: ignore[misc,name-defined]
    """ReLU with half of its gradient in one of its modes."""

    def __init__(self, *, train: bool) -> None:
        """Wrong where it trains, or where it does not."""
        super().__init__()
        self.wrong = train

    def forward(self, x: Any) -> Any:
        """max(x, 0)."""
        y = torch.relu(x)
        return Shrunk.apply(y) if self.training == self.wrong else y


@pytest.mark.long(keep=1)
@pytest.mark.usefixtures("every_variation")
@pytest.mark.parametrize("train", [True, False], ids=["train", "eval"])
@pytest.mark.parametrize("like", ["relu", ""], ids=["like", "inputs"])
def test_a_module_that_is_wrong_in_its_other_mode_is_found(train: bool, like: str) -> None:
    """By the law of modes alone, which names the mode; what trains otherwise than it is used is a hazard."""
    module = HalfIn(train=train).train(not train)
    inputs = None if like else torch.tensor([[1.0, -2.0, 3.0]], dtype=torch.float64)
    found = examine(module, like, inputs=inputs, budget="1ms", laws=[Modes.law])
    shelf, other = (found.hazards, found.findings) if train else (found.findings, found.hazards)
    assert Modes.law in shelf
    assert Modes.law not in other
    assert f"in {'train' if train else 'eval'} mode" in shelf[Modes.law].verdict.why
    assert module.training is not train  # it is left in the mode in which it was


def test_a_class_of_modules_has_both_modes() -> None:
    """Each case's module is built in each of them."""
    found = examine(torch.nn.ReLU, "relu", budget="1ms", laws=LAWS)
    assert not found.wrong
    assert found.tallies[Modes.law].right


def test_parts_that_are_frozen_stay_so() -> None:
    """A part in a mode of its own is in that mode again after a call in the other."""
    module = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.ReLU())
    module[1].eval()
    found = examine(module, "relu", budget="1ms", laws=LAWS)
    assert not found.wrong
    assert (module.training, module[0].training, module[1].training) == (True, True, False)


def test_a_mode_that_draws_numbers_is_not_judged() -> None:
    """Two calls of it differ, which is counted as blind."""

    class Noisy(torch.nn.Module):  # type: ignore[misc,name-defined]
        drawn = 0

        def forward(self, x: Any) -> Any:
            Noisy.drawn += self.training
            return torch.relu(x) + Noisy.drawn

    found = examine(Noisy().eval(), "relu", budget="1ms", laws=LAWS)
    assert Modes.law not in found.findings
    assert any("two calls differ" in reason for reason in found.tallies[Modes.law].reasons)


def test_dropout_in_train_mode_draws_numbers_too() -> None:
    """Each call of the other mode has a seed of its own, so that what is drawn differs."""
    module = torch.nn.Sequential(torch.nn.ReLU(), torch.nn.Dropout(0.5)).eval()
    found = examine(module, "relu", budget="1ms", laws=LAWS)
    assert not found.wrong
    assert Modes.law not in found.hazards
    assert any("two calls differ" in reason for reason in found.tallies[Modes.law].reasons)


def test_only_what_has_modes_is_asked() -> None:
    """A function has none."""
    assert not adapt(torch.relu).modes
    assert set(adapt(torch.nn.ReLU()).modes) == {"eval"}
