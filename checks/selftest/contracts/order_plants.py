"""Faults that show in one order of calls alone: rings of buffers, what the last forward left, what is found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from checks.selftest.contracts.plant import Plant
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def in_a_ring(number: int) -> Callable[[Subject], Subject]:
    """Outputs of one shape come in so many buffers, one after another."""

    def make(right: Subject) -> Subject:
        rings: dict[Any, list[Array]] = {}

        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            y, saved = right.forward(arrays, config)
            ring = rings.setdefault((y.shape, y.dtype), [np.empty_like(y) for _ in range(number)])
            ring.append(ring.pop(0))
            ring[-1][...] = y
            return ring[-1], saved

        return Subject("planted", run, right.backward)

    return make


def signs_in_a_ring(right: Subject) -> Subject:
    """Where x is positive is kept in four buffers for each shape, one after another."""
    rings: dict[Any, list[Array]] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Array]:
        x = arrays["x"]
        ring = rings.setdefault(x.shape, [np.empty(x.shape, bool) for _ in range(4)])
        ring.append(ring.pop(0))
        ring[-1][...] = x > 0
        return right.forward(arrays, config)[0], ring[-1]

    return Subject("planted", run, lambda dy, positive: {"dx": dy * positive})


def left_by_the_last(
    told: Callable[[Arrays], Any], changed: Callable[[Any, Arrays], Arrays]
) -> Callable[[Subject], Subject]:
    """The backward goes by what was ``told`` of the arguments of the last forward, whoever's it was."""

    def make(right: Subject) -> Subject:
        last: list[Any] = [None]

        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            last[0] = told(arrays)
            return right.forward(arrays, config)

        return Subject("planted", run, lambda dy, saved: changed(last[0], dict(right.backward(dy, saved))))

    return make


def _without_bias(there: bool, gradients: Arrays) -> Arrays:
    return {name: value if there or name != "dbias" else np.zeros_like(value) for name, value in gradients.items()}


def _in_format(dtype: Any, gradients: Arrays) -> Arrays:
    return {name: value.astype(dtype).astype(value.dtype) for name, value in gradients.items()}


def state_of_the_last_of_a_shape(right: Subject) -> Subject:
    """The state of the last forward, where all of its shapes are those of the backward's own."""
    last: dict[Any, Any] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        key = (*(value.shape for value in arrays.values()), str(config))
        y, last[key] = right.forward(arrays, config)
        return y, key

    return Subject("planted", run, lambda dy, key: right.backward(dy, last[key]))


def found_again(key: Callable[[Array], Any]) -> Callable[[Subject], Subject]:
    """A weight is kept by what ``key`` says of it, and found again for any weight of which it says the same."""

    def make(right: Subject) -> Subject:
        kept: dict[Any, Array] = {}

        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            weight = arrays["weight"]
            known = kept.setdefault((weight.shape, weight.dtype, key(weight)), weight.copy())
            return right.forward({**arrays, "weight": known}, config)

        return Subject("planted", run, right.backward)

    return make


def remembers_by_the_sum_of_dy(right: Subject) -> Subject:
    """A second backward on one saved state gives what the first gave where the sums of dy are equal."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, {})

    def pull(dy: Array, saved: Any) -> Arrays:
        state, kept = saved
        kept["last"] = kept["last"] if kept.get("sum") == dy.sum() else dict(right.backward(dy, state))
        kept["sum"] = dy.sum()
        return {name: value.copy() for name, value in kept["last"].items()}

    return Subject("planted", run, pull)


def forgets_where_dy_was_zero(right: Subject) -> Subject:
    """Entries of dy that were 0 once stay 0 for that saved state."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, np.ones(y.shape, bool))

    def pull(dy: Array, saved: Any) -> Arrays:
        state, alive = saved
        alive &= dy != 0
        return dict(right.backward(np.where(alive, dy, 0).astype(dy.dtype), state))

    return Subject("planted", run, pull)


def works_in_y(right: Subject) -> Subject:
    """The memory of y is its own to work in, so that half of a dy that is y itself is lost."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, y)

    def pull(dy: Array, saved: Any) -> Arrays:
        state, y = saved
        return dict(right.backward(dy / 2 if np.may_share_memory(dy, y) else dy, state))

    return Subject("planted", run, pull)


def refuses_its_own_y(right: Subject) -> Subject:
    """No dy may lie in the memory of y."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, y)

    def pull(dy: Array, saved: Any) -> Arrays:
        state, y = saved
        if np.may_share_memory(dy, y):
            raise ValueError("dy lies in the memory of y; expected a copy")
        return dict(right.backward(dy, state))

    return Subject("planted", run, pull)


PLANTS = (
    Plant("refuses its own y as dy", "relu", "results kept", refuses_its_own_y, "hazard"),
    Plant("works in the memory of y", "conv", "results kept", works_in_y),
    Plant("works in the memory of y, which it selects", "max_pool", "results kept", works_in_y),
    Plant("y in a ring of two buffers", "conv", "results kept", in_a_ring(2)),
    Plant("y in a ring of four buffers", "avg_pool", "results kept", in_a_ring(4)),
    Plant("signs in a ring of four buffers", "relu", "saved state", signs_in_a_ring),
    Plant(
        "no dbias where the last forward had no bias",
        "conv",
        "saved state",
        left_by_the_last(lambda arrays: "bias" in arrays, _without_bias),
    ),
    Plant(
        "gradients in the format of the last forward",
        "conv",
        "saved state",
        left_by_the_last(lambda arrays: arrays["x"].dtype, _in_format),
    ),
    Plant("state of the last forward of the same shapes", "max_pool", "saved state", state_of_the_last_of_a_shape),
    Plant("weight found again by its sum", "conv", "settings", found_again(lambda weight: float(weight.sum()))),
    Plant("weight found again by its ends", "conv", "settings", found_again(lambda w: (*w.flat[:1], *w.flat[-1:]))),
    Plant("gradients found again by the sum of dy", "conv", "saved state", remembers_by_the_sum_of_dy),
    Plant("where dy was 0 once is forgotten", "max_pool", "saved state", forgets_where_dy_was_zero),
)
