"""Layers that remember: what an earlier call left changes what a later one gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

import numpy as np

from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape


def stateful(make: Callable[[], Callable[[Mapping[str, Array]], Mapping[str, Array]]]) -> Callable[[Subject], Subject]:
    """A subject whose right gradients pass through something that remembers."""

    def plant(subject: Subject) -> Subject:
        remember = make()
        return Subject(
            f"{subject.name}, faulty", subject.forward, lambda dy, saved: remember(subject.backward(dy, saved))
        )

    return plant


def accumulates() -> Callable[[Mapping[str, Array]], Mapping[str, Array]]:
    """Each gradient is added to those of earlier calls."""
    totals: dict[tuple[str, Shape], Array] = {}

    def remember(gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        for name, value in gradients.items():
            totals[name, value.shape] = totals.get((name, value.shape), np.zeros_like(value)) + value
        return {name: totals[name, value.shape].copy() for name, value in gradients.items()}

    return remember


def one_buffer() -> Callable[[Mapping[str, Array]], Mapping[str, Array]]:
    """The same memory from every call of one shape."""
    buffers: dict[tuple[str, Shape, str], Array] = {}

    def remember(gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        for name, value in gradients.items():
            buffers.setdefault((name, value.shape, value.dtype.str), np.empty_like(value))[...] = value
        return {name: buffers[name, value.shape, value.dtype.str] for name, value in gradients.items()}

    return remember


def now_and_then(every: int) -> Callable[[Subject], Subject]:
    """A layer that doubles one answer in so many."""

    def make() -> Callable[[Mapping[str, Array]], Mapping[str, Array]]:
        calls = count(1)
        return lambda gradients: {k: v * 2 for k, v in gradients.items()} if next(calls) % every == 0 else gradients

    return stateful(make)


def from_last_forward(subject: Subject) -> Subject:
    """What a forward saves lies in the layer: the next forward overwrites it."""
    last: list[Any] = [None]

    def forward(arrays: Arrays, config: Config) -> tuple[Array, None]:
        y, last[0] = subject.forward(arrays, config)
        return y, None

    return Subject(f"{subject.name}, faulty", forward, lambda dy, _: subject.backward(dy, last[0]))


def from_first_forward(subject: Subject) -> Subject:
    """A cache that is keyed by shapes and keywords, not by numbers."""
    cache: dict[str, Any] = {}

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = subject.forward(arrays, config)
        key = str(({name: (value.shape, value.dtype) for name, value in arrays.items()}, config))
        return y, cache.setdefault(key, saved)

    return Subject(f"{subject.name}, faulty", forward, subject.backward)


def late() -> Callable[[Mapping[str, Array]], Mapping[str, Array]]:
    """A buffer that is filled after it was returned: each call of one shape gives the numbers of the call before."""
    last: dict[tuple[str, Shape, str], Array] = {}

    def remember(gradients: Mapping[str, Array]) -> Mapping[str, Array]:
        keys = {name: (name, value.shape, value.dtype.str) for name, value in gradients.items()}
        found = {name: last.get(keys[name], value) for name, value in gradients.items()}
        last.update({keys[name]: value.copy() for name, value in gradients.items()})
        return found

    return remember


def once(subject: Subject) -> Subject:
    """The backward uses up what the forward saved: a second one finds nothing."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, list[Any]]:
        y, saved = subject.forward(arrays, config)
        return y, [saved]

    return Subject(f"{subject.name}, faulty", forward, lambda dy, saved: subject.backward(dy, saved.pop()))


def second_halved(subject: Subject) -> Subject:
    """The backward scales what the forward saved: a second one on it is wrong."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, list[Any]]:
        y, saved = subject.forward(arrays, config)
        return y, [saved, 1.0]

    def backward(dy: Array, saved: list[Any]) -> Arrays:
        scale, saved[1] = saved[1], saved[1] / 2
        return {name: value * scale for name, value in subject.backward(dy, saved[0]).items()}

    return Subject(f"{subject.name}, faulty", forward, backward)
