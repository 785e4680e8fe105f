"""Where an array that is a part of a longer one begins in that one's memory."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from checks.types import Array


class Part(NamedTuple):
    """All of the memory that an array is a part of, as one row of entries, and the place of its first one there."""

    memory: Array
    first: int


def part(array: Array) -> Part | None:
    """Of what an array is a part, behind other entries; None of one that begins where its memory does."""
    owner = array.base
    if not isinstance(owner, np.ndarray) or owner.dtype != array.dtype or not owner.flags.forc or not array.size:
        return None
    first, beside = divmod(_address(array) - _address(owner), array.itemsize)
    return None if beside or not first else Part(owner.ravel(order="K"), first)


def _address(array: Array) -> int:
    place: int = array.__array_interface__["data"][0]
    return place
