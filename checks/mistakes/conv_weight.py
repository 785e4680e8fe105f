"""Mistakes in the gradient of a convolution's weight."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

import numpy as np

from checks.mistakes import change
from checks.mistakes.axes import conv_axes, conv_groups
from checks.mistakes.combine import argument, configured, fit, only, result, upstream
from checks.mistakes.conv_changes import (
    BORDER,
    DILATION,
    GROUPS,
    REMAINDER,
    exchange,
    exchanged,
    first_axis,
    no_padding,
    padded,
    set_to,
    ungrouped,
)
from checks.mistakes.mistake import ORACLES, Evidence, Mistake, Predict
from checks.types import Array, Arrays

DWEIGHT = "reference_impl/convolution.py, conv_backward, dweight[o, c, t]"


def _made(name: str, does: str, where: str, predict: Predict) -> Mistake:
    return Mistake(f"dweight {name}", ("conv",), ("dweight",), does, where, predict, ORACLES)


def _moved(distance: Callable[[Evidence], tuple[int, ...]]) -> Predict:
    """Dweight from a padded input that is read some cells off, zeros moving in at the end."""

    def predict(evidence: Evidence) -> Arrays:
        xp = padded(evidence.x, conv_axes(evidence))
        cut = tuple(slice(min(by, size), None) for by, size in zip(distance(evidence), xp.shape[2:], strict=True))
        arrays = {**evidence.arrays, "x": fit(xp[(slice(None), slice(None), *cut)], xp.shape)}
        config = {**evidence.config, "padding": 0}
        return only(evidence.subject.pull(arrays, config, evidence.dy).gradients, ("dweight",))

    return predict


def _x(changed: change.Change) -> Predict:
    """Dweight from a changed input."""
    return argument("x", lambda evidence: changed(evidence.x), "dweight")


def _dy_by_group(evidence: Evidence) -> Arrays:
    """The upstream channels of another group."""
    dy, groups = evidence.dy, conv_groups(evidence)
    moved = dy.reshape(len(dy), groups, dy.shape[1] // groups, *dy.shape[2:])[:, ::-1].reshape(dy.shape)
    return {"dweight": evidence.subject.pull(evidence.arrays, evidence.config, moved).gradients["dweight"]}


def averaged(of: str, count: Callable[[Array], int]) -> Predict:
    """The right sum divided by a length of dy; of no sample 0 / 0 is left."""

    def predict(evidence: Evidence) -> Arrays:
        return {of: evidence.right[of] / np.float64(count(evidence.dy))} if of in evidence.right else {}

    return predict


def outputs(dy: Array) -> int:
    """Output positions of a map."""
    return prod(dy.shape[2:])


MISTAKES = (
    _made("exchanged", "exchanges input and output channels", DWEIGHT, result(exchanged, "dweight")),
    _made(
        "averaged over batch",
        "averages over the batch where it must sum",
        DWEIGHT,
        averaged("dweight", len),
    ),
    _made(
        "averaged over outputs",
        "averages over output positions where it must sum",
        DWEIGHT,
        averaged("dweight", outputs),
    ),
    _made(
        "without last sample",
        "leaves out the last sample",
        DWEIGHT,
        upstream(change.without(slice(-1, None)), "dweight"),
    ),
    _made(
        "without first sample",
        "leaves out the first sample",
        DWEIGHT,
        upstream(change.without(slice(0, 1)), "dweight"),
    ),
    _made(
        "of first sample",
        "looks at the first sample only",
        DWEIGHT,
        upstream(change.without(slice(1, None)), "dweight"),
    ),
    _made(
        "without last output row",
        "leaves out the last row of outputs",
        DWEIGHT,
        upstream(change.without_end(0), "dweight"),
    ),
    _made(
        "without last output column",
        "leaves out the last column of outputs",
        DWEIGHT,
        upstream(change.without_end(-1), "dweight"),
    ),
    _made(
        "true convolution",
        "reverses dy: a convolution where a correlation belongs",
        DWEIGHT,
        upstream(change.flipped, "dweight"),
    ),
    _made(
        "last tap forgotten",
        "stops one tap short in the kernel's rows",
        DWEIGHT,
        result(change.without_end(-1), "dweight"),
    ),
    _made("without padding", "reads x without its border", BORDER, configured(no_padding, "dweight")),
    _made(
        "padding not subtracted",
        "reads the padded input as if it began at x",
        BORDER,
        _moved(lambda e: conv_axes(e).before),
    ),
    _made(
        "remainder first",
        "reads x from the end where windows leave a remainder",
        REMAINDER,
        _moved(lambda e: conv_axes(e).remainder),
    ),
    _made("without stride", "reads x with stride 1", DWEIGHT, configured(set_to("stride", 1), "dweight")),
    _made(
        "stride exchanged", "uses the stride of height for width", DWEIGHT, configured(exchange("stride", 1), "dweight")
    ),
    _made(
        "stride of first axis",
        "uses the first axis' stride for all",
        DWEIGHT,
        configured(first_axis("stride", 1), "dweight"),
    ),
    _made("without dilation", "reads x with dilation 1", DILATION, configured(set_to("dilation", 1), "dweight")),
    _made(
        "dilation exchanged",
        "uses the dilation of height for width",
        DILATION,
        configured(exchange("dilation", 1), "dweight"),
    ),
    _made("groups reversed", "takes the upstream channels of another group", GROUPS, _dy_by_group),
    _made(
        "of first group",
        "gives all groups the gradient of the first",
        GROUPS,
        lambda e: {
            "dweight": ungrouped(change.first_for_all(0))(
                Evidence(e.subject, {**e.arrays, "weight": e.right["dweight"]}, e.config, e.dy)
            )
        },
    ),
    _made("from |x|", "reads the magnitude of x", DWEIGHT, _x(np.abs)),
    _made(
        "from rectified x", "reads x after an activation that came later", DWEIGHT, _x(lambda x: np.where(x > 0, x, 0))
    ),
    _made("from half x", "reads x in float16", DWEIGHT, _x(change.through("float16"))),
    _made("from bfloat16 x", "reads x in bfloat16", DWEIGHT, _x(change.through("bfloat16"))),
    _made("from transposed x", "reads x with height and width exchanged", DWEIGHT, _x(change.transposed)),
    _made("from x of first sample", "reads the first sample of x for all", DWEIGHT, _x(change.first_for_all(0))),
)
