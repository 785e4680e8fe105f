"""What happens to a subject: its calls, the arrays that change hands, and what is written to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from checks.types import Array, Config, Shape

#: How a script names the object that is called, and the one of the same class beside it.
LAYER, ANOTHER = "layer", "another"

#: The name of what a forward gave, which is none of an argument.
GIVEN = "given y"


@dataclass(frozen=True, eq=False)
class Handed:
    """An array that changed hands: ``numbers`` holds a copy from then, ``array`` has its layout.

    ``call`` counts the forwards; ``name`` is the argument's, ``dy``, or ``GIVEN`` for what a forward gave, also where
    that very array is handed back as dy.
    """

    name: str
    call: int
    array: Array
    numbers: Array


@dataclass(frozen=True)
class Forward:
    """A call of forward, the ``call``-th, and the shape of what it gave; None where it gave nothing.

    ``seeds`` are the lines that seed what it draws from. ``built`` says that its object may have been built after that.
    ``layer`` names that object.
    """

    call: int
    handed: tuple[Handed, ...]
    config: Config
    y: Shape | None
    seeds: tuple[str, ...] = ()
    built: bool = False
    layer: str = LAYER


@dataclass(frozen=True)
class Backward:
    """A call of backward with what the ``call``-th forward saved, and the shapes of what it gave, by name.

    ``draws`` are the generators that it draws from, by how they are seeded: nobody seeds them for it.
    """

    call: int
    dy: Handed
    shapes: Mapping[str, Shape]
    draws: tuple[str, ...] = ()


@dataclass(frozen=True)
class Written:
    """The caller wrote to an array that had changed hands; it then held ``numbers``."""

    to: Handed
    numbers: Array


Event: TypeAlias = Forward | Backward | Written
