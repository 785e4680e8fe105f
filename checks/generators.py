"""Random numbers of a layer: generators that a whole process shares begin at the seed of the shapes in each forward.

So two calls of a layer that draws its numbers there agree, as those of PyTorch's layers do; on other shapes it draws
others, so that what happens in one of twenty draws happens on some case. Afterwards the generators
go on as if nobody had drawn from them (of NumPy's, all but a half of a pair that ``randn`` may have kept).
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from operator import attrgetter
from types import TracebackType
from typing import Any

import numpy as np

from checks.types import Arrays

#: Forwards after which a layer that has not drawn from Python's generator is taken not to do so: looking costs more
#: than a small layer.
LOOKS = 5

#: Stands in for NumPy's own generator meanwhile: to save and restore that one's numbers takes fifty times as long.
_STAND_IN = np.random.MT19937(0)


_SHAPE = attrgetter("shape")

#: How many other seeds each is moved on, while a layer is asked whether it draws.
_moved_on: list[None] = []


def seed_of(arrays: Arrays) -> int:
    """The seed of arrays of these shapes, the same in every process."""
    return (hash(tuple(map(_SHAPE, arrays.values()))) + len(_moved_on)) % 2**32


@contextmanager
def other_seeds() -> Iterator[None]:
    """All shapes have other seeds: a layer gives something else only if it draws from these generators."""
    _moved_on.append(None)
    try:
        yield
    finally:
        _moved_on.pop()


#: What forwards leave in generators: a list for each who listens.
_heard: list[list[tuple[str, Any]]] = []


@contextmanager
def listening() -> Iterator[list[tuple[str, Any]]]:
    """The name and the state of each generator, as each forward leaves it."""
    _heard.append([])
    try:
        yield _heard[-1]
    finally:
        _heard.pop()


def heard() -> bool:
    """Whether anybody listens."""
    return bool(_heard)


def left(name: str, state: Callable[[], Any]) -> None:
    """Tell whoever listens how a forward leaves a generator."""
    for listener in _heard:
        listener.append((name, state()))


def _numpys() -> bytes:
    """What tells a state of NumPy's generator from one that was reached from another seed."""
    key: bytes = np.random.get_state(legacy=False)["state"]["key"].tobytes()  # noqa: NPY002 - as below
    return key


def shared_after(call: Callable[[], object], seed: int) -> list[tuple[str, Any]]:
    """The name and the state of NumPy's and Python's generators after a call before which they began at a seed.

    Whoever drew from them before goes on as if nobody had.
    """
    numpys, pythons = np.random.get_state(), random.getstate()  # noqa: NPY002 - as below
    try:
        np.random.seed(seed)  # noqa: NPY002 - as below
        random.seed(seed)
        call()
        return [("NumPy's", _numpys()), ("Python's", random.getstate())]
    finally:
        np.random.set_state(numpys)  # noqa: NPY002 - as below
        random.setstate(pythons)


@dataclass
class Generators:
    """What is known of the generators from which one layer draws."""

    looks: int = 0
    draws: bool = False

    def seeded(self, seed: int) -> AbstractContextManager[None]:
        """The generators at a seed, and afterwards where they were."""
        looking = self.draws or self.looks < LOOKS or bool(_heard)
        return _Seeded(seed, self._pythons(seed) if looking else None)

    @contextmanager
    def _pythons(self, seed: int) -> Iterator[None]:
        before = random.getstate()
        random.seed(seed)
        seeded = random.getstate() if not self.draws else ()
        try:
            yield
        finally:
            self.looks += 1
            self.draws = self.draws or random.getstate() != seeded
            left("Python's", random.getstate)
            random.setstate(before)


class _Seeded(AbstractContextManager[None]):
    """NumPy's generator at a seed, and afterwards where it was; ``inside``, if any, is entered meanwhile."""

    __slots__ = ("_inside", "_own", "_seed")

    def __init__(self, seed: int, inside: AbstractContextManager[None] | None) -> None:
        """Nothing is seeded before it is entered."""
        self._seed, self._inside = seed, inside

    def __enter__(self) -> None:
        """Put a generator in the place of NumPy's own."""
        self._own = np.random.get_bit_generator()  # type: ignore[attr-defined] # NumPy's stubs lack it
        np.random.set_bit_generator(_STAND_IN)  # type: ignore[attr-defined] # as above
        np.random.seed(self._seed)  # noqa: NPY002 - the very generator that layers draw from
        if self._inside is not None:
            self._inside.__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        """Tell how the generator was left, and put NumPy's own back."""
        if self._inside is not None:
            self._inside.__exit__(kind, error, where)
        if _heard:
            left("NumPy's", _numpys)
        np.random.set_bit_generator(self._own)  # type: ignore[attr-defined] # as above
