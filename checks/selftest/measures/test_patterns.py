"""Numbers in special orders: each is met, none leaves the integers, and a path of its own for one of them is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from checks.data import PATTERNED
from checks.families import families, family
from checks.judge import verdicts
from checks.oracles.reference import Reference
from checks.patterns import PATTERNS, arranged, ordered
from checks.types import Array, Arrays
from checks.witness import Trial

VALUES = np.random.default_rng(3).integers(-9, 10, (2, 3, 4, 5))


def _ascends(array: Array) -> bool:
    return bool(np.all(np.diff(array.reshape(-1)) >= 0) and np.any(np.diff(array.reshape(-1))))


@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("shape", [(2, 3, 4, 5), (1, 1, 1), (3,), (1,)])
def test_each_pattern_keeps_shape_and_range(pattern: Any, shape: tuple[int, ...]) -> None:
    """And is not all zeros where the numbers are not: nothing could be seen there."""
    values = np.random.default_rng(5).integers(1, 10, shape)
    found = pattern(np.random.default_rng(7), values)
    assert found.shape == values.shape
    assert np.any(found)
    assert np.max(np.abs(found)) <= 9


def test_an_empty_array_stays_as_it_is() -> None:
    """There is nothing to arrange."""
    rng, empty = np.random.default_rng(0), np.zeros((0, 2, 3), int)
    assert arranged(rng, empty) is empty
    assert ordered(rng, empty) is empty


@pytest.mark.parametrize(
    "holds",
    [
        pytest.param(lambda a: np.all(a == 1), id="ones"),
        pytest.param(lambda a: np.count_nonzero(a) == 1, id="one-hot"),
        pytest.param(lambda a: 1 < np.count_nonzero(a) < a.size / 8, id="sparse"),
        pytest.param(lambda a: np.all(a < 0), id="negative"),
        pytest.param(lambda a: np.all(a > 0) and np.any(a != 1), id="positive"),
        pytest.param(lambda a: 0.9 < np.mean(a > 0) < 1, id="mostly positive"),
        pytest.param(lambda a: np.all(a >= 0) and np.mean(a == 0) > 0.3 and np.any(a > 1), id="rectified"),
        pytest.param(_ascends, id="sorted"),
        pytest.param(lambda a: np.array_equal(a, a[..., ::-1, ::-1]) and np.any(a != a.flat[0]), id="mirrored"),
    ],
)
def test_each_order_is_met(holds: Callable[[Array], bool]) -> None:
    """Within a hundred draws."""
    draws = (arranged(np.random.default_rng(seed), VALUES) for seed in range(100))
    assert any(holds(draw) for draw in draws)


def test_distinct_numbers_stay_distinct_and_never_0() -> None:
    """In any order: max pooling has no ties there, and ReLU no kink."""
    values = np.random.default_rng(1).permutation(np.r_[-60:0, 1:61]).reshape(2, 3, 4, 5)
    found = [ordered(np.random.default_rng(seed), values) for seed in range(40)]
    assert all(np.unique(each).size == values.size for each in found)
    assert all(np.all(each != 0) for each in found)
    assert any(np.all(each > 0) for each in found)
    assert any(np.all(each < 0) for each in found)
    assert any(0.9 < np.mean(each < 0) < 1 for each in found)


@pytest.mark.parametrize("name", families())
def test_the_reference_is_right_on_every_such_case(name: str) -> None:
    """And every case is exact."""
    sheet = family(name)
    cases = [case for case in sheet.patterned(11) if case.sizes() < 3000]
    assert {case.data for case in cases} <= {*PATTERNED.values(), "sparse"}
    heard = [verdict for case in cases for verdict in verdicts(Reference(), Trial(sheet.reference, sheet, case))]
    assert len(cases) > 20
    assert all(verdict.status == "right" for verdict in heard)


def _few(array: Array) -> bool:
    return bool(array.size > 20 and 0 < np.count_nonzero(array) < array.size / 10)


@pytest.mark.parametrize(
    ("name", "argument", "special"),
    [
        ("conv", "dy", _few),
        ("conv", "x", _few),
        ("conv", "dy", lambda array: array.size > 3 and np.all(array == 1)),
        ("avg_pool", "dy", lambda array: array.size > 3 and np.all(array < 0)),
        ("relu", "x", lambda array: array.size > 16 and 0.9 < np.mean(array > 0) < 1),
        ("relu", "dy", lambda array: array.size > 3 and np.count_nonzero(array) == 1),
        ("max_pool", "x", lambda array: array.size > 16 and np.all(array < 0)),
    ],
)
def test_a_backward_that_is_wrong_on_such_numbers_alone_is_seen(name: str, argument: str, special: Any) -> None:
    """The reference is enough."""
    sheet, right = family(name), family(name).reference

    def forward(arrays: Arrays, config: Any) -> Any:
        y, saved = right.forward(arrays, config)
        return y, (saved, arrays)

    def backward(dy: Array, kept: Any) -> Any:
        saved, arrays = kept
        found = dict(right.backward(dy, saved))
        return found if not special({**arrays, "dy": dy}[argument]) else {of: 2 * each for of, each in found.items()}

    wrong = replace(right, forward=forward, backward=backward)
    seen = (verdicts(Reference(), Trial(wrong, sheet, case)) for case in sheet.patterned(11))
    assert any(verdict.status == "wrong" for verdicts_of in seen for verdict in verdicts_of)
