"""What a forward on complex numbers leaves in an object: nobody's own, for a derivative alone is taken so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from checks.adapters.paths import arrays_in, at, numbers_in, put_at
from checks.types import Arrays


@contextmanager
def kept_real(layer: Any, arrays: Arrays) -> Iterator[None]:
    """Around a forward on these arrays: real numbers that it makes complex ones are put back after it.

    A layer that carries them along would answer in complex numbers from then on.
    """
    complex_ = any(map(np.iscomplexobj, arrays.values()))
    held = [*arrays_in(layer), *numbers_in(layer)] if complex_ else []
    before = [(path, value) for path, value in held if not np.iscomplexobj(value)]
    try:
        yield
    finally:
        for path, value in before:
            if np.iscomplexobj(at(layer, path)):
                put_at(layer, path, value)
