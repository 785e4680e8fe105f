"""Parameters at the ones or zeros with which they were built: beside those a wrong use of them does not show."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from checks.types import Array, Arrays

#: What a parameter is called that is trained from ones, or zeros: no window of ones over which a layer takes a mean.
_NAMED = re.compile(r"gamma|beta|scale|shift|gain|bias|weight|offset")

#: Said of those that are examined at other numbers.
MOVED = "{0}: ones or zeros, as built, in place of which other numbers are examined, as training makes them"


def is_initial(name: str, value: Any) -> bool:
    """Whether an array of this name is a parameter, of several numbers, that is all ones or all zeros."""
    if not isinstance(value, np.ndarray) or value.size <= 1 or not _NAMED.search(name.lower()):
        return False
    return bool(np.all(value == 1) or np.all(value == 0))


def other(value: Array, place: int) -> Array:
    """Numbers around those, all of them different: some on the other side of them."""
    rng = np.random.default_rng([67, place])
    return np.asarray(value + rng.uniform(1 / 8, 1 / 2, value.shape) * rng.choice([-1, 1], value.shape), value.dtype)


def trained(own: Arrays, remarks: list[str]) -> Arrays:
    """A layer's own parameters with other numbers where they are as they were built; ``remarks`` is told of them."""
    plain = [name for name, value in own.items() if is_initial(name, value)]
    remarks.extend([MOVED.format(", ".join(plain))] if plain else [])
    return own | {name: other(own[name], place) for place, name in enumerate(plain)}
