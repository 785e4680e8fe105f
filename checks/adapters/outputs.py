"""Layers with several outputs: which of them count, and how they become one y.

Where nothing is claimed, all outputs that have a gradient count: they are raveled and joined, so that dy covers all of
them; of a complex one its real and its imaginary part. A family has one output: the first counts. Whatever is left out
is told.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np

from checks.adapters.instead import counts_first
from checks.adapters.nested import flat, formed, formed_source, several, ways
from checks.errors import UsageError
from checks.types import Array

#: Attributes of a complex output, and what stands for an output itself.
PARTS, WHOLE = (".real", ".imag"), ("",)


@dataclass
class Outputs(ABC):
    """Which outputs of a layer count; ``remarks`` is what is to be said of the others. Abstract or final.

    ``last`` is how ``joined`` found those of the last answer: their places, None where there was one output alone.
    ``added_up`` says that gradients of PyTorch's were found where backwards add them up, in ``grad``; ``went_back``
    that a backward of PyTorch's gave any. ``left`` are the places of outputs that were left out and told.
    """

    remarks: list[str] = field(default_factory=list)
    left: list[list[int]] = field(default_factory=list)
    last: tuple[Any, ...] | None = None
    added_up: bool = False
    went_back: bool = False

    def chosen(self, leaves: Sequence[Any]) -> list[int]:
        """Places of the outputs that count; the first where none has a gradient."""
        differentiable = [place for place, leaf in enumerate(leaves) if _has_gradient(leaf)]
        found = self._chosen(differentiable) or [0]
        left_out = [place for place in range(len(leaves)) if place not in found]
        left = [f"{place + 1} ({_kind(leaves[place])})" for place in left_out]
        if len(found) > 1:
            self._tell(f"y is {len(found)} outputs raveled into one")
        if left and left_out not in self.left:
            self.left.append(left_out)
            self._tell(f"not examined, of {len(leaves)} outputs: {', '.join(left)}")
        return found

    def joined(self, y: Any, join: Callable[[list[Any]], Any], given: Iterable[Any] = ()) -> Any:
        """What counts of an answer: an output as it is, or several as ``join`` makes one of them.

        Of complex arguments, ``given``, with which a derivative may be taken, outputs stay complex. Raises TypeError
        where there is none.
        """
        if y is None:
            raise TypeError("the forward returned None; expected its output, y (is its last line without a return?)")
        alone = not several(y)
        if alone and "complex" not in _kind(y):
            self.last = None
            return y
        of = self._whole if any("complex" in _kind(each) for each in given) else self._parts
        if alone and of(y) == WHOLE:
            self.last = None
            return y
        leaves = list(flat(y))
        found = [leaves[place] for place in self.chosen(leaves)] if len(leaves) > 1 else leaves
        parts = [(leaf, part) for leaf in found for part in of(leaf)]
        self.last = tuple(way + part for leaf, part in parts for way in ways(y, [leaf]))
        each = [getattr(leaf, part.removeprefix(".")) if part else leaf for leaf, part in parts]
        return join(each) if len(each) > 1 else each[0] if each else y

    def source(self, y: str, join: str) -> str:
        """What ``joined`` makes of an answer with this name, as source; ``join`` has room for a list of several."""
        if self.last is None:
            return y
        each = [y + way for way in self.last]
        return each[0] if len(each) == 1 else join.format(f"({', '.join(each)})")

    @abstractmethod
    def _chosen(self, differentiable: list[int]) -> list[int]:
        """Those that count of these."""

    def _parts(self, leaf: Any) -> tuple[str, ...]:
        """The attributes of an output that count, as source; one empty text for the output itself."""
        return self._whole(leaf)

    def _whole(self, _: Any) -> tuple[str, ...]:
        return WHOLE

    def _tell(self, remark: str) -> None:
        if remark not in self.remarks:
            self.remarks.append(remark)


class First(Outputs):
    """The first output, as of a family."""

    def _chosen(self, differentiable: list[int]) -> list[int]:
        return differentiable[:1]


@dataclass
class Alone(First):
    """The only output of a function that shows nothing of a framework: what gives more may be the half of a pair."""

    named: str = ""

    def chosen(self, leaves: Sequence[Any]) -> list[int]:
        """No place.

        Raises UsageError: with more than one output it looks like a forward whose backward was left out.
        """
        raise UsageError(
            f"{self.named} gives {len(leaves)} outputs and names nothing of a framework: it looks like the forward of "
            f"a pair, which gives (y, saved); expected ({self.named}, backward), or a function that gives y alone"
        )


class Every(Outputs):
    """All of them, complex ones by their real and imaginary parts."""

    def _chosen(self, differentiable: list[int]) -> list[int]:
        return differentiable

    def _parts(self, leaf: Any) -> tuple[str, ...]:
        if "complex" not in _kind(leaf) or not hasattr(leaf, "imag"):
            return super()._parts(leaf)
        self._tell("y is complex: its real and imaginary parts are examined, raveled into one")
        return PARTS


def that_count(layer: Any) -> Outputs:
    """Those of a layer that claims nothing: all of them, unless it was found that the first counts alone."""
    return First() if counts_first(layer) else Every()


@dataclass(frozen=True)
class Parted:
    """The answer of a NumPy layer, of which ``places`` count among its leaves."""

    y: Any
    leaves: list[Any]
    places: list[int]

    @classmethod
    def of(cls, y: Any, outputs: Outputs) -> Parted:
        """An answer whose outputs are nested in tuples, lists and dictionaries."""
        leaves = list(flat(y))
        return cls(y, leaves, outputs.chosen(leaves) if leaves else [])

    @property
    def plain(self) -> bool:
        """Whether it is a tuple or a list of arrays that all count."""
        alone = isinstance(self.y, (tuple, list)) and not any(map(several, self.y))
        return alone and len(self.places) == len(self.leaves)

    @property
    def counted(self) -> str:
        """The leaves that count, of an answer called y, as source of several."""
        return "".join(f"y{next(ways(self.y, [self.leaves[place]]))}, " for place in self.places)

    @property
    def upstream_source(self) -> str:
        """What ``upstream`` gives as source, of an answer called y and parts of dy."""
        at = {place: f"dy[{part}]" for part, place in enumerate(self.places)}
        others = (
            f"np.zeros_like(y{next(ways(self.y, [leaf]))})" if _has_gradient(leaf) else "None" for leaf in self.leaves
        )
        return formed_source(self.y, "y", iter([at.get(place, other) for place, other in enumerate(others)]))

    def joined(self) -> Any:
        """One array of what counts; the answer as it is where that is nothing."""
        found = [np.asarray(self.leaves[place]) for place in self.places]
        return found[0] if len(found) == 1 else np.concatenate([each.ravel() for each in found]) if found else self.y

    def upstream(self, dy: Array) -> Any:
        """Dy in the form of the answer: zero for an output that does not count, None for one without a gradient.

        They are parts of dy, no copies: what a backward writes to one of them its caller finds in dy.
        """
        arrays = [np.asarray(self.leaves[place]) for place in self.places]
        ends = np.cumsum([array.size for array in arrays])[:-1]
        pieces = zip(self.places, arrays, np.split(dy.ravel(), ends), strict=True)
        given = {place: piece.reshape(array.shape) for place, array, piece in pieces}
        rest = (np.zeros_like(leaf, dy.dtype) if _has_gradient(leaf) else None for leaf in self.leaves)
        return formed(self.y, iter([given.get(place, zero) for place, zero in enumerate(rest)]))


def _has_gradient(leaf: Any) -> bool:
    return isinstance(leaf, float) or "float" in _kind(leaf) or "complex" in _kind(leaf)


def _kind(leaf: Any) -> str:
    return _word(getattr(leaf, "dtype", type(leaf).__name__))


@lru_cache(64)
def _word(kind: Any) -> str:
    return str(kind).removeprefix("torch.")
