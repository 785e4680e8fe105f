"""The same numbers in another order, after them: what is kept of a call is kept by all of its arguments."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from checks.families import family
from checks.invariants.reordered import AFTER, reordered
from checks.invariants.saved_state import SavedState
from checks.selftest.contracts.plant import Forward, cases, complaints, forward
from checks.subject import Subject
from checks.types import Array, Arrays, Config
from checks.witness import Trial


def _first_kept(key: Callable[[Arrays, Array], Any]) -> Callable[[Subject], Subject]:
    """What is saved is kept by the settings and by ``key`` of arguments and y: the first of a key serves for all."""

    def make(right: Subject) -> Subject:
        kept: dict[Any, Any] = {}

        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            y, saved = right.forward(arrays, config)
            of = (str(config), y.dtype, *(value.shape for value in arrays.values()), key(arrays, y))
            return y, kept.setdefault(of, saved)

        return Subject("planted", run, right.backward)

    return make


def _sum(arrays: Arrays, _: Array) -> Any:
    return arrays["x"].sum()


def _output(_: Arrays, y: Array) -> Any:
    return y.tobytes()


def _every_byte(arrays: Arrays, _: Array) -> Any:
    return tuple(value.tobytes() for value in arrays.values())


@pytest.mark.parametrize(("name", "key"), [("conv", _sum), ("relu", _sum), ("max_pool", _output)])
def test_what_is_kept_by_a_sum_or_by_y_is_wrong(name: str, key: Callable[[Arrays, Array], Any]) -> None:
    """Another call has the same."""
    found = complaints(_first_kept(key)(family(name).reference), name, cases(name), [SavedState()])
    assert any(verdict.status == "wrong" and AFTER in verdict.why for verdict in found)


@pytest.mark.parametrize("name", ["conv", "max_pool", "avg_pool", "relu"])
def test_what_is_kept_by_every_byte_of_the_arguments_is_right(name: str) -> None:
    """A table of results breaks no law."""
    layer = _first_kept(_every_byte)(family(name).reference)
    assert next(map(str, complaints(layer, name, cases(name), [SavedState()])), None) is None


def test_each_window_finds_what_it_held_before() -> None:
    """Winners move and y stays: without that no call would be taken for another by what it gives."""
    seen: list[tuple[bytes, bytes]] = []
    layer = forward(lambda arrays, right, config: _noted(right(arrays, config), arrays, seen))
    subject = layer(family("max_pool").reference)
    for case in cases("max_pool"):
        list(reordered("saved state", Trial(subject, family("max_pool"), case)))
    first, again = seen[::2], seen[1::2]
    assert sum(y == y2 and x != x2 for (x, y), (x2, y2) in zip(first, again, strict=True)) > len(first) // 10


def test_a_mistake_that_hangs_on_the_order_of_the_numbers_is_no_matter_of_earlier_calls() -> None:
    """It is as wrong on numbers that the layer never met; what compares it with the reference says so."""

    def off(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
        y, saved = right(arrays, config)
        x = arrays["x"].ravel()
        return (y if np.all(x[1:2] <= x[2:3]) else y + 1).astype(y.dtype), saved

    layer, sheet = forward(off)(family("conv").reference), family("conv")
    claims = (list(reordered("saved state", Trial(layer, sheet, case))) for case in cases("conv"))
    assert all(np.all(np.abs(c.got - c.want) <= c.bound) for made in claims for c in made)


def _noted(came: tuple[Array, Any], arrays: Arrays, seen: list[tuple[bytes, bytes]]) -> tuple[Array, Any]:
    seen.append((arrays["x"].tobytes(), came[0].tobytes()))
    return came
