"""What a layer is said to take and turns down every time: its word and its deeds, side by side."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.case import Case
from checks.counted import count
from checks.scope.limits import READ

#: Fewer refusals of one value may have other reasons.
ENOUGH = 2


def contradicted(supports: Mapping[str, Any], judged: Sequence[Case], refused: Sequence[Case]) -> Iterator[str]:
    """A sentence for each value that ``supports`` names of which every case was refused.

    Nothing of a limit of which no value was taken while other cases were: something else was amiss there.
    """
    away = set(refused)
    answered = [case for case in judged if case not in away]
    for name, limit in supports.items():
        values = list(limit) if isinstance(limit, (tuple, list, set, frozenset, range)) else [limit]
        taken = [value_of(name, case) for case in answered]
        for value in values if not answered or any(each in values for each in taken) else []:
            turned_down = sum(value_of(name, case) == value for case in refused)
            if turned_down >= ENOUGH and value not in taken:
                with_it = count(turned_down, "case")
                yield f"supports says that it takes {name}={value!r}, and it refused all {with_it} with it"


def value_of(name: str, case: Case) -> Any:
    """What a case holds of a limit; the number that all axes share where they share one."""
    value = READ[name](case) if name in READ else case.config.get(name)
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
