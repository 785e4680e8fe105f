"""Recurrent cells as courses write them: parameters in a dictionary, and an output that nobody goes back from."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

from checks.types import Array

Named: TypeAlias = dict[str, Array]


def forward(xt: Array, a_prev: Array, parameters: Named) -> tuple[Array, Array, Any]:
    """The next state of a cell, a prediction made of it, and what its backward needs."""
    a_next = np.tanh(parameters["Waa"] @ a_prev + parameters["Wax"] @ xt + parameters["ba"])
    y_pred = parameters["Wya"] @ a_next
    cache = (a_next, a_prev, xt, parameters)
    return a_next, y_pred, cache


def backward(da_next: Array, cache: Any) -> Named:
    """Gradients of the state alone, each under a name of its own."""
    a_next, a_prev, xt, parameters = cache
    inner = (1 - a_next**2) * da_next
    return {
        "dxt": parameters["Wax"].T @ inner,
        "da_prev": parameters["Waa"].T @ inner,
        "dWax": inner @ xt.T,
        "dWaa": inner @ a_prev.T,
        "dba": inner.sum(axis=1, keepdims=True),
    }


def forgetful(da_next: Array, cache: Any) -> Named:
    """It leaves out the bias."""
    found = backward(da_next, cache)
    return {name: value for name, value in found.items() if name != "dba"}


def doubled(da_next: Array, cache: Any) -> Named:
    """Twice the gradient of one parameter."""
    found = backward(da_next, cache)
    return {**found, "dWaa": 2 * found["dWaa"]}


def long_forward(x: Array, h: Array, c: Array) -> tuple[Array, Array, Array, Any]:
    """Two states, and a prediction that nobody goes back from."""
    c_next = c * x + h
    h_next = np.tanh(c_next) * x
    y_pred = h_next.sum(axis=0)
    return h_next, c_next, y_pred, (x, c, c_next)


def long_backward(dh_next: Array, dc_next: Array, cache: Any) -> tuple[Array, Array, Array]:
    """It takes an upstream gradient for each state."""
    x, c, c_next = cache
    inner = dc_next + dh_next * x * (1 - np.tanh(c_next) ** 2)
    return inner * c + dh_next * np.tanh(c_next), inner, inner * x


_RNG = np.random.default_rng(5)
X, A = _RNG.normal(size=(3, 4)), _RNG.normal(size=(2, 4))
PARAMETERS: Named = {
    "Wax": _RNG.normal(size=(2, 3)),
    "Waa": _RNG.normal(size=(2, 2)),
    "Wya": _RNG.normal(size=(5, 2)),
    "ba": _RNG.normal(size=(2, 1)),
}
