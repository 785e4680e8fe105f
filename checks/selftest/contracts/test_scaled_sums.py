"""A sum that is divided and multiplied again is off by two roundings, on integers too: a hazard, and no mistake."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks import examine, story
from checks.types import Array
from reference_impl import conv_backward, conv_forward


def averaged(dy: Array) -> Array:
    """A mean times the count of what it is of."""
    axes = (0, *range(2, dy.ndim))
    count = dy.dtype.type(dy[:, 0].size)
    return np.asarray(dy.mean(axes, dtype=dy.dtype) * count if count else dy.sum(axes))


def with_dbias(of: Callable[[Array], Array]) -> Any:
    """A convolution that is right but for its dbias, which is computed so."""

    def backward(dy: Array, saved: Any) -> Any:
        dx, dweight, dbias = conv_backward(dy, saved)
        return dx, dweight, None if dbias is None else of(dy).astype(dy.dtype)

    return conv_forward, backward


def test_a_mean_times_its_count_is_a_hazard_that_says_what_to_declare() -> None:
    """Once declared it is none, and its bound says where it comes from."""
    layer = with_dbias(averaged)
    found = examine(layer, like="conv2d", budget="1ms")
    assert not found.wrong, story(found)
    assert "declare arithmetic='scaled sums'" in found.hazards["arithmetic"].shrunk_verdict.why
    declared = examine(layer, like="conv2d", supports={"arithmetic": "scaled sums"}, budget="1ms")
    assert not declared.wrong
    assert "arithmetic" not in declared.hazards


def off_by_one(dy: Array) -> Array:
    """One more in the last entry: in half precision less than two roundings of a large sum."""
    found = averaged(dy)
    found[-1:] += 1
    return found


MISTAKES: dict[str, Callable[[Array], Array]] = {
    "one more": off_by_one,
    "a part in ten million": lambda dy: averaged(dy) * (1 + 1e-7),
    "one count less": lambda dy: averaged(dy) * (1 - 1 / max(dy[:, 0].size, 2)),
    "a sum of another thing": lambda dy: averaged(np.roll(dy, 1, 1)),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_no_rounding(name: str) -> None:
    """In a finer format it is as large as it was."""
    found = examine(with_dbias(MISTAKES[name]), like="conv2d", budget="1ms")
    assert {"reference", "textbook"} <= found.findings.keys(), story(found)
