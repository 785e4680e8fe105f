"""Mistakes of a convolution that uses one axis' setting for all, or a stride along some of the axes alone."""

from __future__ import annotations

from checks.mistakes.axes import conv_axes
from checks.mistakes.combine import configured, keyword
from checks.mistakes.conv_assigned import DWEIGHT, made
from checks.mistakes.conv_changes import BORDER, DILATION, ZEROS, cropped, first_axis
from checks.mistakes.mistake import Evidence
from checks.types import Config


def _first_border(evidence: Evidence) -> Config:
    """The border of the first axis around all of them."""
    axes = conv_axes(evidence)
    return {"padding": ((axes.before[0], axes.after[0]),) * evidence.axes}


def _rows_alone(evidence: Evidence) -> Config:
    """Stride 1 along the last axis."""
    return {"stride": (*keyword(evidence, "stride", 1)[:-1], 1)}


def _columns_alone(evidence: Evidence) -> Config:
    """Stride 1 along every axis but the last."""
    return {"stride": (1,) * (evidence.axes - 1) + keyword(evidence, "stride", 1)[-1:]}


#: Where each gradient reads or writes with a stride.
STRIDES = {"dx": ZEROS, "dweight": DWEIGHT}

MISTAKES = (
    *(
        made(of, f"without stride along {axis}", f"takes stride 1 along {axis}", where, configured(change, of))
        for of, where in STRIDES.items()
        for axis, change in (("columns", _rows_alone), ("rows", _columns_alone))
    ),
    *(
        made(
            of,
            "dilation of first axis",
            "uses the first axis' dilation for all",
            DILATION,
            configured(first_axis("dilation", 1), of),
        )
        for of in ("dx", "dweight")
    ),
    *(
        made(of, "padding of first axis", "uses the first axis' padding for all", BORDER, configured(_first_border, of))
        for of in ("dx", "dweight")
    ),
    made(
        "dx",
        "crop of first axis",
        "cuts the first axis' border from all axes",
        BORDER,
        cropped(lambda axes: axes.before[:1] * len(axes.size)),
    ),
)
