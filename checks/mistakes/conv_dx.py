"""Mistakes in the input gradient of a convolution."""

from __future__ import annotations

import numpy as np

from checks.mistakes import change
from checks.mistakes.axes import Axes, conv_axes
from checks.mistakes.combine import argument, configured, fit, keyword
from checks.mistakes.conv_changes import (
    BORDER,
    DILATION,
    DXP,
    GROUPS,
    REMAINDER,
    ROTATION,
    ZEROS,
    cropped,
    exchange,
    exchanged,
    first_axis,
    no_padding,
    padded_gradient,
    set_to,
    ungrouped,
)
from checks.mistakes.mistake import ORACLES, Evidence, Mistake, Predict
from checks.types import Array, Arrays, Shape


def _made(name: str, does: str, where: str, predict: Predict) -> Mistake:
    return Mistake(f"dx {name}", ("conv",), ("dx",), does, where, predict, ORACLES)


def _weight(changed: change.Change) -> Predict:
    """Dx from a changed weight."""
    return argument("weight", lambda evidence: changed(evidence.arrays["weight"]), "dx")


def _updated(evidence: Evidence) -> Array:
    weight: Array = evidence.arrays["weight"]
    return weight - 0.01 * evidence.right["dweight"]


def _rows_turned(weight: Array) -> Array:
    """Reversed along the rows of a kernel that has any."""
    return np.flip(weight, -2) if weight.ndim > len("OCW") else weight


def _columns_turned(weight: Array) -> Array:
    """Reversed along the columns of a kernel that has rows too."""
    return np.flip(weight, -1) if weight.ndim > len("OCW") else weight


def _late(evidence: Evidence) -> Arrays:
    """The remainder's zero rows before the gradient, not after it."""
    axes = conv_axes(evidence)
    dxp = padded_gradient(evidence, axes)
    for axis, remainder in enumerate(axes.remainder):
        dxp = np.roll(dxp, remainder, axis + 2)
    inside = tuple(slice(b, b + n) for b, n in zip(axes.before, axes.size, strict=True))
    return {"dx": dxp[(slice(None), slice(None), *inside)]}


def _repeated(evidence: Evidence) -> Arrays:
    """Dy spread by repetition: every entry stride times, in the place of entry and zeros."""
    stride = keyword(evidence, "stride", 1)
    dy = evidence.dy
    for axis, times in enumerate(stride):
        dy = np.repeat(dy, times, axis + 2)
    config = {**evidence.config, "stride": 1}
    out = evidence.subject.apply(evidence.arrays, config).shape
    return {"dx": evidence.subject.pull(evidence.arrays, config, fit(dy, out)).gradients["dx"]}


def _at_most_reach(axes: Axes) -> Shape:
    return tuple(min(before, extent - 1) for before, extent in zip(axes.before, axes.extent, strict=True))


def _first_group(evidence: Evidence) -> Arrays:
    """Only the channels of the first group get a gradient."""
    kept = evidence.right["dx"].copy()
    kept[:, evidence.arrays["weight"].shape[1] :] = 0
    return {"dx": kept}


MISTAKES = (
    _made("without rotation", "does not rotate the kernel by 180 degrees", ROTATION, _weight(change.flipped)),
    _made(
        "rows not rotated",
        "does not reverse the kernel along its rows, only along its other axes",
        ROTATION,
        _weight(_rows_turned),
    ),
    _made(
        "columns not rotated",
        "does not reverse the kernel along its columns, only along its other axes",
        ROTATION,
        _weight(_columns_turned),
    ),
    _made("kernel transposed", "exchanges height and width of the kernel", DXP, _weight(change.transposed)),
    _made("channels exchanged", "exchanges input and output channels of weight", DXP, _weight(exchanged)),
    _made("last tap forgotten", "stops one tap short in the kernel's rows", DXP, _weight(change.without_end(-1))),
    _made("first tap forgotten", "starts one tap late in the kernel's rows", DXP, _weight(change.without_end(-1, 0))),
    _made(
        "input channel forgotten",
        "leaves out the last input channel",
        DXP,
        _weight(change.without(slice(None), slice(-1, None))),
    ),
    _made(
        "output channel forgotten", "leaves out the last output channel", DXP, _weight(change.without(slice(-1, None)))
    ),
    _made("from half weight", "reads weight in float16", DXP, _weight(change.through("float16"))),
    _made("from bfloat16 weight", "reads weight in bfloat16", DXP, _weight(change.through("bfloat16"))),
    _made("from updated weight", "uses the weight after its update", DXP, argument("weight", _updated, "dx")),
    _made(
        "without zeros between", "puts no zeros between the entries of dy", ZEROS, configured(set_to("stride", 1), "dx")
    ),
    _made("by repetition", "repeats the entries of dy, where zeros belong between them", ZEROS, _repeated),
    _made("stride exchanged", "uses the stride of height for width", ZEROS, configured(exchange("stride", 1), "dx")),
    _made(
        "stride of first axis", "uses the first axis' stride for all", ZEROS, configured(first_axis("stride", 1), "dx")
    ),
    _made(
        "stride at most 2",
        "knows strides 1 and 2 only",
        ZEROS,
        configured(lambda e: {"stride": tuple(min(s, 2) for s in keyword(e, "stride", 1))}, "dx"),
    ),
    _made("without padding", "never hears of the padding", BORDER, configured(no_padding, "dx")),
    _made(
        "not cropped",
        "keeps the near side of the border and cuts the far one",
        BORDER,
        cropped(lambda axes: (0,) * len(axes.size)),
    ),
    _made(
        "cropped twice",
        "cuts the border twice on the near side",
        BORDER,
        cropped(lambda axes: tuple(2 * b for b in axes.before)),
    ),
    _made(
        "cropped on wrong side",
        "cuts the border of the far side from the near one",
        BORDER,
        cropped(lambda axes: axes.after),
    ),
    _made("crop exchanged", "cuts the border of height from width", BORDER, cropped(lambda axes: axes.before[::-1])),
    _made(
        "crop at most the kernel",
        "takes a border beyond the kernel's reach for that reach",
        BORDER,
        cropped(_at_most_reach),
    ),
    _made("remainder first", "puts the rows that no window reaches before the others", REMAINDER, _late),
    _made("without dilation", "never hears of the dilation", DILATION, configured(set_to("dilation", 1), "dx")),
    _made(
        "dilation exchanged",
        "uses the dilation of height for width",
        DILATION,
        configured(exchange("dilation", 1), "dx"),
    ),
    _made(
        "groups reversed",
        "takes the weights of another group",
        GROUPS,
        argument("weight", ungrouped(lambda w: w[::-1]), "dx"),
    ),
    _made(
        "weight of first group",
        "takes the weights of the first group for all",
        GROUPS,
        argument("weight", ungrouped(change.first_for_all(0)), "dx"),
    ),
    _made("of first group only", "serves the first group only", GROUPS, _first_group),
)
