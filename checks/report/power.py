"""The power of a run in words: how many planted mistakes it caught, and which it did not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from checks.planting import Caught, Power


def powers(power: Power) -> Iterator[str]:
    """A headline, how many each law caught, and every mistake that was not caught by name."""
    tried = len(power.outcomes) - len(power.unshown) - len(power.untried)
    yield f"POWER {power.family}: {len(power.caught)} of {tried} planted mistakes caught"
    laws = Counter(outcome.law for outcome in power.caught)
    if laws:
        yield f"  caught first by: {', '.join(f'{law} {many}' for law, many in laws.most_common())}"
    yield from (f"  MISSED  {_named(outcome)}" for outcome in power.missed)
    yield from (f"  no case of this run shows: {_named(outcome)}" for outcome in power.unshown)
    for why, many in Counter(outcome.fault for outcome in power.untried).items():
        named = ", ".join(outcome.name for outcome in power.untried if outcome.fault == why)
        yield f"  NOT TRIED  {many}, {why}: {named}"


def _named(outcome: Caught) -> str:
    return f"{outcome.name}: a layer that {outcome.does}"
