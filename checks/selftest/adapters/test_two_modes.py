"""A layer that was written by hand is examined in both of its modes, where it shows how it is switched."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import story
from checks.oracles.modes import Modes
from checks.selftest.adapters.dropping import Chain, Dropped
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
