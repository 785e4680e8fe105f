"""Common layers are met first: a mistake in a fast path for one of them is found within a few dozen cases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from math import prod
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.examination import Examination
from checks.families import family
from checks.invariants.glance import GlanceAtLayout
from checks.oracles.reference import Reference
from checks.scope.limits import Limits
from checks.scope.wide import wide_cases
from checks.types import Array, Config
from reference_impl import (
    avg_pool_backward,
    avg_pool_forward,
    conv_backward,
    conv_forward,
    max_pool_backward,
    max_pool_forward,
    relu_backward,
    relu_forward,
)

#: Cases within which each is met.
FEW = 200

LAYERS: dict[str, tuple[Callable[..., Any], Callable[..., Any]]] = {
    "conv": (conv_forward, conv_backward),
    "avg_pool": (avg_pool_forward, avg_pool_backward),
    "max_pool": (max_pool_forward, max_pool_backward),
    "relu": (relu_forward, relu_backward),
}

#: When the fast path is taken, by x, weight if there is one, and the layer's keywords with what they are left out.
FAST: dict[str, tuple[str, Callable[[Array, Any, Config], bool]]] = {
    "pointwise, halving": ("conv", lambda _, w, s: w.shape[2:] == (1, 1) and s["stride"] == 2 and s["groups"] == 1),
    "pointwise, padded": ("conv", lambda _, w, s: w.shape[2:] == (1, 1) and s["padding"] == 1 and s["groups"] == 1),
    "pointwise, in groups": (
        "conv",
        lambda x, w, s: w.shape[2:] == (1, 1) and s["stride"] == 1 and w.shape[1] > 1 < s["groups"] and len(x) > 2,
    ),
    "one sample in groups": ("conv", lambda x, w, s: len(x) == 1 and w.shape[1] > 1 < s["groups"]),
    "many groups": ("conv", lambda _, w, s: w.shape[1] > 1 and s["groups"] > 32),
    "many channels in groups": ("conv", lambda _, w, s: w.shape[1] > 16 and s["groups"] > 1),
    "dilated": (
        "conv",
        lambda _, w, s: s["dilation"] == s["padding"] == 2 and s["stride"] == 1 and w.shape[2:] == (3, 3),
    ),
    "first layer": ("conv", lambda _, w, s: w.shape[2:] == (7, 7) and s["stride"] == 2 and s["padding"] == 3),
    "half, up": (
        "avg_pool",
        lambda x, _, s: s["kernel_size"] == 2 and s["ceil_mode"] and not s["padding"] and x.shape[-1] % 2 == 1,
    ),
    "padding left out": (
        "avg_pool",
        lambda _, __, s: s["kernel_size"] == 3 and s["padding"] == 1 and not s["count_include_pad"],
    ),
    "hanging behind a gap, padding left out": (
        "avg_pool",
        lambda x, _, s: (
            (s["kernel_size"], s["stride"], s["padding"]) == (2, 3, 0)
            and s["ceil_mode"]
            and not s["count_include_pad"]
            and x.shape[-1] % 3 == 1
        ),
    ),
    "overlapping": ("max_pool", lambda _, __, s: s["kernel_size"] == 3 and s["stride"] == 2 and s["padding"] == 1),
    "many samples": ("relu", lambda x, _, __: len(x) > 64),
    "many elements": ("relu", lambda x, _, __: x.size > 65_535),
}


@pytest.mark.long(keep=2)
@pytest.mark.parametrize("path", FAST)
def test_a_mistake_in_a_common_layer_alone_is_met_early(path: str) -> None:
    """The reference alone is asked, on the first cases of the wide look."""
    name, is_fast = FAST[path]
    sheet, (forward, backward) = family(name), LAYERS[name]

    def planted(x: Array, *others: Any, **settings: Any) -> tuple[Array, Any]:
        y, saved = forward(x, *others, **settings)
        return y, (saved, is_fast(x, others[0] if others else None, settings))

    def spoiled(dy: Array, saved: Any) -> Any:
        found = backward(dy, saved[0])
        dx = found if isinstance(found, np.ndarray) else found[0]
        dx += saved[1]
        return found

    subject = adapt((planted, spoiled), sheet.arguments)
    limits = Limits(sheet, {"axes": 2})
    right, wrong = Examination(sheet.reference, sheet), Examination(subject, sheet)
    for case in islice(wide_cases(limits, 0), FEW):
        right.judge(case, (Reference(),))
        wrong.judge(case, (Reference(),)) if not wrong.wrong else None
    assert not right.wrong
    assert wrong.wrong


#: Cases within which places past the range of a narrow format, and channels last, are met.
FIRST = 24


def _kept_as(narrow: str) -> Callable[[Array, Any], Any]:
    """A backward of a max pooling that kept its winners' places in a narrow format."""

    def backward(dy: Array, saved: Any) -> Any:
        with np.errstate(invalid="ignore"):
            places = saved.indices.astype(narrow).astype(np.int64)
        return max_pool_backward(dy, replace(saved, indices=places % max(prod(saved.shape[2:]), 1)))

    return backward


@pytest.mark.parametrize("axes", [1, 2, 3])
@pytest.mark.parametrize("narrow", ["uint8", "int8", "float16", "int16", "int32"])
def test_places_of_winners_in_a_narrow_format_are_met_early(narrow: str, axes: int) -> None:
    """The reference alone is asked; 32 bits hold all places."""
    sheet = family("max_pool")
    found = Examination(adapt((max_pool_forward, _kept_as(narrow)), sheet.arguments), sheet)
    for case in islice(wide_cases(Limits(sheet, {"axes": axes}), 0), FIRST):
        found.judge(case, (Reference(),)) if not found.wrong else None
    assert set(found.findings) == ({"reference"} if narrow != "int32" else set())


@pytest.mark.parametrize("block", [1, 4, 8])
@pytest.mark.parametrize("name", ["conv", "avg_pool", "max_pool"])
def test_channels_last_with_channels_left_over_are_met_early(name: str, block: int) -> None:
    """A path of its own for channels last, in which the channels after whole blocks are lost: of one there are none."""
    sheet, (forward, backward) = family(name), LAYERS[name]

    def planted(x: Array, *others: Any, **settings: Any) -> tuple[Array, Any]:
        last = np.moveaxis(x, 1, -1).flags.c_contiguous and not x.flags.c_contiguous
        y, saved = forward(x, *others, **settings)
        return y, (saved, x.shape[1] // block * block if last and x.shape[1] > 1 else x.shape[1])

    def spoiled(dy: Array, saved: Any) -> Any:
        found = backward(dy, saved[0])
        dx = found if isinstance(found, np.ndarray) else found[0]
        dx[:, saved[1] :] = 0
        return found

    found = Examination(adapt((planted, spoiled), sheet.arguments), sheet)
    for case in islice(wide_cases(Limits(sheet, {"axes": 2}), 0), FIRST):
        found.judge(case, (Reference(), GlanceAtLayout())) if not found.wrong else None
    assert bool(found.wrong) == (block > 1)
