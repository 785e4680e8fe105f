"""A layer that says no is not wrong; one that stumbles over an operation on arrays is."""

from __future__ import annotations

import sys
from collections.abc import Callable

import numpy as np
import pytest

from checks import examine, story
from checks.case import Case
from checks.families import family
from checks.refusals import is_accident, on_purpose
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


def _endless(x: Array) -> Array:
    return _endless(x)


def _no_memory(x: Array) -> Array:
    raise MemoryError(x.shape)


@pytest.mark.parametrize("harm", [_endless, _no_memory])
def test_who_runs_out_of_frames_or_of_memory_says_no_to_nothing(harm: Callable[[Array], Array]) -> None:
    """Whoever raises that."""
    found = examine(
        (lambda x: (np.maximum(harm(x), 0), x), lambda dy, x: dy * (x > 0)), "relu", budget="1ms", laws=["reference"]
    )
    assert set(found.findings) == {"runs"}


def _relu(batch: int) -> Case:
    return family("relu").case_of({"x": (batch, 2, 2)}, {}, "float64", "normal", 1)


class _OfOnesOwnError(Exception):
    """What a layer says no by."""


def _own(x: Array) -> Array:
    if x.shape[0] > 1:
        raise _OfOnesOwnError("one sample alone")
    return x


def _typed(x: Array) -> Array:
    if x.dtype == np.float32:
        raise TypeError("no float32")
    return x


def _table(x: Array) -> Array:
    if x.shape[1] == 3:
        raise KeyError(f"no kernel for {x.shape[1]}")
    return x


@pytest.mark.parametrize(
    ("layer", "purpose"),
    [
        (_own, True),
        (_table, True),
        (_typed, True),
        (lambda x: {1: x}[x.shape[0]], False),
        (lambda x: x + None, False),
        (lambda x: np.linalg.inv(x.astype(np.float16)), False),
        (lambda x: sys.exit(f"{x}"), False),
    ],
)
def test_an_error_of_another_kind_refuses_where_the_layer_raises_it_itself(
    layer: Callable[[Array], Array], purpose: bool
) -> None:
    """One of its own, a TypeError of its own; not what Python or NumPy say, and not the end of the process."""
    with pytest.raises((Exception, SystemExit)) as raised:
        layer(np.ones((2, 3), np.float32))
    assert on_purpose(raised.value) == purpose


def test_a_layer_that_says_no_by_an_error_of_its_own_is_right_where_it_says_nothing() -> None:
    """And one that breaks on arrays without entries has only those against it, which are counted."""

    def forward(x: Array) -> tuple[Array, Array]:
        x = x.reshape(len(x), -1).reshape(x.shape) if len(x) < 3 else _own(x)
        return np.maximum(x, 0), x > 0

    cases = [_relu(batch) for batch in (0, 1, 3)]
    found = examine((forward, lambda dy, mask: dy * mask), "relu", cases=cases, laws=["reference"])
    assert not found.wrong, story(found)
    assert found.refused == 2


@pytest.mark.parametrize("answer", [None, range(3)])
def test_a_forward_that_gives_no_y_is_wrong_and_says_no_to_nothing(answer: object) -> None:
    """A ``return`` that was forgotten is a finding of the first case, and not an error after all of the time."""

    def forward(x: Array) -> object:
        return answer if x.any() else None

    def backward(dy: Array, mask: Array) -> Array:
        return dy * mask

    found = examine((forward, backward), inputs=np.ones((3, 4)), budget="1s")
    assert (found.wrong, found.refused) == (True, 0)
    assert "; expected (y, saved)" in story(found)
