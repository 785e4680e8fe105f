"""Pairs whose forward gives more than y and what was saved, and whose backward is told of some of that alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.selftest.adapters import recurrent_cells as cells
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array

LAWS = ["finite differences"]
CELL = (cells.X, cells.A, cells.PARAMETERS)
X, W = np.array([[1.0, -2.0], [3.0, 0.5]]), np.array([2.0, 4.0])


def running(x: Array, w: Array, cache: tuple[Array, Array]) -> tuple[Array, Any, Array, Array]:
    """What is saved stands second, under the name of an argument that has nothing to do with it."""
    mean, var = cache
    out = x * w
    cache = (x, w)
    mean = 0.9 * mean + 0.1 * x.mean(axis=0)
    return out, cache, mean, var


def running_backward(dout: Array, cache: Any) -> tuple[Array, Array]:
    """It takes that by its name."""
    x, w = cache
    return dout * w, (dout * x).sum(axis=0)


def second(x: Array, w: Array) -> tuple[Array, Array, Any]:
    """Y stands second."""
    z, a = x.sum(axis=1), x * w
    return z, a, (x, w)


def second_backward(da: Array, saved: Any) -> tuple[Array, Array]:
    """Its name says whose upstream gradient it takes."""
    x, w = saved
    return da * w, (da * x).sum(axis=0)


def nameless(x: Array, w: Array) -> tuple[Array, Any, float]:
    """Nothing that it returns has a name."""
    return x * w, (x, w), float(x.mean())


def product_last(x: Array, w: Array) -> tuple[Array, Array, Any]:
    """Nothing has a name, and the shape of y alone tells which it is."""
    return x.sum(axis=1), x * w, (x, w)


def all_saved(x: Array, w: Array) -> tuple[Array, Array, Array]:
    """As usual: y, and all that was saved."""
    return x * w, x, w


RIGHT = [
    pytest.param((cells.forward, cells.backward), CELL, id="the state of a cell"),
    pytest.param((cells.long_forward, cells.long_backward), (X, X + 1, X - 2), id="two states of three outputs"),
    pytest.param((running, running_backward), (X, W, (W, W)), id="saved by the name of an argument"),
    pytest.param((second, second_backward), (X, W), id="the second output"),
    pytest.param((nameless, running_backward), (X, W), id="by its form alone"),
    pytest.param((product_last, running_backward), (X[:, :1] + X, W), id="by the shape of its dy"),
    pytest.param((all_saved, running_backward), (X, W), id="all others saved"),
]


@pytest.mark.parametrize(("pair", "inputs"), RIGHT)
def test_a_backward_is_handed_what_it_takes_of_what_its_forward_gave(pair: Any, inputs: Any) -> None:
    """By names, or as a call shows."""
    found = examine(pair, inputs=inputs, laws=LAWS, budget="1ms")
    assert not found.wrong, story(found)
    assert found.compared


@pytest.mark.parametrize(
    ("backward", "of"), [(cells.doubled, "dparameters['Waa']"), (cells.forgetful, "dparameters['ba']")]
)
def test_a_gradient_that_is_wrong_or_forgotten_there_is_found(backward: Any, of: str) -> None:
    """That of an entry on which y does not depend may be left out, another one not."""
    assert f"WRONG  {of} of" in story(examine((cells.forward, backward), inputs=CELL, laws=LAWS, budget="1ms"))


def test_what_is_y_and_what_is_not_examined_is_told() -> None:
    """By the names that the forward has for them."""
    found = examine((cells.long_forward, cells.long_backward), inputs=(X, X + 1, X - 2), laws=LAWS, budget="1ms")
    said = "of what long_forward gives h_next, c_next are y, [3] is handed to long_backward, and y_pred is not examined"
    assert said in story(found)


def test_where_nobody_can_tell_it_is_said_what_to_write() -> None:
    """With what the forward gave, and how the backward was called in vain."""

    def backward(dy: Array, kept: Any) -> Any:
        return dy * kept["w"], dy * kept["x"]

    told = story(examine((running, backward), inputs=(X, W, (W, W)), budget="1ms"))
    assert "running gives 4 things (out of shape (2, 2), cache a tuple, mean of shape (2,), var of shape (2,))" in told
    assert "return out, var  # y, saved" in told


LAYERS = """
import numpy as np


def forward(x, w):
    out, cache, mean = x * w, (x, w), x.mean()
    return out, cache, mean


def backward(dout, cache):
    x, w = cache
    return 2 * dout * w, dout * x


def in_a_dictionary(x, p):
    return x * p["w"], x.mean(), (x, p)


def back_to_it(dout, saved):
    x, p = saved
    return {"dx": 2 * dout * p["w"], "dw": dout * x}


def of_two(x, w):
    return x * w, x + w, x.mean(), (x, w)


def back_from_two(da, db, saved):
    x, w = saved
    return 2 * da * w + db, da * x + db
"""


@pytest.mark.usefixtures("plainest")
def test_the_script_of_such_a_pair_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes what counts out of what the forward gives."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    (law,), x = LAWS, X[0]
    pairs = [
        ((layers.forward, layers.backward), (x, W)),
        ((layers.in_a_dictionary, layers.back_to_it), (x, {"w": W})),
        ((layers.of_two, layers.back_from_two), (x, W)),
    ]
    found = [examine(pair, inputs=inputs, budget="1ms", laws=LAWS).findings[law] for pair, inputs in pairs]
    demand_shown(found, tmp_path)


class Predicting:
    """It hands its cache over, and gives a prediction beside its state."""

    def __init__(self, factor: float = 1.0) -> None:
        self.w = np.array([2.0, 4.0])
        self.factor = factor

    def forward(self, x: Array) -> tuple[Array, Any, Any]:
        """The state is a product."""
        h = x * self.w
        cache = (x,)
        return h, cache, h.mean()

    def backward(self, dh: Array, cache: Any) -> Array:
        """Of the state alone."""
        (x,) = cache
        self.dw = self.factor * (dh * x).sum(axis=0)
        return np.asarray(dh * self.w)


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_an_object_may_give_more_than_its_backward_is_told_of(factor: float) -> None:
    """By the same names; its script does as it is called."""
    found = examine(Predicting(factor), inputs=(X,), laws=LAWS, budget="1ms")
    assert {each.verdict.of for each in found.findings.values()} == ({"dw"} if factor > 1 else set()), story(found)
    told = story(found)
    assert "of what Predicting.forward gives h is y, cache is handed to Predicting.backward, and [2] is not" in told
    assert ("y, cache = gave[0], [gave[1]]" in told) == (factor > 1)
