"""What is drawn from several sources, taken from them in turns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice, zip_longest
from typing import TypeVar

T = TypeVar("T")


def by_turns(*sources: Iterable[T]) -> Iterator[T]:
    """One of each in turns, of those that are not at their end."""
    end = object()
    return (each for row in zip_longest(*sources, fillvalue=end) for each in row if each is not end)  # type: ignore[misc]


def interspersed(many: Iterable[T], few: Iterable[T], every: int) -> Iterator[T]:
    """The many, with one of the few after each ``every`` of them, and those left over."""
    others = iter(few)
    for place, each in enumerate(many, 1):
        yield each
        yield from islice(others, int(place % every == 0))
    yield from others
