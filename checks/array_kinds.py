"""Arrays of a kind of their own (``np.matrix``, masked ones, with units): what is true of them where they are met."""

from __future__ import annotations

import numpy as np

#: Arrays that compute as plain ones do.
_PLAIN = (np.ndarray, np.memmap)


def kind_of(value: object) -> str:
    """What an array is called that is not a plain one; empty of any other thing."""
    if not isinstance(value, np.ndarray) or type(value) in _PLAIN:
        return ""
    return f"{type(value).__module__}.{type(value).__name__}"


def masked(value: object) -> int:
    """How many entries of an array are masked."""
    return int(np.count_nonzero(np.ma.getmaskarray(value))) if isinstance(value, np.ma.MaskedArray) else 0


def endless(value: object) -> bool:
    """Whether an array, or a tensor, of floating point has infinite entries, and none that is no number."""
    if not hasattr(value, "shape"):
        return False
    try:
        array = np.asarray(value.detach() if hasattr(value, "detach") else value)
    except (TypeError, ValueError, RuntimeError):
        return False
    return array.dtype.kind == "f" and bool(np.any(np.isinf(array))) and not np.any(np.isnan(array))


def about_given(name: str, value: object) -> str:
    """What is to be said of an example; empty of a plain one."""
    kind = kind_of(value)
    return f"the layer is handed plain arrays: {name} of the example is of {kind}{_meaning(value)}" if kind else ""


def about_result(name: str, value: object) -> str:
    """What is to be said of what a layer gave; empty of a plain array."""
    if not (kind := kind_of(value)):
        return ""
    beneath = ", also those beneath its mask" if isinstance(value, np.ma.MaskedArray) else ""
    return f"{name} comes as {kind}, no plain array{_meaning(value)}: its numbers are examined{beneath}"


def _meaning(value: object) -> str:
    return ", on which * is a product of matrices" if isinstance(value, np.matrix) else ""
