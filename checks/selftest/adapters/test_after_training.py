"""What training has left in a layer is none of its eval mode's business."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.claim import Verdict
from checks.diagnosis.before_training import before_training
from checks.oracles.modes import Modes
from checks.selftest.adapters.dropping import Chain, Dropped
from checks.selftest.adapters.norms import Norm, asked
from checks.types import Array


class LeftFromTraining(Norm):
    """Its backward takes what a forward that trains has left, in either mode."""

    def forward(self, x: Array) -> Array:
        """A norm that keeps what its backward takes as it trains alone."""
        if not self.training:
            return np.asarray(2 * x)
        self.h = x**2
        return np.asarray(x**3 / 3)

    def backward(self, dy: Array) -> Array:
        """Of the forward that trained."""
        return np.asarray(dy * self.h)


def test_a_backward_that_goes_by_what_training_left_is_told() -> None:
    """Some cases raise, for none has trained, and others are wrong: nothing in their numbers says why."""
    verdict = Verdict(Modes.law, "dx", "wrong", "in eval mode: the derivative's own error", wrong=1)
    found = asked(LeftFromTraining(), "adjoint")
    said = before_training(verdict, found.tallies[Modes.law].reasons)
    assert said[0].startswith("in eval mode its forward leaves no h, and the backward takes it"), said
    assert not before_training(verdict, ["in eval mode: two calls differ"])
    assert not before_training(replace(verdict, why="in train mode: no"), found.tallies[Modes.law].reasons)


class Masked:
    """ReLU whose mask is that of the last forward that trained."""

    def __init__(self) -> None:
        self.training = True

    def train(self) -> None:
        """To train."""
        self.training = True

    def eval(self) -> None:
        """To be used."""
        self.training = False

    def forward(self, x: Array) -> Array:
        """max(x, 0)."""
        if self.training:
            self.mask = x > 0
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """By the mask."""
        return np.asarray(np.where(self.mask, dy, 0), dy.dtype)


class Counted(Norm):
    """Norm, whose backward asks how many samples there were when it trained, and goes by all else that is new."""

    def forward(self, x: Array) -> Array:
        """Norm's."""
        if self.training:
            self.count = len(x)
        return super().forward(x)

    def backward(self, dy: Array) -> Array:
        """Norm's."""
        return np.asarray(super().backward(dy) * (self.count > 0))


@pytest.mark.parametrize("made", [Masked, lambda: Masked], ids=["object", "class"])
def test_what_a_forward_that_trained_has_left_is_no_mask_for_one_that_is_used(made: Any) -> None:
    """It raises before any has trained; afterwards it is wrong by the law of modes, which says when."""
    found = examine(made(), "relu", budget="1ms", laws=["reference", Modes.law])
    assert set(found.findings) == {Modes.law}
    told = found.findings[Modes.law]
    assert told.verdict.why.startswith("in eval mode: after a forward that trained on other numbers, ")
    assert "in eval mode its forward leaves no mask, and the backward takes it" in story(found)


@pytest.mark.parametrize("layer", [Counted(), Dropped(), Chain(Norm(), Dropped())], ids=["count", "dropped", "chain"])
def test_what_training_leaves_that_eval_mode_does_not_go_by_is_no_mistake(layer: Any) -> None:
    """A running mean, and the mask of a dropout that nobody goes back through as it is used."""
    found = asked(layer, "linearity")
    assert not found.wrong, story(found)
    assert Modes.law not in found.hazards, story(found)


class Forgotten(Dropped):
    """Dropout that goes back in eval mode by whatever mask there is: before it has trained, by none."""

    mask: Any = 1 / 2

    def __init__(self, *, forgets: bool) -> None:
        super().__init__()
        self.forgets = forgets

    def forward(self, x: Array) -> Array:
        """Dropped's; as it is used all numbers come through."""
        if self.forgets and not self._is_training:
            self.mask = 1 / 2
        return super().forward(x)


@pytest.mark.parametrize(
    "around", [lambda layer: layer, lambda layer: Chain(Norm(), layer)], ids=["alone", "after a norm"]
)
def test_a_mask_of_training_is_none_for_a_layer_that_goes_back_without_one(around: Any) -> None:
    """It answers in eval mode before it has trained, and rightly: so it must afterwards, whatever it drew."""
    found = asked(around(Forgotten(forgets=False)), "linearity")
    assert set(found.findings) == {Modes.law}
    assert found.findings[Modes.law].verdict.why.startswith(
        "in eval mode: after a forward that trained on other numbers, "
    )
    assert not asked(around(Forgotten(forgets=True)), "linearity").wrong


class Published:
    """A normalization as a well-known book prints it: it is told its mode, and in eval mode it keeps nothing."""

    def __init__(self) -> None:
        self.running: Any = None
        self.std: Any = None

    def forward(self, x: Array, train_flg: bool = True) -> Array:
        """By the deviation of the batch, or by what training has seen."""
        if self.running is None:
            self.running = np.zeros(x.shape[1])
        if not train_flg:
            return np.asarray(x / np.sqrt(self.running + 0.1))
        squares = (x**2).mean(axis=0)
        self.x, self.std = x, np.sqrt(squares + 0.1)
        self.running = 0.9 * self.running + 0.1 * squares
        return np.asarray(x / self.std)

    def backward(self, dy: Array) -> Array:
        """Of the forward that trained, whatever came since."""
        inner = (dy * self.x).sum(axis=0) / self.std**3 / len(dy)
        return np.asarray(dy / self.std - self.x * inner)


def test_what_another_shape_has_trained_is_nothing_to_go_back_by_from_the_example() -> None:
    """In eval mode it raises for other columns, and is trained for these: what that left is not there any more.

    And a new object does not make the example right, for nobody can go back there.
    """
    found = examine(Published(), inputs=(np.random.default_rng(1).normal(size=(5, 3)),), budget="2s")
    assert set(found.findings) == {Modes.law}, story(found)
    assert found.findings[Modes.law].verdict.why.startswith("in eval mode: after a forward that trained on other")
    told = story(found)
    assert "right as first calls" not in told
    assert "in eval mode its forward leaves no " in told
    assert "where nobody is to go back in eval mode, let the backward raise NotImplementedError there" in told
