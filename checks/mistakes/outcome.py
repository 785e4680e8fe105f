"""Mistakes that every family can make: with a gradient, after the layer's own backward."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from checks.mistakes import change
from checks.mistakes.change import Change
from checks.mistakes.combine import result
from checks.mistakes.mistake import ORACLES, PAGES, SECOND_SOURCES, Mistake

WHERE = {
    "dx": f"{PAGES['conv']}, dxp[n, c, i]",
    "dweight": f"{PAGES['conv']}, dweight[o, c, t]",
    "dbias": f"{PAGES['conv']}, dbias[o]",
}


def _made(of: str, name: str, does: str, changed: Change, *laws: str) -> Mistake:
    return Mistake(f"{of} {name}", (), (of,), does, WHERE[of], result(changed, of), (*ORACLES, *laws))


def _of_any(of: str) -> tuple[Mistake, ...]:
    """Mistakes with numbers and places that make sense for a gradient of any shape."""
    return (
        _made(of, "negated", f"gives {of} the wrong sign", change.scaled(-1)),
        _made(of, "zero", f"gives no {of} at all", change.scaled(0)),
        _made(of, "doubled", f"counts {of} twice", change.scaled(2)),
        _made(of, "a thousandth off", f"scales {of} by 1.001", change.scaled(1.001)),
        _made(of, "entry halved", f"halves one entry of {of}", change.entry_scaled(0.5)),
        _made(of, "entry negated", f"gives one entry of {of} the wrong sign", change.entry_scaled(-1)),
        _made(of, "entry off by 1e-6", f"gets one entry of {of} wrong by a millionth", change.entry_scaled(1 + 1e-6)),
        _made(of, "entry off by 1e-9", f"gets one entry of {of} wrong by 1e-9", change.entry_scaled(1 + 1e-9)),
        _made(of, "entry off by 1e-3", f"gets one entry of {of} wrong by a thousandth", change.entry_scaled(1 + 1e-3)),
        _made(of, "off by 1e-6", f"scales {of} by 1 + 1e-6", change.scaled(1 + 1e-6)),
        _made(of, "off by 1e-9", f"scales {of} by 1 + 1e-9", change.scaled(1 + 1e-9)),
        _made(of, "offset", f"adds 1e-6 to every entry of {of}", lambda a: a + 1e-6, "linearity"),
        _made(of, "clipped", f"clips {of} to [-1, 1]", lambda a: np.clip(a, -1, 1)),
        replace(
            _made(of, "flushed", f"flushes {of} below 0.01 to zero", change.flushed(0.01)), caught_by=SECOND_SOURCES
        ),
        _made(of, "in half precision", f"rounds {of} to float16", change.through("float16")),
        _made(of, "in bfloat16", f"rounds {of} to bfloat16", change.through("bfloat16")),
        _made(of, "in single precision", f"rounds {of} to float32", change.through("float32")),
        _made(of, "first slice dropped", f"leaves out the first slice of {of}", change.without(slice(0, 1))),
        _made(of, "last slice dropped", f"leaves out the last slice of {of}", change.without(slice(-1, None))),
        _made(of, "slices reversed", f"writes the slices of {of} in reverse order", change.turned(0)),
    )


def _of_maps(of: str) -> tuple[Mistake, ...]:
    """Mistakes along channels and spatial axes."""
    return (
        _made(of, "flipped", f"writes {of} in reverse order along the spatial axes", change.flipped),
        _made(of, "transposed", f"writes {of} with height and width exchanged", change.transposed),
        _made(of, "shifted right", f"writes {of} one column too far right", change.shifted(1)),
        _made(of, "shifted left", f"writes {of} one column too far left", change.shifted(-1)),
        _made(of, "without border", f"leaves out the border of {of}", change.without_border),
        _made(of, "without last row", f"leaves out the last row of {of}", change.without_end(0)),
        _made(of, "without first row", f"leaves out the first row of {of}", change.without_end(0, 0)),
        _made(of, "channels reversed", f"writes the channels of {of} in reverse order", change.turned(1)),
        _made(of, "of first channel", f"gives every channel the {of} of the first", change.first_for_all(1)),
    )


#: For dweight this is the kernel's last tap, which has a name of its own.
LAST = (_made("dx", "without last column", "leaves out the last column of dx", change.without_end(-1)),)

MISTAKES = tuple(mistake for of in WHERE for mistake in _of_any(of)) + _of_maps("dx") + _of_maps("dweight") + LAST
