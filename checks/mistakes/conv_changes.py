"""What mistakes of a convolution are made of: where its gradients are derived, and small changes of what it is told."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.mistakes.axes import Axes, conv_axes, conv_groups
from checks.mistakes.combine import fit, keyword
from checks.mistakes.mistake import Evidence, Predict
from checks.types import Array, Arrays, Config, Shape

DXP = "reference_impl/convolution.py, conv_backward, dxp[n, c, i]"
ROTATION = "reference_impl/convolution.py, conv_backward, Rotating the kernel by 180"
ZEROS = "reference_impl/convolution.py, conv_backward, the zeros that the textbook"
BORDER = "reference_impl/convolution.py, conv_backward, without the border that padding added"
REMAINDER = "reference_impl/convolution.py, conv_backward, Remainder rows"
GROUPS = "reference_impl/convolution.py, conv_backward, products for each group"
DILATION = "reference_impl/convolution.py, conv_backward, the taps of one window lie that far apart"


def exchanged(weight: Array) -> Array:
    """Output and input channels exchanged, where both have one size."""
    return weight.swapaxes(0, 1) if weight.shape[0] == weight.shape[1] else weight


def ungrouped(change_groups: Callable[[Array], Array]) -> Callable[[Evidence], Array]:
    """Change the weight as (groups, O/groups, C/groups, *kernel)."""

    def changed(evidence: Evidence) -> Array:
        weight = evidence.arrays["weight"]
        return change_groups(weight.reshape(conv_groups(evidence), -1, *weight.shape[1:])).reshape(weight.shape)

    return changed


def set_to(name: str, value: int) -> Callable[[Evidence], Config]:
    """A keyword replaced by a number."""
    return lambda _: {name: value}


def exchange(name: str, default: int) -> Callable[[Evidence], Config]:
    """A keyword's values for the spatial axes in reverse order: height used for width."""
    return lambda evidence: {name: tuple(reversed(keyword(evidence, name, default)))}


def first_axis(name: str, default: int) -> Callable[[Evidence], Config]:
    """A keyword's value for the first spatial axis, used for all."""
    return lambda evidence: {name: (keyword(evidence, name, default)[0],) * evidence.axes}


def no_padding(_: Evidence) -> Config:
    """Padding forgotten."""
    return {"padding": 0}


def padded(x: Array, axes: Axes) -> Array:
    """X with its border of zeros."""
    return np.pad(x, [(0, 0), (0, 0), *zip(axes.before, axes.after, strict=True)])


def cropped(start: Callable[[Axes], Shape]) -> Predict:
    """Dx cut from the right gradient of the padded input, from another place."""

    def predict(evidence: Evidence) -> Arrays:
        axes = conv_axes(evidence)
        dxp = padded_gradient(evidence, axes)
        cut = tuple(slice(first, None) for first in start(axes))
        return {"dx": fit(dxp[(slice(None), slice(None), *cut)], evidence.x.shape)}

    return predict


def padded_gradient(evidence: Evidence, axes: Axes) -> Array:
    """The right gradient of the padded input."""
    arrays = {**evidence.arrays, "x": padded(evidence.x, axes)}
    return evidence.subject.pull(arrays, {**evidence.config, "padding": 0}, evidence.dy).gradients["dx"]
