"""Mistakes that every family can make: with the upstream gradient, before the layer's own backward."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checks.mistakes import change
from checks.mistakes.bring_out import anywhere, lengthened, with_samples
from checks.mistakes.change import Change
from checks.mistakes.combine import upstream
from checks.mistakes.mistake import BEGINNING, ORACLES, PAGES, SECOND_SOURCES, Mistake

GRADIENTS = ("dx", "dweight", "dbias")
#: Every derivation starts from it.
DY = f"{PAGES['avg_pool']}, {BEGINNING}"
#: How to bring out the tail of a block along an axis, from the number of entries wanted there.
BROUGHT_OUT = {"batch": with_samples, "channel": lambda _: anywhere, "row": lengthened}
#: Blocks in which vectorized backward passes work, the largest first: on a plainest case, an entry longer than a block,
#: smaller blocks leave over the same entry, and would have shown on plainer ones.
BLOCKS = (64, 32, 16, 8)


def _made(name: str, does: str, changed: Change, *laws: str) -> Mistake:
    return Mistake(f"upstream {name}", (), GRADIENTS, does, DY, upstream(changed), (*ORACLES, *laws))


def _rare(name: str, does: str, changed: Change) -> Mistake:
    """A mistake in so few entries that a sample of them, or a random direction, may miss it."""
    return replace(_made(name, does, changed), caught_by=SECOND_SOURCES)


def _tail(what: str, axis: int, block: int) -> Mistake:
    does = f"works on whole blocks of {block} along {what} and drops the rest"
    made = _rare(f"tail of {block} along {what}", does, change.without_tail(axis, block))
    return replace(made, brought_out=BROUGHT_OUT[what](block * 7 // 4))


NOT_LINEAR = (
    _made("ignored", "takes ones for dy", np.ones_like, "linearity"),
    _made("masked", "keeps positive dy only (guided backpropagation)", lambda dy: np.where(dy > 0, dy, 0), "linearity"),
    _made("absolute", "takes |dy|", np.abs, "linearity"),
    _made("squared", "takes dy * dy", lambda dy: dy * dy, "linearity"),
    _made("clipped", "clips dy to [-1, 1]", lambda dy: np.clip(dy, -1, 1), "linearity"),
    _made("signed", "takes the sign of dy", np.sign, "linearity"),
    _made("truncated", "casts dy to integers", np.trunc),
    _rare("flushed", "flushes |dy| < 0.01 to zero", change.flushed(0.01)),
    _made("in half precision", "rounds dy to float16", change.through("float16")),
    _made("in bfloat16", "rounds dy to bfloat16", change.through("bfloat16")),
    _made("in single precision", "rounds dy to float32", change.through("float32")),
)

AVERAGED = (
    _made("by batch", "divides dy by the batch size", lambda dy: dy / max(len(dy), 1)),
    _made("by size", "divides dy by its number of entries", lambda dy: dy / max(dy.size, 1)),
    _made("mean", "takes the mean of dy for every entry", change.averaged(0, 1, 2)),
    _made("mean of batch", "takes the mean of dy over the batch", change.averaged(0)),
    _made("centred", "subtracts the mean of dy", lambda dy: dy - dy.mean() if dy.size else dy),
    _made("doubled", "takes dy twice", change.scaled(2)),
    _made("halved", "takes half of dy", change.scaled(0.5)),
)

MISPLACED = (
    _made("of first sample", "takes the dy of the first sample for all", change.first_for_all(0)),
    _made("of first channel", "takes the dy of the first channel for all", change.first_for_all(1)),
    _made("without last sample", "leaves out the last sample of dy", change.without(slice(-1, None))),
    _made("without first sample", "leaves out the first sample of dy", change.without(slice(0, 1))),
    _made("without later samples", "leaves out all samples of dy but the first", change.without(slice(1, None))),
    _made("without last channel", "leaves out the last channel of dy", change.without(slice(None), slice(-1, None))),
    _made("without last row", "leaves out the last row of dy", change.without_end(0)),
    _made("without last column", "leaves out the last column of dy", change.without_end(-1)),
    _made("without first column", "leaves out the first column of dy", change.without_end(-1, 0)),
    _made("flipped", "reads dy in reverse order", change.flipped),
    _made("transposed", "reads dy with height and width exchanged", change.transposed),
    _made("shifted", "reads dy one column off", change.shifted(1)),
    _made("channels reversed", "reads the channels of dy in reverse order", change.turned(1)),
    _made("batch reversed", "reads the batch of dy in reverse order", change.turned(0)),
)

TAILS = tuple(
    _tail(what, axis, block) for what, axis in (("batch", 0), ("channel", 1), ("row", -1)) for block in BLOCKS
)

MISTAKES = NOT_LINEAR + AVERAGED + MISPLACED + TAILS
