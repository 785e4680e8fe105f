"""A pair whose forward is told its mode by a flag is examined in both, as far as it is meant to go back there."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pytest

from checks import Examination, examine, story
from checks.oracles.modes import Modes
from checks.types import Array

X, GAMMA = (
    np.array([[0.5, -1.5, 2.0], [0.25, 1.0, -0.75], [1.5, 0.125, -2.0], [-0.5, 0.75, 0.3]]),
    np.array([1.5, -0.5, 2.0]),
)


def norm(x: Array, gamma: Array, mode: str = "train") -> tuple[Array, Any]:
    """Of its own columns, or of what was seen before."""
    mean, spread = (x.mean(0), x.std(0)) if mode == "train" else (0.25, 1.25)
    normed = (x - mean) / spread
    return gamma * normed, (normed, spread, gamma.copy(), mode)


def norm_backward(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Columns that were normed by themselves lose their mean and their part along themselves."""
    normed, spread, gamma, mode = saved
    up = dy * gamma
    inner = up - up.mean(0) - normed * (up * normed).mean(0) if mode == "train" else up
    return inner / spread, (dy * normed).sum(0)


def always_as_in_training(dy: Array, saved: Any) -> tuple[Array, Array]:
    """Forgets that there are two."""
    return norm_backward(dy, (*saved[:3], "train"))


def never_as_in_training(dy: Array, saved: Any) -> tuple[Array, Array]:
    """The same the other way round."""
    return norm_backward(dy, (*saved[:3], "test"))


def off(x: Array, gamma: Array, mode: str = "test") -> tuple[Array, Any]:
    """The same, which does not train by itself."""
    return norm(x, gamma, mode)


def told(x: Array, gamma: Array, testing: bool) -> tuple[Array, Any]:
    """The same, which must be told that it does not train."""
    return norm(x, gamma, "test" if testing else "train")


def _asked(*layer: Any, laws: Any = (Modes.law, "finite differences")) -> Examination:
    return examine(layer, inputs=(X, GAMMA), budget="1ms", laws=laws)


@pytest.mark.parametrize(
    ("forward", "mode", "flag"),
    [(norm, "eval", "mode='test'"), (off, "train", "mode='train'"), (told, "eval", "testing=True")],
)
def test_a_pair_that_is_told_its_mode_is_examined_in_both(forward: Any, mode: str, flag: str) -> None:
    """A note says by what it is told."""
    found = _asked(forward, norm_backward)
    assert not found.wrong, story(found)
    assert found.tallies[Modes.law].right
    assert any(note.endswith(f"and in {mode} mode by {flag}") for note in found.notes)


def test_a_pair_that_is_wrong_where_it_does_not_train_is_found() -> None:
    """Its script tells its forward the mode; one that is wrong where it trains, and is not used so, is a hazard."""
    found = _asked(norm, always_as_in_training)
    assert set(found.findings) == {Modes.law}
    assert "forward(x, gamma, mode='test')" in found.findings[Modes.law].script
    assert "forward(x, gamma, testing=True)" in _asked(told, always_as_in_training).findings[Modes.law].script
    assert set(_asked(off, never_as_in_training).hazards) == {Modes.law}


@pytest.mark.parametrize("given", ["train", "test"])
def test_a_mode_that_its_user_has_given_is_the_only_one(given: str) -> None:
    """Held by ``partial``, or an example of it."""
    held = examine((partial(norm, mode=given), norm_backward), inputs=(X, GAMMA), budget="1ms", laws=["linearity"])
    shown = examine((norm, norm_backward), inputs={"x": X, "gamma": GAMMA, "mode": given}, budget="1ms")
    assert not any("both modes" in note for note in [*held.notes, *shown.notes])


def dropped(x: Array, training: bool = True) -> tuple[Array, Any]:
    """Saves what its backward needs where it trains alone."""
    kept = (np.arange(x.size).reshape(x.shape) % 3 > 0) * 1.5
    return (x * kept, kept) if training else (x.copy(), None)


def bare(x: Array, training: bool = True) -> Any:
    """Gives y alone where nobody goes back."""
    y, kept = dropped(x, training)
    return (y, kept) if training else y


@pytest.mark.parametrize("forward", [dropped, bare])
def test_a_pair_that_saves_nothing_in_a_mode_is_not_meant_to_go_back_there(forward: Any) -> None:
    """That is blind, and no mistake."""
    found = examine((forward, lambda dy, kept: dy * kept), inputs=(X,), budget="1ms")
    assert not found.wrong, story(found)
    assert any("nobody can go back there" in reason for reason in found.tallies[Modes.law].reasons)


def doubled(x: Array, training: bool = True) -> Array:
    """Gives y alone in both."""
    return np.asarray(2 * x if training else 3 * x)


def test_a_pair_that_never_saves_anything_goes_back_in_both_modes() -> None:
    """Its backward is told the inputs again, and the mode where it asks for that."""
    right = (doubled, lambda dy, x, training=True: dy * (2 if training else 3) + 0 * x)
    assert not examine(right, inputs=(X,), budget="1ms").wrong
    assert Modes.law in examine((doubled, lambda dy, x: 2 * dy + 0 * x), inputs=(X,), budget="1ms").findings


def test_a_mode_in_which_the_backward_gives_none_is_judged_as_zeros() -> None:
    """As it is in the other."""

    def forward(x: Array, w: Array, training: bool = True) -> tuple[Array, Any]:
        return x @ w, (x.copy(), w.copy(), training)

    def backward(dy: Array, saved: Any) -> tuple[Array, Any]:
        x, w, training = saved
        return dy @ w.T, x.T @ dy if training else None

    found = examine((forward, backward), inputs=(X, X.T.copy()), budget="1ms", laws=[Modes.law, "finite differences"])
    assert {(law, finding.verdict.of) for law, finding in found.findings.items()} == {(Modes.law, "dw")}


def of_three_columns(x: Array, gamma: Array, training: bool = True, mean: Any = (0.3, -0.2, 0.1)) -> tuple[Array, Any]:
    """What it has kept of its training is of as many columns as the example has."""
    if x.ndim != X.ndim:
        raise ValueError("rows of columns alone")
    normed, spread = (x - (x.mean(0) if training else np.array(mean))), x.std(0) if training else 1.25
    return gamma * normed / spread, (normed / spread, spread, gamma.copy(), "train" if training else "test")


@pytest.mark.long
@pytest.mark.usefixtures("every_variation")
def test_what_a_pair_keeps_of_its_training_need_not_fit_examples_of_other_lengths() -> None:
    """Nobody could ask for y of them where it does not train: no hazard, and the example itself is judged."""
    found = examine((of_three_columns, norm_backward), inputs=(X, GAMMA), budget="1ms", laws=[Modes.law, "adjoint"])
    assert not found.wrong, story(found)
    assert not found.hazards, story(found)
    assert found.tallies[Modes.law].right
    assert examine((of_three_columns, always_as_in_training), inputs=(X, GAMMA), budget="1ms").wrong


def test_what_a_complex_step_leaves_in_a_pair_is_no_mistake_of_its_other_mode() -> None:
    """Its own mode, which alone was handed complex numbers, wrote them to what both share."""
    kept = {"mean": np.zeros(3)}

    def forward(x: Array, gamma: Array, mode: str = "train") -> tuple[Array, Any]:
        if mode == "train":
            kept["mean"] = 0.9 * kept["mean"] + 0.1 * x.mean(0)
            return norm(x, gamma)
        normed = (x - kept["mean"]) / 1.25
        return gamma * normed, (normed, 1.25, gamma.copy(), mode)

    found = examine((forward, norm_backward), inputs=(X, GAMMA), budget="1ms")
    assert not found.wrong, story(found)


def test_a_forward_that_raises_in_its_other_mode_is_wrong() -> None:
    """It owes an answer to the example in each."""

    def forward(x: Array, training: bool = True) -> tuple[Array, Any]:
        return (2 * x if training else x[99]), None

    found = examine((forward, lambda dy, _: 2 * dy), inputs=(X,), budget="1ms", laws=[Modes.law, "adjoint"])
    assert "IndexError" in story(found)
    assert found.wrong


def relu(x: Array, training: bool = True) -> tuple[Array, Any]:
    """Saves a copy or what it was given."""
    return np.maximum(x, 0), (x.copy() if training else x, training)


def test_a_pair_like_a_family_is_compared_with_its_reference_in_both() -> None:
    """With a mistake where it does not train."""
    laws = ["reference", Modes.law]
    found = examine((relu, lambda dy, saved: dy * (saved[0] > 0)), "relu", budget="1ms", laws=laws)
    assert not found.wrong, story(found)
    assert found.tallies[Modes.law].right
    wrong = examine((relu, lambda dy, saved: dy * (saved[0] > 0) * (2 - saved[1])), "relu", budget="1ms", laws=laws)
    assert set(wrong.findings) == {Modes.law}
