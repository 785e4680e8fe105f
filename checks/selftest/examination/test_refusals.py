"""A layer that says no is not wrong; one that stumbles over an operation on arrays is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from checks.refusals import is_accident
from checks.types import Array


def _refuse(x: Array) -> Array:
    raise ValueError(
        f"no arrays of shape {x.shape}"  # the statement begins a line before this one
    )


def _check(x: Array) -> Array:
    if x.ndim != 1: raise ValueError("one axis alone")  # fmt: skip # noqa: E701
    return x


@pytest.mark.parametrize(
    ("layer", "accident"),
    [
        (_refuse, False),
        (_check, False),
        (lambda x: x + np.ones(7), True),
        (lambda x: x.reshape(7), True),
        (lambda x: np.pad(x, -1), True),
        (lambda x: np.concatenate([x, x[0]]), True),
    ],
)
def test_who_raised_a_value_error_is_told_from_where_it_was_raised(
    layer: Callable[[Array], Array], accident: bool
) -> None:
    """A ``raise`` or ``assert`` in the layer is on purpose; NumPy's complaints are accidents."""
    with pytest.raises(ValueError) as raised:  # noqa: PT011 - of either kind
        layer(np.ones((2, 3)))
    assert is_accident(raised.value) == accident


def test_code_without_source_is_taken_for_what_it_says() -> None:
    """Nobody can tell who raised there."""
    space: dict[str, Callable[[], None]] = {}
    exec("def layer(): [1].index(2)", space)  # noqa: S102 - code whose source is nowhere
    with pytest.raises(ValueError, match="2 is not in list") as raised:
        space["layer"]()
    assert not is_accident(raised.value)
