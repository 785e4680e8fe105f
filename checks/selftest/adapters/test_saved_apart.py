"""Pairs whose backward takes what the forward gave beside y one by one, and arguments of the forward by name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.adapters import adapt
from checks.adapters.partials import held
from checks.errors import SubjectError
from checks.selftest.diagnosis.by_itself import demand_shown, written
from checks.types import Array, Arrays

X, W = np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 8.0])


def forward(x: Array, w: Array, scale: float = 2.0) -> tuple[Array, Array, Array]:
    """A product, and two things that its backward wants by themselves."""
    return x * w * scale, x * scale, np.ones(3)


def backward(dout: Array, scaled: Array, ones: Array, w: Array, scale: float) -> tuple[Array, Array]:
    """The weight is told again by its name, and so is the number that nobody gave."""
    return dout * w * scale * ones, dout * scaled


def one_forward(x: Array, w: Array) -> tuple[Array, Array]:
    """One thing is saved."""
    return x * w, x


def one_backward(dy: Array, cache: Array, w: Array) -> tuple[Array, Array]:
    """And the weight is told again."""
    return dy * w, dy * cache


def both_forward(x: Array, w: Array) -> tuple[Array, Array, Array]:
    """It saves what it was given."""
    return x * w, x, w


def both_backward(dy: Array, x: Array, w: Array) -> tuple[Array, Array]:
    """Under the same names."""
    return dy * w, dy * x


def together_forward(x: Array, w: Array) -> tuple[Array, Any]:
    """Both stand in one tuple."""
    return x * w, (x, w)


def apart_backward(dy: Array, first: Array, second: Array) -> tuple[Array, Array]:
    """It takes each by itself."""
    return dy * second, dy * first


def by_key_forward(x: Array, w: Array) -> tuple[Array, dict[str, Array]]:
    """Both stand in one dictionary, beside another thing."""
    return x * w, {"b": w, "a": x, "c": x}


def by_key_backward(dy: Array, a: Array, b: Array) -> tuple[Array, Array]:
    """It takes two of them under their keys."""
    return dy * b, dy * a


def by_any_backward(dy: Array, **cache: Array) -> tuple[Array, Array]:
    """It takes all that there are."""
    return dy * cache["b"], dy * cache["a"]


def unknown_backward(dy: Array, a: Array, b: Array, c: Array) -> tuple[Array, Array]:
    """It takes one thing more than was saved, under a name that nobody knows."""
    return dy * a * b, dy * c


def _gradients(*pair: Any) -> Arrays:
    return adapt(pair, ("x", "w")).pull({"x": X, "w": W}, {}, np.ones(3)).gradients


@pytest.mark.parametrize(
    ("pair", "scale"),
    [
        pytest.param((forward, backward), 2, id="several things"),
        pytest.param((one_forward, one_backward), 1, id="one thing"),
        pytest.param((both_forward, both_backward), 1, id="things with the names of arguments"),
        pytest.param((together_forward, apart_backward), 1, id="things in a tuple"),
        pytest.param((by_key_forward, by_key_backward), 1, id="some in a dictionary"),
        pytest.param((by_key_forward, by_any_backward), 1, id="all in a dictionary"),
        pytest.param(held((forward, backward), {"scale": 3.0}), 3, id="with a number that is held"),
    ],
)
def test_a_backward_is_told_each_of_them_by_its_name(pair: Any, scale: float) -> None:
    """In the order in which the forward gave them; what the forward was called with by its own names."""
    found = _gradients(*pair)
    np.testing.assert_array_equal(found["dx"], W * scale)
    np.testing.assert_array_equal(found["dw"], X * scale)


def test_a_backward_that_wants_something_unknown_is_called_as_ever() -> None:
    """Its error says what it misses."""
    with pytest.raises(SubjectError, match="missing 2 required positional arguments"):
        _gradients(forward, unknown_backward)


def test_several_upstream_gradients_are_nothing_that_was_saved() -> None:
    """A backward of two outputs takes one for each."""

    def two(x: Array, w: Array) -> tuple[Array, Array]:
        return x * w, x + w

    def two_back(dy: Array, dz: Array, x: Array, w: Array) -> tuple[Array, Array]:
        return dy * w + dz, dy * x + dz

    found = _gradients(two, two_back)  # of the first output alone, as of a family: dz is 0
    np.testing.assert_array_equal(found["dx"], W)
    np.testing.assert_array_equal(found["dw"], X)


LAYERS = """
def forward(x, w, scale=2.0):
    return x * w * scale, x * scale, x


def backward(dout, scaled, x, w, scale):
    return 2 * dout * w * scale, dout * scaled
"""


@pytest.mark.usefixtures("plainest")
def test_the_script_of_such_a_pair_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it is told a number that was held."""
    layers = written(LAYERS, tmp_path, monkeypatch)
    law, pair = "finite differences", (layers.forward, layers.backward)
    examples = [(X, W), {"x": X, "w": W, "scale": 3.0}]
    found = [examine(pair, inputs=each, budget="1ms", laws=[law]).findings[law] for each in examples]
    demand_shown(found, tmp_path)


INSIDE = """
def forward(x, w):
    return x * w, SAVED


def backward(dy, GIVEN):
    return 2 * dy * w_saved, dy * x_saved
"""


@pytest.mark.usefixtures("plainest")
@pytest.mark.parametrize(
    ("saved", "given"),
    [("(x, w)", "x_saved, w_saved"), ('{"w_saved": w, "x_saved": x}', "x_saved, w_saved")],
    ids=["tuple", "dictionary"],
)
def test_the_script_of_one_that_takes_what_stands_in_one_thing_runs(
    saved: str, given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it stands there."""
    layers = written(INSIDE.replace("SAVED", saved).replace("GIVEN", given), tmp_path, monkeypatch)
    law = "finite differences"
    found = examine((layers.forward, layers.backward), inputs=(X, W), budget="1ms", laws=[law])
    demand_shown([found.findings[law]], tmp_path)
