"""Common layers are met first: a mistake in a fast path for one of them is found within a few dozen cases."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

import numpy as np
import pytest

from checks.adapters import adapt
from checks.examination import Examination
from checks.families import family
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
    "overlapping": ("max_pool", lambda _, __, s: s["kernel_size"] == 3 and s["stride"] == 2 and s["padding"] == 1),
    "many samples": ("relu", lambda x, _, __: len(x) > 64),
    "many elements": ("relu", lambda x, _, __: x.size > 65_535),
}


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
