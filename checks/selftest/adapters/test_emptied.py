"""Gradients and inputs that a layer keeps until it is told to let go of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.adapters.grown import flushed
from checks.types import Array

X = np.random.default_rng(0).standard_normal((2, 3))
LAWS, KEPT = ("adjoint", "repeatable"), ("results kept", "saved state", "adjoint")


class Retaining:
    """Gives tanh(x W); keeps every input and sums gradients until it is emptied."""

    def __init__(self, factor: float = 1.0) -> None:
        """``factor`` stands before the gradient of W."""
        self.factor, self.X = factor, list[Array]()
        self.parameters = {"W": np.random.default_rng(1).standard_normal((3, 4))}
        self.gradients = {"W": np.zeros((3, 4))}

    def forward(self, x: Array) -> Array:
        """Keeps x beside all before."""
        self.X.append(x)
        return np.asarray(np.tanh(x @ self.parameters["W"]))

    def backward(self, dy: Array) -> Any:
        """Gives dx for each x that it keeps: one alone, or a list."""
        every = []
        for x in self.X:
            inner = dy * (1 - np.tanh(x @ self.parameters["W"]) ** 2)
            self.gradients["W"] += self.factor * (x.T @ inner)
            every.append(inner @ self.parameters["W"].T)
        return every[0] if len(every) == 1 else every

    def _empty(self) -> None:
        self.X, self.gradients = [], {"W": np.zeros((3, 4))}


class Flushed(Retaining):
    """Emptied by one name."""

    def flush_gradients(self) -> None:
        """Forget."""
        self._empty()


class Cleared(Retaining):
    """Emptied by another."""

    def clear_gradients(self) -> None:
        """Forget."""
        self._empty()


@pytest.mark.long
@pytest.mark.parametrize("kind", [Flushed, Cleared])
def test_a_layer_that_keeps_its_inputs_is_emptied_before_each_forward(kind: type[Retaining]) -> None:
    """Its sums begin at zero; a gradient that is twice too large is found."""
    right = examine(kind(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    wrong = examine(kind(2.0), inputs=(X,), budget="1ms", laws=LAWS)
    assert {found.verdict.of for found in wrong.findings.values()} == {"dW"}, story(wrong)


class Unable(Flushed):
    """Whose method for that is broken."""

    def flush_gradients(self) -> None:
        """Looks for what is not there."""
        raise AttributeError("trainable")


def test_what_a_method_raises_that_nobody_asked_for_says_which_it_was() -> None:
    """The forward that follows is not to blame."""
    with pytest.raises(AttributeError) as raised:
        flushed(Unable())
    assert raised.value.__notes__ == ["raised in flush_gradients(), which is called before each forward"]


def test_the_script_empties_it_too() -> None:
    """Before the forward, as in training."""
    said = story(examine(Flushed(2.0), inputs=(X,), budget="1ms", laws=["adjoint"]))
    assert "layer.flush_gradients()\n               return layer.forward(x), layer" in said


def test_a_list_that_grows_with_each_forward_is_named() -> None:
    """Where nobody knows how to empty it, whatever is found may be of that."""
    said = story(examine(Retaining(), inputs=(X,), budget="1ms", laws=LAWS))
    assert (
        "note: X is a list that grows with each forward of the layer, whose backward may go back through all of it; "
        "expected a method that empties it, called flush_gradients, flush_grads or clear_gradients" in said
    )


class Accumulating:
    """Adds to the dx that it gives, and has a method that makes a new one."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.x = self.grad_x = np.zeros((2, 3))

    def forward(self, x: Array) -> Array:
        """Keeps x."""
        self.x = x
        return np.asarray(x**2)

    def zero_grad(self) -> None:
        """Makes a new one: the one that was given is its caller's."""
        self.grad_x = np.zeros((2, 3))

    def backward(self, dy: Array) -> Array:
        """Gives what it keeps."""
        self.grad_x += 2 * self.x * dy
        return self.grad_x


def test_a_gradient_that_was_given_is_not_set_to_zero() -> None:
    """It is its caller's, who keeps it."""
    found = examine(Accumulating(), inputs=(X,), budget="1ms", laws=KEPT)
    assert not found.wrong, story(found)


class Overwriting(Accumulating):
    """Sets to zero what it gave."""

    def zero_grad(self) -> None:
        """Writes to what its caller keeps."""
        self.grad_x[...] = 0


def test_a_layer_that_sets_to_zero_what_it_gave_is_found() -> None:
    """Its caller may keep it still."""
    found = examine(Overwriting(), inputs=(X,), budget="1ms", laws=KEPT)
    assert {each.verdict.law for each in found.findings.values()} == {"results kept"}, story(found)


class Leaky(Retaining):
    """Forgets to empty one of its lists."""

    def flush_gradients(self) -> None:
        """Forget the gradients alone."""
        self.gradients = {"W": np.zeros((3, 4))}


def test_a_method_that_does_not_empty_a_list_is_named() -> None:
    """It is there and was called: nobody is told to write one."""
    said = story(examine(Leaky(), inputs=(X,), budget="1ms", laws=LAWS))
    assert "through all of it; flush_gradients() is called before each forward and does not empty it" in said


class Counting:
    """Gives 3 x; counts its steps, and works again and again unless it is emptied."""

    def __init__(self, factor: float = 3.0) -> None:
        """``factor`` stands before dx."""
        self.factor, self.steps = factor, 0

    def forward(self, x: Array) -> Array:
        """One step more."""
        self.steps += 1
        return 3 * x

    def backward(self, dy: Array) -> Array:
        """One step back."""
        self.steps -= 1
        return self.factor * dy

    def flush_gradients(self) -> None:
        """Leaves nothing to count."""
        self.steps = None  # type: ignore[assignment]


class Zeroing(Counting):
    """The same by a method that is called before each backward."""

    def zero_grad(self) -> None:
        """Leaves nothing to count."""
        super().flush_gradients()

    def flush_gradients(self) -> None:
        """Does nothing."""


@pytest.mark.parametrize(("kind", "name"), [(Counting, "flush_gradients()"), (Zeroing, "zero_grad()")])
def test_a_layer_that_only_its_own_method_breaks_is_not_emptied(kind: type[Counting], name: str) -> None:
    """Its user may never call that; the method and what is raised are named, and the script does without it."""
    right = examine(kind(), inputs=(X,), budget="1ms", laws=LAWS)
    assert not right.wrong, story(right)
    told = f"{name} is not called: the layer works, and after its own {name} it raises TypeError: unsupported operand"
    assert any(note.startswith(told) for note in right.notes)
    wrong = examine(kind(2.0), inputs=(X,), budget="1ms", laws=LAWS).findings["adjoint"]
    assert wrong.script
    assert name not in wrong.script


def test_a_layer_that_breaks_by_itself_is_emptied_as_ever() -> None:
    """What it raises is a finding."""

    class Broken(Counting):
        def backward(self, dy: Array) -> Array:
            raise KeyError(len(dy))

    found = examine(Broken(), inputs=(X,), budget="1ms", laws=LAWS)
    assert set(found.findings) == {"runs"}
    assert not any("is not called" in note for note in found.notes)
