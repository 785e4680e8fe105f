"""Right layers that look unusual: results in odd memory, other algorithms, other conventions, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from checks.adapters.numpy_pair import numpy_pair
from checks.arithmetic import RUNNING
from checks.families import family
from checks.families.average_pooling import divisor
from checks.families.windowed import axes_of
from checks.selftest.contracts.memory_plants import PLANTS as MEMORY
from checks.selftest.contracts.plant import gradients, outputs
from checks.selftest.contracts.value_plants import PLANTS as VALUES
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def _read_only(array: Array) -> Array:
    frozen = array.copy()
    frozen.flags.writeable = False
    return frozen


def _textbook(name: str) -> Subject:
    """By definition, window by window; keeps copies of its arguments."""
    sheet = family(name)

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        copies = {key: value.copy() for key, value in arrays.items()}
        shape = sheet.output_shape({key: value.shape for key, value in copies.items()}, config)
        return sheet.textbook(copies, config, np.zeros(shape, copies["x"].dtype)).y, (copies, config)

    def pull(dy: Array, saved: Any) -> Arrays:
        copies, config = saved
        return sheet.textbook(copies, config, dy).gradients

    return Subject(f"textbook {name}", run, pull)


def _masked_relu(x: Array, at_zero: float = 0.0) -> tuple[Array, Array]:
    slope = (x > 0) + at_zero * (x == 0)
    return x * (x > 0), slope.astype(x.dtype)


def _running(axis: int, size: int, starts: Array, ends: Array, values: Array) -> Array:
    """Sums over windows along one axis, as differences of sums so far."""
    start, end = np.clip(starts, 0, size), np.clip(ends, 0, size)
    zero = np.zeros_like(values.take([0], axis))
    sums = np.concatenate([zero, values.cumsum(axis, dtype=values.dtype)], axis)
    return np.asarray(sums.take(end, axis) - sums.take(start, axis))


def _spread(axis: int, size: int, starts: Array, ends: Array, values: Array) -> Array:
    """The adjoint: each value added to the cells of its window, as a sum so far of its two ends."""
    steps = np.zeros([size + 1 if place == axis else n for place, n in enumerate(values.shape)], values.dtype)
    moved, up = np.moveaxis(steps, axis, 0), np.moveaxis(values, axis, 0)
    np.add.at(moved, np.clip(starts, 0, size), up)
    np.add.at(moved, np.clip(ends, 0, size), -up)
    return np.asarray(steps.cumsum(axis, dtype=values.dtype).take(range(size), axis))


def _integral_image() -> Subject:
    """Average pooling by running sums along one axis after another."""

    def windows(shapes: dict[str, Any], config: Config) -> list[tuple[int, int, Array, Array]]:
        out = family("avg_pool").output_shape(shapes, config)[2:]
        pairs = zip(axes_of(shapes, config), out, strict=True)
        starts = [(axis, np.arange(count) * axis.stride - axis.before) for axis, count in pairs]
        return [(place, axis.size, at, at + axis.kernel) for place, (axis, at) in enumerate(starts, 2)]

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        x, shapes = arrays["x"], {"x": arrays["x"].shape}
        along, y = windows(shapes, config), x
        for each in along:
            y = _running(*each, y)
        counts = divisor(axes_of(shapes, config), y.shape[2:], config).astype(x.dtype)
        return (y / counts).astype(x.dtype), (along, counts)

    def pull(dy: Array, saved: Any) -> Arrays:
        along, counts = saved
        dx = (dy / counts).astype(dy.dtype)
        for axis, size, starts, ends in along:
            dx = _spread(axis, size, starts, ends, dx)
        return {"dx": dx}

    return Subject("integral image", run, pull, arithmetic=RUNNING)


def _hazards() -> tuple[tuple[str, Subject], ...]:
    """Planted faults that are hazards are right layers, all of them."""
    planted = [plant for plant in MEMORY + VALUES if plant.severity == "hazard"]
    return tuple(
        (plant.family, replace(plant.make(family(plant.family).reference), name=plant.name)) for plant in planted
    )


RIGHT: tuple[tuple[str, Subject], ...] = (
    *_hazards(),
    *((name, outputs(np.asfortranarray)(family(name).reference)) for name in ("conv", "max_pool")),
    *((name, gradients(_read_only)(family(name).reference)) for name in ("avg_pool", "relu")),
    *((name, outputs(_read_only)(family(name).reference)) for name in ("avg_pool", "relu")),
    *((name, _textbook(name)) for name in ("avg_pool", "conv", "max_pool", "relu")),
    ("avg_pool", _integral_image()),
    ("relu", numpy_pair("relu by multiplication", _masked_relu, lambda dy, slope: dy * slope, ("x",))),
)
