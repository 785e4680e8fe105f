"""Whole numbers that a layer holds itself, by name, in a closure or an object: labels, or places in a table."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import numpy as np

from checks.adapters.options import is_whole
from checks.adapters.reached_state import MOST, things
from checks.refusals import RAISED
from checks.types import Array


def whole_numbers_of(layer: Any) -> Iterator[Array]:
    """Its arrays, or tensors, of them; those of the parts of a pair."""
    for part in layer if isinstance(layer, (tuple, list)) else (layer,):
        for thing in islice(things(part), MOST):
            with suppress(*RAISED):  # whatever something says of being looked into
                if hasattr(thing, "dtype") and is_whole(thing):
                    yield np.asarray(thing)
