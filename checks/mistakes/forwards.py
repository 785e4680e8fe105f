"""Mistakes that forward and backward share: the backward is the derivative of this forward, and both are wrong.

Finite differences of the forward find nothing; only an independent source of y does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.mistakes import change
from checks.mistakes.change import Change
from checks.subject import Subject
from checks.types import Array, Arrays, Config


@dataclass(frozen=True)
class SharedMistake:
    """A wrong layer whose backward fits its forward; ``does`` completes "a layer that ..."."""

    name: str
    family: str
    does: str
    plant: Callable[[Subject], Subject]
    caught_by: tuple[str, ...] = ("reference", "textbook", "torch")


def _on(argument: str, changed: Change, adjoint: Change | None = None) -> Callable[[Subject], Subject]:
    """The layer of a linearly changed argument; its gradient goes through the change's adjoint (itself by default)."""
    back = adjoint or changed

    def plant(subject: Subject) -> Subject:
        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            return subject.forward({**arrays, **_through(changed, argument, arrays)}, config)

        def backward(dy: Array, saved: Any) -> Arrays:
            gradients = dict(subject.backward(dy, saved))
            return {**gradients, **_through(back, f"d{argument}", gradients)}

        return Subject(f"{subject.name}, consistent and wrong", forward, backward)

    return plant


def _through(changed: Change, name: str, arrays: Mapping[str, Array]) -> Arrays:
    return {name: np.asarray(changed(arrays[name])).astype(arrays[name].dtype)} if name in arrays else {}


def _output(changed: Change) -> Callable[[Subject], Subject]:
    """The layer with a linear, self-adjoint change of y, such as a factor."""

    def plant(subject: Subject) -> Subject:
        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            y, saved = subject.forward(arrays, config)
            return np.asarray(changed(y)).astype(y.dtype), saved

        def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
            return subject.backward(np.asarray(changed(dy)).astype(dy.dtype), saved)

        return Subject(f"{subject.name}, consistent and wrong", forward, backward)

    return plant


def _both_signs(subject: Subject) -> Subject:
    """-layer(-x): the smallest in the place of the largest; the negative half in the place of the positive one."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = subject.forward({**arrays, "x": -arrays["x"]}, config)
        return -y, saved

    return Subject(f"{subject.name}, consistent and wrong", forward, subject.backward)


def _set(**keywords: Any) -> Callable[[Subject], Subject]:
    """The layer with a keyword that no caller can change."""

    def plant(subject: Subject) -> Subject:
        def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            return subject.forward(arrays, {**config, **keywords})

        return Subject(f"{subject.name}, consistent and wrong", forward, subject.backward)

    return plant


SHARED = (
    SharedMistake("true convolution", "conv", "rotates the kernel in its forward", _on("weight", change.flipped)),
    SharedMistake("kernel transposed", "conv", "exchanges the kernel's axes", _on("weight", change.transposed)),
    SharedMistake("tap forgotten", "conv", "stops one tap short", _on("weight", change.without_end(-1))),
    SharedMistake("bias forgotten", "conv", "never adds the bias", _on("bias", change.scaled(0))),
    SharedMistake("bias twice", "conv", "adds the bias twice", _on("bias", change.scaled(2))),
    SharedMistake("last column of x lost", "conv", "does not read the last column", _on("x", change.without_end(-1))),
    SharedMistake("channels reversed", "conv", "reads x from its last channel", _on("x", change.turned(1))),
    SharedMistake("last row of y lost", "conv", "does not write the last row", _output(change.without_end(0))),
    SharedMistake("smallest wins", "max_pool", "takes the smallest of each window", _both_signs),
    SharedMistake(
        "last column of y lost", "max_pool", "does not write the last column", _output(change.without_end(-1))
    ),
    SharedMistake("padding counted", "avg_pool", "always counts padding", _set(count_include_pad=True)),
    SharedMistake("padding not counted", "avg_pool", "never counts padding", _set(count_include_pad=False)),
    SharedMistake("override ignored", "avg_pool", "ignores divisor_override", _set(divisor_override=None)),
    SharedMistake("halved", "avg_pool", "divides by twice the divisor", _output(change.scaled(0.5))),
    SharedMistake("negative half", "relu", "passes negative numbers", _both_signs),
    SharedMistake("doubled", "relu", "gives twice the output", _output(change.scaled(2))),
)
