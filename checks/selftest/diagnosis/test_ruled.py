"""Arrays that are too long to be listed are made by a rule in a script: the very same numbers, bit for bit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from checks import examine
from checks.case import Case
from checks.diagnosis.earlier import other_everywhere
from checks.diagnosis.ruled import MOST_SET, ruled
from checks.families.slices import READABLE
from checks.invariants.other_numbers import other, twin
from checks.selftest.diagnosis import by_itself
from checks.types import Array

SHAPES = {"x": (2, 3, 7, 6), "weight": (4, 3, 3, 3), "dy": (2, 4, 5, 5)}


def made(text: tuple[str, str], earlier: dict[str, Array]) -> Array:
    """What a script makes of a rule."""
    names: dict[str, Any] = {"np": np, **earlier}
    exec(f"array = {text[0]}\narray{text[1]}", names)  # noqa: S102 - as a script runs it
    found: Array = names["array"]
    return found


@pytest.mark.parametrize("data", ["integers", "sparse", "normal", "distinct", "spread"])
@pytest.mark.parametrize("dtype", ["float64", "float32", "float16"])
def test_the_numbers_that_a_case_draws_are_drawn_in_a_script(data: str, dtype: str) -> None:
    """And what laws make of them."""
    case = Case("conv", SHAPES, dtype=dtype, data=data, span=9, unit=16, seed=5)
    for name in SHAPES:
        for change in (np.asarray, other, other_everywhere, twin):
            numbers = change(case.array(name))
            text = ruled(name, numbers, {}, case)
            assert text[0]
            assert made(text, {}).tobytes() == numbers.tobytes()
            assert made(text, {}).dtype == numbers.dtype


@pytest.mark.parametrize("data", ["patterns", "ordered"])
def test_orders_that_are_made_of_drawn_numbers_are_made_so(data: str) -> None:
    """Of some patterns nobody knows a rule; what there is of one is right."""
    cases = [Case("conv", SHAPES, data=data, span=9, unit=3, seed=seed) for seed in range(40)]
    found = [(case.array("dy"), ruled("dy", case.array("dy"), {}, case)) for case in cases]
    known = [(numbers, text) for numbers, text in found if text[0]]
    assert len(known) > len(found) / 2
    assert all(made(text, {}).tobytes() == numbers.tobytes() for numbers, text in known)


@pytest.mark.parametrize(
    "numbers",
    [
        np.arange(120.0).reshape(4, 30),
        np.linspace(1, -1, 129),
        np.where(np.arange(200) % 50 == 3, -7.5, 0.0),
        np.where(np.arange(200) == 3, -0.0, 0.0),
        np.where(np.arange(200) == 3, np.inf, 1.0).astype(np.float32),
        np.where(np.arange(200) == 3, np.nan, 1.0),
    ],
    ids=["counted", "down", "few entries", "a zero of the other sign", "an infinity", "no number"],
)
def test_what_is_counted_and_what_is_alike_but_for_few_entries_has_a_rule(numbers: Array) -> None:
    """Zeros of both signs and infinities included."""
    text = ruled("x", numbers, {}, Case("relu", {"x": (1,), "dy": (1,)}))
    assert made(text, {}).tobytes() == numbers.tobytes()


def test_what_no_whole_number_is_as_wide_as_has_a_rule_or_none() -> None:
    """Neither bytes nor digits beyond float64 are lost: what overflows in float64 is shown in longdouble."""
    case = Case("relu", {"x": (1,), "dy": (1,)})
    third = np.longdouble(1) / 3
    numbers = np.where(np.arange(200) == 3, -third, third)
    again = made(ruled("x", numbers, {}, case), {})
    assert (again.dtype, again.tolist()) == (numbers.dtype, numbers.tolist())
    assert ruled("x", np.random.default_rng(1).normal(size=200).astype(np.longdouble), {}, case) == ("", "")


def test_an_array_that_a_law_has_made_of_another_is_made_of_that() -> None:
    """By its name in the script."""
    numbers = np.random.default_rng(1).normal(size=40)
    text = ruled("x", -np.flip(numbers), {"weight": numbers}, Case("relu", {"x": (1,), "dy": (1,)}))
    assert "weight" in text[0]
    assert made(text, {"weight": numbers}).tobytes() == (-np.flip(numbers)).tobytes()


def test_numbers_without_a_rule_have_none() -> None:
    """They are listed, or nobody reads them."""
    numbers = np.random.default_rng(1).normal(size=MOST_SET + 2)
    assert ruled("x", numbers, {}, Case("relu", {"x": (1,), "dy": (1,)})) == ("", "")


#: Wrong where there are many entries: no plainer case shows it.
MANY = """
import numpy as np


def forward(x):
    return np.maximum(x, 0), x


def backward(dy, x):
    return dy * (x > 0) * (1 + (x.size > 100))
"""


@pytest.mark.usefixtures("plainest")
def test_a_layer_that_is_wrong_on_large_arrays_alone_has_a_script(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It prints the wrong number and the right one."""
    layers = by_itself.written(MANY, tmp_path, monkeypatch)
    found = examine((layers.forward, layers.backward), "relu", budget="1ms", laws=["reference"]).findings["reference"]
    assert found.shrunk.sizes() > READABLE
    by_itself.demand_shown([found], tmp_path)
