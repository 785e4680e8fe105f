"""What a forward saved with a framework: one that counts what is written to its arrays, or that never copies any."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any


class Counting(ABC):
    """Goes back by what a framework saved, which raises where it was written to since. Abstract or final."""

    @abstractmethod
    def tell_written(self, names: frozenset[str]) -> None:
        """Let the framework know which of "y" and the arguments NumPy has written to since the forward."""


class Referring:
    """Goes back by the very arrays that it was given, whatever a layer does: its framework copies none."""


def refers(saved: Any) -> bool:
    """Whether a framework saved it by reference, as deep as ``tell_written`` looks."""
    return any(isinstance(each, Referring) for each in _parts(saved))


def tell_written(saved: Any, names: frozenset[str]) -> None:
    """Tell whoever counts it, as deep in ``saved`` as what stands around a layer has put it."""
    for each in _parts(saved):
        if isinstance(each, Counting):
            each.tell_written(names)


def _parts(saved: Any) -> Iterator[Any]:
    """All that lies in tuples of tuples, each once."""
    left, seen = [saved], set[int]()
    while left:
        each = left.pop()
        if id(each) not in seen:
            seen.add(id(each))
            yield each
            left += each if isinstance(each, tuple) else ()
