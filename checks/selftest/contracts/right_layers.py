"""Right layers that look unusual: results in odd memory, other algorithms, other conventions, refusals."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from checks.adapters.numpy_pair import numpy_pair
from checks.families import family
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
    ("relu", numpy_pair("relu by multiplication", _masked_relu, lambda dy, slope: dy * slope, ("x",))),
)
