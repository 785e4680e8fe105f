"""Mistakes of a convolution that uses the first axis' dilation or padding for all axes."""

from __future__ import annotations

from checks.mistakes.axes import conv_axes
from checks.mistakes.combine import configured
from checks.mistakes.conv_assigned import made
from checks.mistakes.conv_dx import BORDER, DILATION, cropped, first_axis
from checks.mistakes.mistake import Evidence
from checks.types import Config


def _first_border(evidence: Evidence) -> Config:
    """The border of the first axis around all of them."""
    axes = conv_axes(evidence)
    return {"padding": ((axes.before[0], axes.after[0]),) * evidence.axes}


MISTAKES = (
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
