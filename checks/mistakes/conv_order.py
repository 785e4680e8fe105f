"""Mistakes of a convolution that takes groups, the axes of a kernel, or im2col's columns in another order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from checks.mistakes.axes import conv_groups
from checks.mistakes.change import Change
from checks.mistakes.combine import argument, only, result
from checks.mistakes.conv_assigned import DWEIGHT, made
from checks.mistakes.conv_bias import DBIAS
from checks.mistakes.conv_changes import DXP, GROUPS, ROTATION, ungrouped
from checks.mistakes.mistake import Evidence, Predict
from checks.types import Array, Arrays

#: Axes of a kernel that has planes: (O, C, plane, row, column).
_SOLID = 5


def _planes_turned(weight: Array) -> Array:
    """Reversed along the planes of a kernel that has any."""
    return np.flip(weight, 2) if weight.ndim == _SOLID else weight


def _planes_exchanged(weight: Array) -> Array:
    """Planes and columns exchanged, where there are as many of either."""
    alike = weight.ndim == _SOLID and weight.shape[2] == weight.shape[-1]
    return weight.swapaxes(2, -1) if alike else weight


def _regrouped(of: str, change: Callable[[Array, int], Array]) -> Predict:
    """From a dy whose channels are taken in another order, told the number of groups."""

    def predict(evidence: Evidence) -> Arrays:
        moved = np.ascontiguousarray(change(evidence.dy, conv_groups(evidence)))
        return only(evidence.subject.pull(evidence.arrays, evidence.config, moved).gradients, (of,))

    return predict


def _in_turns(dy: Array, groups: int) -> Array:
    """Read as if the channels of the groups took turns."""
    return dy.reshape(len(dy), dy.shape[1] // groups, groups, *dy.shape[2:]).swapaxes(1, 2).reshape(dy.shape)


def _as_turns(dy: Array, groups: int) -> Array:
    """Written so that the channels of the groups take turns."""
    return dy.reshape(len(dy), groups, dy.shape[1] // groups, *dy.shape[2:]).swapaxes(1, 2).reshape(dy.shape)


def _further(dy: Array, groups: int) -> Array:
    """Each group's channels replaced by those of the next, the last group's by those of the first."""
    return np.roll(dy, -(dy.shape[1] // groups), 1)


def _summed_over_groups(evidence: Evidence) -> Arrays:
    """Every group's channels get the sum over all groups."""
    dx, groups = evidence.right["dx"], conv_groups(evidence)
    apart = dx.reshape(len(dx), groups, dx.shape[1] // groups, *dx.shape[2:])
    return {"dx": np.broadcast_to(apart.sum(1, keepdims=True), apart.shape).reshape(dx.shape)}


def _taps_first(weight: Array) -> Array:
    """Numbers in the order (taps, input channel), read as if the input channel came first."""
    return np.moveaxis(weight, 1, -1).reshape(weight.shape)


def _taps_last(weight: Array) -> Array:
    """Numbers in the order (input channel, taps), read as if the taps came first."""
    return np.moveaxis(weight.reshape(len(weight), *weight.shape[2:], weight.shape[1]), -1, 1)


def _of_weight(change: Change) -> Predict:
    return argument("weight", lambda evidence: change(evidence.arrays["weight"]), "dx")


#: What is said of each order of a matrix of columns that is read as another one.
COLUMNS = (
    ("columns taps first", "reads columns in im2col's order (taps, channel) as (channel, taps)", _taps_first),
    ("columns taps last", "reads columns in im2col's order (channel, taps) as (taps, channel)", _taps_last),
)

TURNS = "reads dy as if the channels of its groups took turns"

MISTAKES = (
    made(
        "dx",
        "planes not rotated",
        "reverses the kernel along its height and width only, not along its planes",
        ROTATION,
        argument("weight", lambda evidence: _planes_turned(evidence.arrays["weight"]), "dx"),
    ),
    made(
        "dx",
        "planes exchanged",
        "exchanges the first and the last axis of the kernel",
        DXP,
        argument("weight", lambda evidence: _planes_exchanged(evidence.arrays["weight"]), "dx"),
    ),
    made(
        "dweight",
        "planes exchanged",
        "exchanges the first and the last axis of the kernel",
        DWEIGHT,
        result(_planes_exchanged, "dweight"),
    ),
    made("dx", "groups interleaved", TURNS, GROUPS, _regrouped("dx", _in_turns)),
    made("dweight", "groups interleaved", TURNS, GROUPS, _regrouped("dweight", _in_turns)),
    made("dbias", "groups interleaved", TURNS, DBIAS, _regrouped("dbias", _in_turns)),
    made(
        "dbias",
        "groups taken in turns",
        "writes the channels of its groups in turns, where each group's stand together",
        DBIAS,
        _regrouped("dbias", _as_turns),
    ),
    made(
        "dx",
        "groups one further",
        "takes the weights of the next group",
        GROUPS,
        argument("weight", ungrouped(lambda w: np.roll(w, -1, 0)), "dx"),
    ),
    made(
        "dweight",
        "groups one further",
        "takes the upstream channels of the next group",
        GROUPS,
        _regrouped("dweight", _further),
    ),
    made(
        "dx", "summed over groups", "sums over the groups and gives each of them the sum", GROUPS, _summed_over_groups
    ),
    *(made("dx", name, does, DXP, _of_weight(change)) for name, does, change in COLUMNS),
    *(made("dweight", name, does, DWEIGHT, result(change, "dweight")) for name, does, change in COLUMNS),
)
