"""What a flag or an attribute is called says in which mode a layer is, and what it holds in the other one."""

from __future__ import annotations

from functools import partial
from inspect import Parameter
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.flags import left_off, modes_of, required
from checks.adapters.mode_names import trains
from checks.oracles.modes import Modes
from checks.selftest.adapters.norms import Norm, asked
from checks.types import Array

ON = ["training", "is_train", "isTrain", "train_flg", "trainMode", "_in_training", "phase_train"]
OFF = ["testing", "test", "is_test", "isTest", "eval", "is_eval", "inference", "infer_mode", "deterministic", "predict"]


def _parameter(name: str, default: Any = Parameter.empty) -> Parameter:
    return Parameter(name, Parameter.POSITIONAL_OR_KEYWORD, default=default)


@pytest.mark.parametrize(("name", "on"), [*((name, True) for name in ON), *((name, False) for name in OFF)])
def test_a_truth_value_of_a_mode_is_known_by_its_name_and_where_it_is_on(name: str, *, on: bool) -> None:
    """In whatever spelling; the other mode is the other value, and a forward that asks for it is told to train."""
    for value in (False, True):
        assert modes_of(None, [_parameter(name, value)], {}) == {name: (value, not value)}
        assert trains(name, value) is (value is on)
    assert required([_parameter(name)]) == {name: on}
    assert left_off([_parameter(name, not on)]) == {name: on}
    assert left_off([_parameter(name, on)]) == {}


@pytest.mark.parametrize("name", ["reverse", "tested", "training_rate", "evaluate_at", "inferior", "traintest"])
def test_other_truth_values_are_of_no_mode(name: str) -> None:
    """Nor held where a forward asks for them."""
    assert modes_of(None, [_parameter(name, False)], {}) == {}
    assert required([_parameter(name)]) == {}


def test_a_word_of_a_mode_gives_way_to_one_that_the_forward_knows() -> None:
    """By default to test; one that says how a window lies is of no mode."""

    def knows(x: Array, phase: str = "training") -> Array:
        return x if phase in {"training", "testing"} else 1 / x

    assert modes_of(knows, [_parameter("phase", "training")], {}) == {"phase": ("training", "testing")}
    assert modes_of(None, [_parameter("mode", "train")], {}) == {"mode": ("train", "test")}
    for other in ("valid", "same", "max"):
        assert modes_of(None, [_parameter("mode", other)], {}) == {}


class OffAttribute(Norm):
    """A normalization that is told by an attribute that it does not train."""

    def __init__(self, *, hasty: bool = False) -> None:
        super().__init__(hasty=hasty)
        self.test = False

    def forward(self, x: Array) -> Array:
        """As it is told."""
        vars(self)["training"] = not self.test
        return super().forward(x)


def test_an_attribute_that_is_off_where_a_layer_trains_is_switched() -> None:
    """A mistake behind it is found."""
    right, wrong = asked(OffAttribute()), asked(OffAttribute(hasty=True))
    assert "layer.test = True" in story(right)
    assert not right.wrong
    assert set(wrong.findings) == {Modes.law}


class Sliding:
    """Sums of two neighbours; ``mode`` says how its window lies, and no other word is known to it."""

    mode = "valid"

    def forward(self, x: Array) -> Array:
        """Of those that are there."""
        if self.mode != "valid":
            raise ValueError(self.mode)
        return np.asarray(x[:, 1:] + x[:, :-1])

    def backward(self, dy: Array) -> Array:
        """Each goes to both."""
        return np.asarray(np.pad(dy, ((0, 0), (0, 1))) + np.pad(dy, ((0, 0), (1, 0))))


def test_a_mode_of_a_window_is_no_mode_of_a_layer() -> None:
    """It was put into one that it does not have."""
    found = examine(Sliding(), inputs=(np.arange(12.0).reshape(3, 4),), budget="1ms")
    assert not found.wrong, story(found)
    assert "modes" not in story(found)


class Classes:
    """Softmax over classes; whoever tests it is given the likeliest of each row."""

    def forward(self, x: Array, test: bool = False) -> Array:
        """Probabilities, or classes."""
        powers = np.exp(x - x.max(1, keepdims=True))
        self.y = powers / powers.sum(1, keepdims=True)
        return np.asarray(self.y.argmax(1) if test else self.y)

    def backward(self, dy: Array) -> Array:
        """Of the probabilities."""
        return np.asarray(self.y * (dy - (dy * self.y).sum(1, keepdims=True)))


def test_labels_in_place_of_y_are_no_answer_that_is_gone_back_from() -> None:
    """Such a mode is blind, and no mistake."""
    found = examine(Classes(), inputs=(np.arange(12.0).reshape(3, 4) % 5,), budget="1ms")
    assert not found.wrong, story(found)
    assert any("as labels are" in reason for reason in found.tallies[Modes.law].reasons)


class Masked:
    """ReLU that keeps its mask where it trains, as it does by itself."""

    def forward(self, x: Array, training: bool = True) -> Array:
        """Max of x and 0."""
        self.mask = x > 0 if training else None
        return np.maximum(x, 0)

    def backward(self, dy: Array) -> Array:
        """By the mask."""
        if self.mask is None:
            raise RuntimeError("forward(training=True) comes first")
        return dy * self.mask


def test_a_flag_that_was_given_stays_where_nothing_goes_back_with_it() -> None:
    """Of a family, too: the other mode was put back into its own, and said to be right."""
    found = examine(Masked(), "relu", budget="1ms", laws=["adjoint", Modes.law])
    assert not found.wrong, story(found)
    assert found.tallies[Modes.law].compared == 0
    assert any("training=True) comes first" in reason for reason in found.tallies[Modes.law].reasons)
    assert examine(partial(Masked().forward, training=False), "relu", budget="1ms", laws=["adjoint"]).wrong
