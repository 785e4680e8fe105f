"""Formats of numbers under all the names by which people know them."""

from __future__ import annotations

from typing import Any

import numpy as np

from checks.errors import LimitError

#: The formats of cases, under our names.
DTYPES = ("float64", "float32", "float16", "bfloat16", "longdouble")


def formats(limit: Any) -> Any:
    """A limit on formats in our names: of one format, of several, or a function, which stays as it is.

    Raises UsageError where a format is not known.
    """
    if isinstance(limit, (tuple, list, set, frozenset)):
        return type(limit)(map(_name, limit))
    return limit if callable(limit) and not isinstance(limit, type) else _name(limit)


def _name(value: Any) -> str:
    """Our name of a format: of ``np.float32``, ``"f4"``, ``"double"``, ``torch.float32`` or ``jnp.bfloat16``."""
    plain = str(value).removeprefix("torch.")
    if plain in DTYPES:
        return plain
    try:
        found = np.dtype(object if value is None else value)  # which NumPy takes for float64
    except TypeError:
        found = np.dtype(object)
    name = "longdouble" if found == np.dtype(np.longdouble) else found.name
    if name not in DTYPES:
        raise LimitError(f"dtype={value!r:.80}; expected some of {', '.join(DTYPES)}, or a function of them")
    return name
