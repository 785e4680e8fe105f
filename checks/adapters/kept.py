"""What an object with methods keeps: its parameters by name, and which names are of parameters at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from checks.adapters.slots import Slot
from checks.adapters.steps import Steps
from checks.types import Arrays

#: What an array is called that a forward uses and nobody trains.
_NOT_TRAINED = re.compile(r"running|moving|mask|buffer|cache|momentum|velocity|position|encoding|eps|grid|coord")


_STATISTICS = frozenset({"mean", "var", "std", "variance", "mu", "sigma", "inv_std", "pe"})


@dataclass(frozen=True)
class Kept:
    """Where an object keeps its parameters, by name, and what they hold; ``unexamined`` names those with no gradient.

    ``returned`` are those, first among the others, whose gradients the backward returns after those of its arguments.
    """

    slots: Mapping[str, Slot] = field(default_factory=dict)
    values: Arrays = field(default_factory=dict)
    returned: tuple[str, ...] = ()
    unexamined: tuple[str, ...] = ()
    #: Those on which y does not depend at the example: a gradient of 0 shows nothing.
    idle: tuple[str, ...] = ()
    #: Whether the object built them in a first forward, and what its first backward gave.
    built: bool = False
    result: Any = None
    #: Lists that grow with each forward.
    growing: tuple[str, ...] = ()
    #: What is called before each forward to empty them.
    emptied: tuple[str, ...] = ()
    #: How its backward moves them, and why no gradient shows in how it moves some, by name.
    steps: Steps = field(default_factory=Steps)
    odd: Mapping[str, str] = field(default_factory=dict)
    #: Where those with no gradient are, by name, as far as the forward uses them.
    left: Mapping[str, Slot] = field(default_factory=dict)
    #: The formats in which it keeps them, by name, where arrays of others carry them.
    formats: Mapping[str, str] = field(default_factory=dict)
    #: Whose gradients it returns, in their order, where that is another one than the arguments and then ``returned``.
    order: tuple[str, ...] = ()


def is_trained(name: str) -> bool:
    """Whether an array of this name may be a parameter, and no statistic, mask or table."""
    last = name.lower().rpartition(".")[2]
    return last not in _STATISTICS and not _NOT_TRAINED.search(last)
