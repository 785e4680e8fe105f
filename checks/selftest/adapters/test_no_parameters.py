"""What an object keeps and is no parameter is left alone: no alarm, and no word about it in the headline."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from checks import UsageError, examine, story
from checks.adapters.given import parameters_of
from checks.pytest_summary import lines
from checks.report.figures import figures
from checks.selftest.adapters.objects_with_parameters import Dense
from checks.types import Array

X = np.random.default_rng(3).standard_normal((3, 4))


class Normalized:
    """Batch normalization in training, with its running statistics."""

    def __init__(self) -> None:
        self.gamma, self.beta = np.ones(4), np.zeros(4)
        self.running_mean, self.running_var = np.zeros(4), np.ones(4)

    def forward(self, x: Array) -> Array:
        """Update the statistics."""
        mean, var = x.mean(0), x.var(0)
        self.running_mean = 0.9 * self.running_mean + 0.1 * mean
        self.running_var = 0.9 * self.running_var + 0.1 * var
        self.scale = 1 / np.sqrt(var + 1e-5)
        self.xhat = (x - mean) * self.scale
        return np.asarray(self.gamma * self.xhat + self.beta)

    def backward(self, dy: Array) -> Array:
        """Through the statistics of the batch."""
        self.dgamma, self.dbeta = (dy * self.xhat).sum(0), dy.sum(0)
        inner = dy * self.gamma
        return np.asarray(self.scale * (inner - inner.mean(0) - self.xhat * (inner * self.xhat).mean(0)))


class Frozen(Normalized):
    """The same with its running statistics."""

    def forward(self, x: Array) -> Array:
        """No statistics of the batch."""
        self.xhat = (x - self.running_mean) / np.sqrt(self.running_var + 1e-5)
        return np.asarray(self.gamma * self.xhat + self.beta)

    def backward(self, dy: Array) -> Array:
        """They are constants."""
        self.dgamma, self.dbeta = (dy * self.xhat).sum(0), dy.sum(0)
        return np.asarray(dy * self.gamma / np.sqrt(self.running_var + 1e-5))


class Workspace(Dense):
    """With room for its results and for padded samples, a momentum, and its gradients there from the start."""

    def __init__(self) -> None:
        super().__init__()
        self.room, self.padded = np.zeros((3, 3)), np.zeros((3, 6))
        self.dW, self.db, self.v = np.zeros((4, 3)), np.zeros(3), {"W": np.zeros((4, 3)), "b": np.zeros(3)}

    def forward(self, x: Array) -> Array:
        """Write to it."""
        if self.padded.shape != (len(x), 6):
            self.padded = np.zeros((len(x), 6))
        self.padded = self.padded.astype(x.dtype)
        self.padded[:, 1:-1] = x
        self.room = super().forward(self.padded[:, 1:-1].copy())
        return self.room.copy()


class Dropping:
    """Dropout with a generator of its own, in a layer with a weight."""

    def __init__(self) -> None:
        self.W, self.seed = np.random.default_rng(0).standard_normal((4, 3)), 0

    def forward(self, x: Array) -> Array:
        """The same mask at each call."""
        self.x, self.keep = x, np.asarray(np.random.default_rng(self.seed).random((len(x), 3)) < 0.5, float) * 2
        return np.asarray(x @ self.W * self.keep)

    def backward(self, dy: Array) -> Array:
        """Through the mask."""
        self.dW = self.x.T @ (dy * self.keep)
        return np.asarray((dy * self.keep) @ self.W.T)


class Cached(Dense):
    """Keeps what it computes beside what looks like a gradient of it."""

    def forward(self, x: Array) -> Array:
        """Keep z."""
        self.z = super().forward(x)
        return np.asarray(np.maximum(self.z, 0))

    def backward(self, dy: Array) -> Array:
        """Keep dz."""
        self.dz = dy * (self.z > 0)
        return super().backward(self.dz)


class Stepping(Dense):
    """Updates its weight as it goes back, by a rate of its own."""

    rate = 0.1

    def backward(self, dy: Array) -> Array:
        """A step."""
        dx = super().backward(dy)
        self.W, self.b = self.W - self.rate * self.dW, self.b - self.rate * self.db
        return dx


class Flat:
    """Views of one array of all parameters."""

    def __init__(self) -> None:
        self.theta = np.random.default_rng(0).standard_normal(15)
        self.W, self.b = self.theta[:12].reshape(4, 3), self.theta[12:]

    def forward(self, x: Array) -> Array:
        """Through the views."""
        self.x = x
        return np.asarray(x @ self.W + self.b)

    def backward(self, dy: Array) -> Array:
        """A gradient for each view."""
        self.dW, self.db = self.x.T @ dy, dy.sum(0)
        return np.asarray(dy @ self.W.T)


class Tied:
    """x W W with one array in two layers, each of which leaves the gradient of its own use."""

    def __init__(self) -> None:
        self.first, self.second = Dense(4, 4), Dense(4, 4)
        self.second.W = self.first.W

    def forward(self, x: Array) -> Array:
        """One after the other."""
        return np.asarray(self.second.forward(self.first.forward(x)))

    def backward(self, dy: Array) -> Array:
        """The other way round."""
        return np.asarray(self.first.backward(self.second.backward(dy)))


class Circular(Dense):
    """Knows its owner, who knows it."""

    def __init__(self) -> None:
        super().__init__()
        self.owner: Any = {"layer": self}


KINDS = {
    Normalized: ("gamma", "beta"),
    Frozen: ("gamma", "beta"),
    Workspace: ("W", "b"),
    Dropping: ("W",),
    Cached: ("W", "b"),
    Stepping: ("W", "b"),
    Flat: ("W", "b"),
    Tied: ("first.W", "second.W", "first.b", "second.b"),
    Circular: ("W", "b"),
}


@pytest.mark.sweep("kinds of layers without parameters", 2)
@pytest.mark.parametrize(("kind", "names"), KINDS.items(), ids=[kind.__name__ for kind in KINDS])
def test_only_parameters_are_examined(kind: Any, names: tuple[str, ...]) -> None:
    """And they are right."""
    found = examine(kind(), inputs=(X,), budget="1ms", laws=["adjoint", "finite differences"])
    assert found.family.arguments == ("x", *names)
    assert not found.wrong, story(found)
    assert "NOT EXAMINED" not in story(found)


@pytest.mark.parametrize("kind", [Cached, Workspace, Normalized])
def test_a_layer_that_has_run_before_is_seen_as_a_new_one(kind: Any) -> None:
    """What it kept of its last call is no parameter."""
    layer = kind()
    layer.backward(layer.forward(X))
    assert tuple(parameters_of(layer, (X,)).values) == KINDS[kind]


class Unseen(Dense):
    """Its backward keeps no gradient of W under any name."""

    def backward(self, dy: Array) -> Array:
        """It is lost."""
        dx = super().backward(dy)
        self.lost = self.__dict__.pop("dW") * 1.0
        return dx


class ReturnsBoth(Unseen):
    """Its backward returns them, twice the right one of W."""

    def backward(self, dy: Array) -> Any:
        """After that of x."""
        dx = super().backward(dy)
        return dx, 2 * self.lost


class ReturnsMore(Unseen):
    """Its backward returns something else."""

    def backward(self, dy: Array) -> Any:
        """Of another shape."""
        return super().backward(dy), np.zeros(7)


@pytest.mark.parametrize("kind", [Unseen, ReturnsMore])
def test_the_headline_names_what_nobody_examined(kind: Any) -> None:
    """A pass says nothing of it."""
    found = examine(kind(), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert "; NOT EXAMINED: W (" in story(found).splitlines()[0]
    assert found.family.arguments == ("x", "b")
    (_, line, *_) = lines([("test_dense[adjoint]", {"test": "test_dense", **figures(found)})])
    assert line == "  NOT EXAMINED: W"


def test_a_gradient_that_is_returned_after_those_of_the_arguments_is_that_of_the_first_parameter() -> None:
    """By its place and its shape."""
    found = examine(ReturnsBoth(), inputs=(X,), budget="1ms", laws=["adjoint"])
    assert {each.verdict.of for each in found.findings.values()} == {"dW"}, story(found)


def test_a_parameter_on_which_nothing_depends_at_the_example_is_named() -> None:
    """A gradient of 0, doubled, is 0."""
    layer = Dense(factor=2.0)
    found = examine(layer, inputs=(np.zeros((3, 4)),), budget="1ms", laws=["adjoint"])
    assert not found.wrong, story(found)
    assert "; NOT EXAMINED: W (" in story(found).splitlines()[0]
    assert "note: y does not depend on W at the example: a gradient of 0 there shows nothing" in story(found)


def test_a_forward_that_takes_nothing_is_told_so() -> None:
    """No dictionary of names would help; what does is a forward that puts its argument where the layer reads it."""

    class Reads:
        input = None

        def forward(self) -> Any:
            return self.input

        def backward(self, dy: Any) -> Any:
            return dy

    with pytest.raises(UsageError, match=r"(?s)of Reads takes none; expected one that does: .*layer.input = x"):
        examine(Reads(), inputs=(np.ones(3),))


def test_no_parameter_is_named_for_the_zeros_that_a_strategy_draws_first() -> None:
    """Other draws show it."""
    found = examine(Dense(), inputs=arrays(float, (3, 4), elements=st.floats(-4, 4)), budget="1ms", laws=["adjoint"])
    assert not [note for note in found.notes if "does not depend on W" in note]


class Table:
    """An embedding that was built for so many rows of a fixed length."""

    def __init__(self) -> None:
        self.W = np.random.default_rng(1).standard_normal((6, 4))

    def forward(self, rows: Any) -> Array:
        """Those rows, as one long one each."""
        self.rows = rows
        return np.asarray((np.eye(6)[rows] @ self.W).reshape(len(rows), -1, 4))

    def backward(self, dy: Array) -> None:
        """Added up where a row was asked for twice."""
        self.dW = np.zeros_like(self.W)
        np.add.at(self.dW, self.rows, dy.reshape(*self.rows.shape, 4))


@pytest.mark.usefixtures("every_variation")
def test_lengths_of_what_a_layer_keeps_alone_are_told_as_its_own() -> None:
    """No backward raises: nobody asks an embedding for other tables than its own, and its indices are held."""
    found = examine(Table(), inputs=(np.array([[0, 5, 2], [2, 2, 1]]),), budget="1ms")
    assert not found.wrong
    notes = "\n".join(found.notes)
    assert "in no other lengths, since it is of arrays that the layer keeps, and what it is called with is" in notes
    assert "raises" not in notes
