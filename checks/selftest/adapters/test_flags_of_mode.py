"""A layer whose forward is told its mode by a flag is examined in both."""

from __future__ import annotations

from threading import Lock

import numpy as np
import pytest

from checks import examine, story
from checks.oracles.modes import Modes
from checks.selftest.adapters.norms import Norm, asked
from checks.types import Array


class Flagged(Norm):
    """Told by an argument, on by itself."""

    def forward(self, x: Array, training: bool = True) -> Array:
        """As it is told."""
        self.training = training
        return super().forward(x)


class FlaggedOff(Flagged):
    """The same, off by itself."""

    def forward(self, x: Array, training: bool = False) -> Array:
        """As it is told."""
        return super().forward(x, training)


class Deaf(Flagged):
    """Takes the flag and does nothing with it."""

    def forward(self, x: Array, training: bool = True) -> Array:  # noqa: ARG002 - as people leave it
        """Always as in training."""
        return super().forward(x)


class ToldByWord(Flagged):
    """Told by a word."""

    def forward(self, x: Array, mode: str = "train") -> Array:  # type: ignore[override] # of another kind
        """As it is told."""
        return super().forward(x, mode == "train")


class Evaluated(Flagged):
    """Told by a flag that is off where it trains."""

    def forward(self, x: Array, eval: bool = False) -> Array:  # noqa: A002 - as people call it
        """As it is told."""
        return super().forward(x, not eval)


class Asking(Flagged):
    """The same, which asks for it."""

    def forward(self, x: Array, is_test: bool) -> Array:  # type: ignore[override] # it must be said
        """As it is told."""
        return super().forward(x, not is_test)


class ToldTwice(Flagged):
    """Trains where it is told so by one flag, and not told otherwise by another."""

    def forward(self, x: Array, training: bool = False, inference: bool = False) -> Array:
        """As it is told."""
        return super().forward(x, training and not inference)


class Locked(Flagged):
    """The same, which nobody can copy."""

    def __init__(self) -> None:
        super().__init__()
        self.lock = Lock()


FLAGS = [
    (Flagged, "eval", "training=False"),
    (FlaggedOff, "train", "training=True"),
    (ToldByWord, "eval", "mode='test'"),
    (Evaluated, "eval", "eval=True"),
    (Asking, "eval", "is_test=True"),
    (ToldTwice, "train", "training=True"),
]


@pytest.mark.parametrize(("kind", "mode", "flag"), FLAGS)
def test_a_layer_whose_forward_is_told_its_mode_is_examined_in_both(kind: type[Flagged], mode: str, flag: str) -> None:
    """A note says by what it is told."""
    found = asked(kind())
    assert not found.wrong, story(found)
    assert found.tallies[Modes.law].right
    assert any(note.endswith(f"and in {mode} mode by {flag}") for note in found.notes)


@pytest.mark.parametrize(
    ("kind", "flag"), [(Flagged, "training=False"), (ToldByWord, "mode='test'"), (Evaluated, "eval=True")]
)
def test_a_layer_that_is_wrong_where_its_forward_is_told_not_to_train_is_found(kind: type[Flagged], flag: str) -> None:
    """Its script tells its forward the mode."""
    layer = kind()
    layer.hasty = True
    assert f"layer.forward(x, {flag})" in asked(layer).findings[Modes.law].script


@pytest.mark.parametrize(("kind", "said"), [(Locked, 1), (Deaf, 0)])
def test_a_flag_of_a_layer_that_cannot_be_copied_says_that_its_other_mode_is_not_examined(
    kind: type[Flagged], said: int
) -> None:
    """And how it would be; one that its forward does not read makes no mode."""
    notes = [note for note in asked(kind(), "finite differences").notes if "for the other mode" in note]
    examined = "examine(functools.partial(layer.forward, training=False), ...)"
    assert notes == [f"examined with training=True alone; for the other mode: {examined}"] * said


class Rectifier:
    """ReLU, which goes back otherwise as it is used; its constructor takes a number."""

    def __init__(self, least: float = 0.0) -> None:
        self.training, self.least = True, least

    def forward(self, x: Array) -> Array:
        """From -1 on where it does not train."""
        self.positive = x > self.least if self.training else x > -1
        return np.asarray(x * self.positive)

    def backward(self, dy: Array) -> Array:
        """By the same mask."""
        return np.asarray(dy * self.positive)


class OfNothing(Rectifier):
    """The same, whose constructor takes nothing."""

    def __init__(self) -> None:
        super().__init__()


def test_a_class_says_that_its_other_mode_is_not_examined() -> None:
    """One object after another is built of it, as cases ask for; an object has both, and so has one that takes none."""
    found = examine(Rectifier, "relu", budget="1ms", laws=["reference", Modes.law])
    assert any(note.startswith("eval mode is not examined (layer.training = False)") for note in found.notes)
    assert examine(Rectifier(), "relu", budget="1ms", laws=["reference", Modes.law]).wrong
    found = examine(OfNothing, "relu", budget="1ms", laws=["reference", Modes.law])
    assert set(found.findings) == {Modes.law}
    assert [note for note in found.notes if "mode" in note] == [
        "both modes of the layer are examined: as it trains, and in eval mode by layer.training = False"
    ]
