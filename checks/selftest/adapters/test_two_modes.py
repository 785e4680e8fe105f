"""A layer that was written by hand is examined in both of its modes, where it shows how it is switched."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.claim import Verdict
from checks.diagnosis.before_training import before_training
from checks.oracles.modes import Modes
from checks.selftest.adapters.norms import Norm, X, asked
from checks.selftest.adapters.test_preamble import printed
from checks.types import Array


class Told(Norm):
    """The same, told by methods."""

    def __init__(self, *, hasty: bool = False) -> None:
        super().__init__(hasty=hasty)
        self.log: list[str] = []

    def train(self) -> None:
        """To train."""
        self.training = True

    def eval(self) -> None:
        """To be used."""
        self.training = False


class OfItsClass(Norm):
    """The same, whose class says that it trains."""

    training = True

    def __init__(self, *, hasty: bool = False) -> None:
        super().__init__(hasty=hasty)
        del self.training


class Worded:
    """The same, told by a word."""

    def __init__(self, *, hasty: bool = False) -> None:
        self.norm, self.mode = Norm(hasty=hasty), "train"

    def forward(self, x: Array) -> Array:
        """Norm's."""
        self.norm.training = self.mode == "train"
        return self.norm.forward(x)

    def backward(self, dy: Array) -> Array:
        """Norm's."""
        return self.norm.backward(dy)


class Chain:
    """Layers one after another."""

    def __init__(self, *layers: Any) -> None:
        self.layers = layers

    def forward(self, x: Array) -> Array:
        """Ahead through all."""
        for each in self.layers:
            x = each.forward(x)
        return x

    def backward(self, dy: Array) -> Array:
        """Back through all."""
        for each in reversed(self.layers):
            dy = each.backward(dy)
        return dy


class Late(Norm):
    """Keeps no mean before it has trained."""

    def __init__(self, *, hasty: bool = False) -> None:
        super().__init__(hasty=hasty)
        del self.mean

    def forward(self, x: Array) -> Array:
        """Begin with the first mean that there is."""
        if self.training and not hasattr(self, "mean"):
            self.mean = x.mean(0)
        return super().forward(x)


class Dropped:
    """Dropout, which saves no mask where it does not train."""

    def __init__(self) -> None:
        self._is_training = True

    def forward(self, x: Array) -> Array:
        """Half of the numbers."""
        if not self._is_training:
            return x.copy()
        self.mask = np.random.random(x.shape) > 1 / 2  # noqa: NPY002 - as people write it
        return np.asarray(2 * x * self.mask)

    def backward(self, dy: Array) -> Array:
        """By the same mask."""
        return np.asarray(2 * dy * self.mask)


@pytest.mark.long(keep=2)
@pytest.mark.parametrize(
    "kind", [Norm, Told, OfItsClass, Worded, Late, lambda **said: Chain(Norm(**said), Norm(**said))]
)
def test_an_object_that_goes_back_in_eval_mode_as_if_it_trained_is_wrong(kind: Any) -> None:
    """By the law of modes alone; the right one is right, and a note says that both modes were examined."""
    right, found = asked(kind()), asked(kind(hasty=True), "finite differences")
    assert not right.wrong
    assert right.tallies[Modes.law].right
    assert set(found.findings) == {Modes.law}
    assert "in eval mode" in found.findings[Modes.law].verdict.why
    assert "both modes of the layer are examined: as it trains, and in eval mode by " in story(right)


@pytest.mark.parametrize("kind", [Norm, Told])
def test_an_object_in_eval_mode_is_a_hazard_where_it_trains_wrong(kind: Any) -> None:
    """Whoever trains it should know."""

    class Wrong(kind):  # type: ignore[misc]
        def backward(self, dy: Array) -> Array:
            given = super().backward(dy)
            return np.asarray(given / 2 if self.training else given)

    layer = Wrong()
    layer.training = False
    found = asked(layer)
    assert not found.wrong
    assert "in train mode" in found.hazards[Modes.law].verdict.why
    assert layer.training is False


def test_a_mode_in_which_nobody_can_go_back_is_blind_and_says_so() -> None:
    """Dropout that saves no mask as it is used."""
    found = asked(Dropped(), "finite differences")
    assert not found.wrong
    assert "in eval mode: nobody can go back there: Dropped (eval): backward raised AttributeError" in story(found)


def test_a_forward_that_raises_in_eval_mode_is_wrong() -> None:
    """A layer is to be used."""

    class Broken(Dropped):
        def forward(self, x: Array) -> Array:
            if not self._is_training:
                return np.asarray(vars(self)["kept"])
            return super().forward(x)

    assert asked(Broken()).wrong


class InSlots:
    """Scales by what it was told, in slots."""

    __slots__ = ("factor", "training", "x")

    def __init__(self, factor: float) -> None:
        self.factor, self.training = factor, True

    def forward(self, x: Array) -> Array:
        """Twice x where it does not train."""
        self.x = x
        return np.asarray(x if self.training else 2 * x)

    def backward(self, dy: Array) -> Array:
        """By ``factor`` where it does not train."""
        return np.asarray(dy if self.training else self.factor * dy)


@pytest.mark.parametrize("factor", [1, 2])
def test_an_object_with_slots_has_both_modes_too(factor: float) -> None:
    """And is left as it was given."""
    layer = InSlots(factor)
    found = asked(layer)
    assert bool(found.wrong) is (factor == 1)
    assert found.subject.forget is not None
    found.subject.forget()
    assert layer.training is True
    assert not hasattr(layer, "x")


@pytest.mark.long
@pytest.mark.usefixtures("plainest")
def test_a_script_switches_the_object() -> None:
    """So that it shows what was found."""
    for layer, line in ((Told(hasty=True), "layer.eval()"), (Norm(hasty=True), "layer.training = False")):
        text = asked(layer).findings[Modes.law].script
        assert line in text.splitlines()
        wrong, right = (
            printed(text, type(layer), type(layer)(hasty=hasty)).split(" and must be ") for hasty in (True, False)
        )
        assert float(wrong[0].split()[-1]) != float(wrong[1])
        assert float(right[0].split()[-1]) == pytest.approx(float(right[1]), rel=1e-12)


def test_a_training_loop_is_no_switch() -> None:
    """``train(data, epochs)`` is not called, nor is an attribute that nobody reads one."""

    class Net(Norm):
        def __init__(self) -> None:
            super().__init__()
            self.training = True

        def forward(self, x: Array) -> Array:
            return np.asarray(x * self.gamma)

        def backward(self, dy: Array) -> Array:
            self.dgamma = (dy * X).sum(0)
            return np.asarray(dy * self.gamma)

        @property
        def is_learning(self) -> bool:
            return self.training

        def train(self, data: Array, epochs: int) -> None:
            raise AssertionError(f"{data.shape}, {epochs}")

        def eval(self) -> None:
            raise AssertionError("eval")

    assert "mode" not in "".join(asked(Net(), "finite differences").notes)


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
