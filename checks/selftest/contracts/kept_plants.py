"""Faults of what is kept between calls: found again where it is no longer so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from checks.families.windowed import axes_of
from checks.selftest.contracts.plant import Forward, Plant, forward
from checks.subject import Subject
from checks.types import Array, Arrays, Config


def one_slot(key: Callable[[Arrays], Any]) -> Callable[[Subject], Subject]:
    """What is saved lies in a slot of the module, found again by ``key``."""

    def make(right: Subject) -> Subject:
        slots: dict[Any, Any] = {}

        def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
            y, slots[key(arrays)] = right.forward(arrays, config)
            return y, key(arrays)

        return Subject("planted", run, lambda dy, saved: right.backward(dy, slots[saved]))

    return make


def settings_of_the_first_call(right: Subject) -> Subject:
    """What is computed from the settings is kept by the shape of x alone."""
    kept: dict[Any, Config] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        key = tuple((name, value.shape, str(value.dtype)) for name, value in arrays.items())
        return right.forward(arrays, kept.setdefault(key, config))

    return Subject("planted", run, right.backward)


def remembers_the_array(right: Subject) -> Subject:
    """What is computed from a weight is kept by the array that holds it, whatever is written to it later."""
    kept: dict[int, tuple[Array, Array]] = {}

    def run(arrays: Arrays, right_of: Forward, config: Config) -> tuple[Array, Any]:
        weight = arrays["weight"]
        _, known = kept.setdefault(id(weight), (weight, weight.copy()))
        return right_of({**arrays, "weight": known}, config)

    return forward(run)(right)


def windows_of_the_first_call(right: Subject) -> Subject:
    """The backward finds its windows again by their size and by the shapes of x and y."""
    kept: dict[Any, Config] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, _ = right.forward(arrays, config)
        key = (arrays["x"].shape, y.shape, config["kernel_size"])
        return y, right.forward(arrays, kept.setdefault(key, config))[1]

    return Subject("planted", run, right.backward)


def crops_of_the_first_call(right: Subject) -> Subject:
    """The backward finds its settings again by the shapes of x and y, the kernel and the padding of both ends."""
    kept: dict[Any, Config] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, _ = right.forward(arrays, config)
        both = tuple(map(sum, config["padding"]))
        key = (arrays["x"].shape, arrays["weight"].shape, y.shape, config["stride"], config["dilation"], both)
        return y, right.forward(arrays, kept.setdefault(key, config))[1]

    return Subject("planted", run, right.backward)


def remembers_the_array_back(right: Subject) -> Subject:
    """The same of the backward alone, which takes dx from what it keeps."""
    kept: dict[int, tuple[Array, Array]] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, saved = right.forward(arrays, config)
        return y, (saved, dict(arrays), config)

    def pull(dy: Array, saved: Any) -> Arrays:
        own, arrays, config = saved
        weight = arrays["weight"]
        _, known = kept.setdefault(id(weight), (weight, weight.copy()))
        _, stale = right.forward({**arrays, "weight": known}, config)
        return {**right.backward(dy, own), "dx": right.backward(dy, stale)["dx"]}

    return Subject("planted", run, pull)


def windows_of_the_first_backward(right: Subject) -> Subject:
    """The backward finds its windows again by the sizes of the padded plane, of the kernel and of y."""
    kept: dict[Any, Config] = {}

    def run(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        y, _ = right.forward(arrays, config)
        return y, ({name: value.copy() for name, value in arrays.items()}, config)

    def pull(dy: Array, saved: Any) -> Arrays:
        arrays, config = saved
        axes = axes_of({name: value.shape for name, value in arrays.items()}, config)
        padded = tuple(axis.size + axis.before + axis.after for axis in axes)
        known = kept.setdefault((padded, tuple(axis.kernel for axis in axes), dy.shape), config)
        padding = {name: value for name, value in config.items() if name == "padding"}
        return dict(right.backward(dy, right.forward(arrays, {**known, **padding})[1]))

    return Subject("planted", run, pull)


PLANTS = (
    Plant("one slot for all", "conv", "saved state", one_slot(lambda _: 0)),
    Plant("one slot a shape", "max_pool", "saved state", one_slot(lambda arrays: arrays["x"].shape)),
    Plant("weight kept by its array", "conv", "saved state", remembers_the_array),
    Plant("settings kept by shape", "avg_pool", "settings", settings_of_the_first_call),
    Plant("windows kept by shapes", "max_pool", "settings", windows_of_the_first_call),
    Plant("weight kept by its array in the backward", "conv", "saved state", remembers_the_array_back),
)
