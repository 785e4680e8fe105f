"""What is known of a layer where it has no derivative: inputs that lie there, and the gradients that are valid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from checks.claim import Severity
from checks.types import Array, Arrays, Shape

#: Said of a derivative along directions of which some have none, and where all that have one agree.
AT_A_KINK = "at a kink, as a tie is one, where a random direction has no derivative"


@dataclass(frozen=True, eq=False)
class Kink:
    """Arguments with x at kinks, what they are in words, and how bad an invalid gradient is there.

    ``stray`` is how bad a gradient is that no choice sends where it arrived, not even in part.
    """

    inputs: Arrays
    what: str
    severity: Severity = "wrong"
    stray: Severity = "wrong"


@dataclass(frozen=True, eq=False)
class Subgradients:
    """The valid values of dx at kinks, all arrays in its shape.

    Each entry lies between ``low`` and ``high``, and between ``least`` and ``most`` where upstream values may be lost
    on their way, all or in part. ``conventions`` are the known ways to choose among them, ``name`` is
    the one that is expected. ``mistakes`` are rules that are not valid and known all the same, in words.
    """

    low: Array
    high: Array
    least: Array
    most: Array
    conventions: Mapping[str, Array]
    name: str
    mistakes: Mapping[str, Array] = field(default_factory=dict)


def kinks_met(_: object) -> dict[str, list[Shape]]:
    """Places by the argument along which derivatives met a kink, for ``Trial.shared``; none before they are taken."""
    return {}
