"""Laws that need no second source."""

from __future__ import annotations

from checks.invariants.conservation import Conservation
from checks.invariants.linearity import Linearity
from checks.invariants.purity import Purity
from checks.witness import Witness

INVARIANTS: tuple[Witness, ...] = (Conservation(), Linearity(), Purity())
