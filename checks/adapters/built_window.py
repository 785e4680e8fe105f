"""The window that an object was built with, as its attributes hold it beside its weight."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np

from checks.adapters.letters import beside
from checks.adapters.words import Fixed, fixed_by
from checks.types import Shape

#: Names of windows that mean other things as well: what they hold must be the window of the very weight.
SHORT = frozenset(
    {"kernel", "kernels", "kern", "k", "ks", "f", "fs", "filter", "filters", "field", "receptive_field"}
    | {"kernel_sizes", "filter_sizes", "k_size", "f_size", "kernelsize", "kernel_shapes", "size_kernel"}
)

#: Those that beside a stride are a window also where there is no weight, as in pooling.
POOLED = frozenset({"kernel", "kern", "k", "ks", "k_size", "kernelsize"})

#: Axes of a weight beside those of its window: output and input channels.
CHANNELS = 2

#: The most axes of a window.
MOST_AXES = 3


def settings_of(attributes: Mapping[str, Any], weight: Shape) -> dict[str, Fixed]:
    """The keywords that an object holds in its attributes, each at this very value.

    A window only where it is that of the ``weight`` which it was built with, if that has one: the shape of the whole
    weight is none, nor is a ``size`` of something else.
    """
    found, weighted = fixed_by(attributes), len(weight) > CHANNELS
    if weighted and "kernel_size" in found and not _fits(found["kernel_size"].value, weight):
        del found["kernel_size"]
    pooled = any(name.lower() in POOLED and _plain(value) for name, value in attributes.items())
    found |= _by_letters(attributes, {*found, "kernel_size"} if weighted or pooled else {*found})
    names = SHORT if weighted else POOLED if "stride" in found else frozenset()
    windows = (_plain(value) for name, value in attributes.items() if name.lower() in names)
    window = next((each for each in windows if each and (not weighted or _fits(each, weight))), ())
    return {"kernel_size": Fixed(window), **found} if window else found


def _by_letters(attributes: Mapping[str, Any], known: Collection[str]) -> dict[str, Fixed]:
    """Keywords that are held under a letter beside the ``known`` ones: ``s`` and ``p`` of a layer that has windows."""
    numbers = {name: number for name, value in attributes.items() if (number := _plain(value)) != ()}
    return {word: Fixed(numbers[letter]) for word, letter in beside(numbers, known).items()}


def shape_of_all(attributes: Mapping[str, Any]) -> Shape:
    """The shape of a weight that is yet to be built, which stands where others hold its window; empty where none does.

    No window has as many axes.
    """
    held = fixed_by(attributes).get("kernel_size", Fixed(()))
    window = _plain(held.value)
    return window if isinstance(window, tuple) and len(window) > MOST_AXES else ()


def _fits(value: Any, weight: Shape) -> bool:
    """Whether a number or several are lengths of a weight that stand beside each other, one for each spatial axis."""
    axes = len(weight) - CHANNELS
    window = _plain(value)
    window = (window,) * axes if isinstance(window, int) else window
    return len(window) == axes and any(weight[at : at + axes] == window for at in range(CHANNELS + 1))


def _plain(value: Any) -> int | tuple[Any, ...]:
    """A number as it is, several as a tuple; nothing of anything else."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    return tuple(value) if isinstance(value, (tuple, list)) else ()
