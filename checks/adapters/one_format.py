"""Examples of several formats, brought to the widest of them: a case has one format."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from checks.adapters.carried import named_format
from checks.adapters.tensors import leaves, within
from checks.rounding import HALF

#: Formats by how wide they are; half precision comes in two, which hold other numbers.
WIDTHS = {"float16": 16, "bfloat16": 16, "float32": 32, "float64": 64}

#: Said of them.
TOLD = "inputs of {0}: all are examined in {1}; what the layer does with several formats is not seen"


def in_one_format(inputs: Any) -> tuple[Any, str]:
    """The same examples in the widest format among them, float32 where two are as wide; and what is said of that."""
    there = {named_format(leaf) for leaf in leaves(inputs) if np.ndim(leaf)} & WIDTHS.keys()
    widest = "float32" if there == HALF else max(there, key=WIDTHS.__getitem__, default="")
    return within(partial(_brought, widest), inputs), TOLD.format(" and of ".join(sorted(there)), widest)


def _brought(dtype: str, value: Any) -> Any:
    """An array of floating point in another format; anything else as it is."""
    if named_format(value) not in WIDTHS or not np.ndim(value):
        return value
    if not hasattr(value, "detach"):
        return value.astype(dtype)
    import torch

    return value.detach().to(getattr(torch, dtype)).requires_grad_(value.requires_grad)
