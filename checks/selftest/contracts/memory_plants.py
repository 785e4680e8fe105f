"""Faults of memory: writing to arguments, stale and shared buffers, state in the wrong place, layouts ignored."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

import numpy as np

from checks.selftest.contracts.plant import Forward, Plant, backward, forward, gradients, outputs
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def writes_to(name: str) -> Callable[[Subject], Subject]:
    """An argument is changed after use."""

    def run(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
        result = right(arrays, config)
        if name in arrays:
            arrays[name] *= 2
        return result

    return forward(run)


def _zeroes_dy(dy: Array, pull: Callable[[Array], Arrays]) -> Arrays:
    result = pull(dy)
    dy[...] = 0
    return result


def _borrows_x(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    """Writes to x and takes it back."""
    sign = np.sign(arrays["x"])
    arrays["x"] *= -1
    arrays["x"] *= -1
    return right({**arrays, "x": np.where(sign == 0, 0, arrays["x"]).astype(arrays["x"].dtype)}, config)


def every_twentieth(right: Subject) -> Subject:
    """One call in twenty is off."""
    calls = count(1)
    off = gradients(lambda dx: dx + (1 if next(calls) % 20 == 0 else 0))
    return off(right)


def accumulates(right: Subject) -> Subject:
    """Adds up over calls of one shape, never cleared."""
    total: dict[tuple[int, ...], Array] = {}

    def grow(dx: Array) -> Array:
        total[dx.shape] = total.get(dx.shape, np.zeros_like(dx)) + dx
        return total[dx.shape].astype(dx.dtype)

    return gradients(grow)(right)


def sums_in_any_order(right: Subject) -> Subject:
    """Sums over output channels in two parts, which ones being a matter of chance."""
    rng = np.random.default_rng(0)

    def pull(dy: Array, right_of: Callable[[Array], Arrays]) -> Arrays:
        channels = rng.integers(0, 2, dy.shape[1]).reshape(-1, *(1,) * (dy.ndim - 2)) == 1
        first, second = right_of(np.where(channels, dy, 0)), right_of(np.where(channels, 0, dy))
        return {name: first[name] + second[name] for name in first}

    return backward(pull)(right)


def reuses(plant: Callable[[Callable[[Array], Array]], Callable[[Subject], Subject]]) -> Callable[[Subject], Subject]:
    """Results of one shape come in one buffer."""

    def make(right: Subject) -> Subject:
        buffers: dict[tuple[Any, ...], Array] = {}

        def place(value: Array) -> Array:
            buffer = buffers.setdefault((value.shape, value.dtype), value)
            buffer[...] = value
            return buffer

        return plant(place)(right)

    return make


def last_batch(right: Subject) -> Subject:
    """The batch size of the last forward decides how many samples get a gradient."""
    batch = [0]

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        batch[0] = len(arrays["x"])
        return right.forward(arrays, config)

    def pull(dy: Array, saved: Any) -> Arrays:
        found = dict(right.backward(dy, saved))
        return found if batch[0] == len(dy) else {name: np.zeros_like(value) for name, value in found.items()}

    return Subject("planted", run, pull)


def consumed(right: Subject) -> Subject:
    """The saved state is used up by the first backward."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, list[Any]]:
        y, saved = right.forward(arrays, config)
        return y, [saved]

    return Subject("planted", run, lambda dy, saved: right.backward(dy, saved.pop()))


def worn(right: Subject) -> Subject:
    """Each backward leaves the saved state twice as large."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, list[Any]]:
        y, saved = right.forward(arrays, config)
        return y, [saved, 0]

    def pull(dy: Array, saved: list[Any]) -> Arrays:
        saved[1] += 1
        return {name: value * saved[1] for name, value in right.backward(dy, saved[0]).items()}

    return Subject("planted", run, pull)


def by_reference(right: Subject) -> Subject:
    """Saves the caller's arrays and starts from them again."""
    return Subject(
        "planted",
        lambda arrays, config: (right.forward(arrays, config)[0], (dict(arrays), config)),
        lambda dy, saved: right.backward(dy, right.forward(*saved)[1]),
    )


def keeps_y(right: Subject) -> Subject:
    """ReLU that looks at the y that it gave away, and gives nothing back where it finds another number."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (y, y.copy(), saved)

    def pull(dy: Array, saved: Any) -> Arrays:
        given, kept, rest = saved
        dx = right.backward(dy, rest)["dx"]
        return {"dx": np.where((given == kept) | np.isnan(kept), dx, 0).astype(dx.dtype)}

    return Subject("planted", run, pull)


def buffer_in_saved(right: Subject) -> Subject:
    """The gradients of one saved state come in one buffer."""

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, np.zeros_like(arrays["x"]))

    def pull(dy: Array, saved: Any) -> Arrays:
        saved[1][...] = right.backward(dy, saved[0])["dx"]
        return {"dx": saved[1]}

    return Subject("planted", run, pull)


def _as_in_memory(array: Array) -> Array:
    return array.ravel(order="K").reshape(array.shape)


def _viewed(array: Array) -> Array:
    """As many entries from the beginning of the larger array of so many axes, of which this one is a view."""
    base = array if array.base is None else array.base
    larger = base.ndim == array.ndim and base.size > array.size
    return np.nan_to_num(np.resize(base, array.shape)) if larger else array


def _whole_rows(array: Array) -> Array:
    """In the order of its memory where no number lies between its own, and its rows lie in one piece."""
    dense = array.strides[-1:] == (array.itemsize,) and array.nbytes == getattr(array.base, "nbytes", 0)
    return _as_in_memory(array) if dense else array


def _samples_in_a_row(array: Array) -> Array:
    """As if each sample followed the one before it, where all other strides are those of a new array."""
    new = np.empty_like(array, order="C").strides
    if array.strides[1:] != new[1:] or array.strides[0] <= new[0]:
        return array
    return np.asarray(np.nan_to_num(np.lib.stride_tricks.as_strided(array, array.shape, new)))


def ignores_strides(name: str) -> Callable[[Subject], Subject]:
    """Reads an array in the order of its memory."""
    if name == "dy":
        return backward(lambda dy, pull: pull(_as_in_memory(dy)))
    return forward(lambda arrays, right, config: right({**arrays, name: _as_in_memory(arrays[name])}, config))


def _rows_of_a_matrix(dy: Array, pull: Callable[[Array], Arrays]) -> Arrays:
    """Of an array of more axes it reads each where it belongs."""
    return pull(dy[::-1] if dy.ndim == 2 and not dy.flags.c_contiguous else dy)


def _contiguous_matrices(dy: Array, pull: Callable[[Array], Arrays]) -> Arrays:
    if dy.ndim == 2 and not dy.flags.c_contiguous:
        raise ValueError("dy must be contiguous")
    return pull(dy)


def _contiguous_only(arrays: Arrays, right: Forward, config: Config) -> tuple[Array, Any]:
    if not arrays["x"].flags.c_contiguous:
        raise ValueError("x must be contiguous")
    return right(arrays, config)


def _same_object(name: str) -> Callable[[Subject], Subject]:
    """Gives an argument back where it is the result."""
    if name == "x":
        return forward(
            lambda arrays, right, config: (_either(right(arrays, config)[0], arrays["x"]), right(arrays, config)[1])
        )
    return backward(lambda dy, pull: {"dx": _either(pull(dy)["dx"], dy)})


def _either(result: Array, argument: Array) -> Array:
    return argument if np.array_equal(result, argument) else result


PLANTS = (
    *(Plant(f"writes to {name}", "conv", "arguments unchanged", writes_to(name)) for name in ("x", "weight", "bias")),
    Plant("writes to dy", "relu", "arguments unchanged", backward(_zeroes_dy)),
    Plant("off once in 20 calls", "max_pool", "repeatable", every_twentieth),
    Plant("adds up over calls", "avg_pool", "repeatable", accumulates),
    Plant("sums in any order", "conv", "repeatable", sums_in_any_order, "hazard"),
    Plant("batch of the last forward", "relu", "saved state", last_batch),
    Plant("saved wears out", "avg_pool", "saved state", worn),
    Plant("saved is used up", "avg_pool", "saved state", consumed, "hazard"),
    Plant("saved refers to x", "conv", "saved copies", by_reference, "hazard"),
    Plant("saved refers to y", "relu", "saved copies", keeps_y, "hazard"),
    Plant("y in a buffer that is used again", "conv", "results kept", reuses(outputs)),
    Plant("dx in a buffer that is used again", "max_pool", "results kept", reuses(gradients)),
    Plant("dx in a buffer of its saved state", "relu", "results kept", buffer_in_saved),
    Plant("y is x", "avg_pool", "results kept", _same_object("x"), "hazard"),
    Plant("dx is dy", "avg_pool", "results kept", _same_object("dy"), "hazard"),
    *(Plant(f"ignores strides of {name}", "conv", "layout", ignores_strides(name)) for name in ("x", "weight", "dy")),
    Plant("dy of stride 0 taken for ones", "avg_pool", "layout", backward(
        lambda dy, pull: pull(np.ones_like(dy) if dy.size > 1 and not any(dy.strides) else dy))),
    Plant("any stride 0 of dy taken for one number", "conv", "layout", backward(
        lambda dy, pull: pull(np.full_like(dy, dy.flat[0]) if dy.size > 1 and 0 in dy.strides else dy))),
    Plant("unaligned x taken for zeros", "relu", "layout", forward(
        lambda arrays, right, config: right({"x": arrays["x"] * arrays["x"].flags.aligned}, config))),
    Plant("what a read-only dy is a view of", "conv", "layout", backward(
        lambda dy, pull: pull(_viewed(dy) if not dy.flags.writeable else dy))),
    Plant("rows of dy in the order of its memory", "relu", "layout", backward(
        lambda dy, pull: pull(_whole_rows(dy)))),
    Plant("samples of dy in a row", "relu", "layout", backward(lambda dy, pull: pull(_samples_in_a_row(dy)))),
    Plant("rows of a matrix in the order of its memory", "relu", "layout", backward(_rows_of_a_matrix)),
    Plant("contiguous matrices only", "relu", "layout", backward(_contiguous_matrices), "hazard"),
    Plant("borrows x to write in", "max_pool", "layout", forward(_borrows_x)),
    Plant("contiguous x only", "max_pool", "layout", forward(_contiguous_only), "hazard"),
)  # fmt: skip
