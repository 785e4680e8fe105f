"""What a layer is said to take, or has a parameter for, and turns down every time: its word and its deeds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from checks.adapters.words import Fixed
from checks.case import Case
from checks.scope.accepted import LISTED
from checks.scope.allowed import PLAIN, READ
from checks.scope.groupings import grouped, words
from checks.scope.limits import Limits

#: Fewer refusals of one value may have other reasons; of all values but one more are wanted, as nobody spoke of them.
ENOUGH, MANY = 2, 4


def contradicted(supports: Mapping[str, Any], judged: Sequence[Case], refused: Sequence[Case]) -> Iterator[str]:
    """A sentence for each value that ``supports`` names of which every case was refused.

    Nothing of a limit of which no value was taken while other cases were: something else was amiss there.
    """
    away = set(refused)
    answered = [case for case in judged if case not in away]
    for name, limit in supports.items():
        values = list(limit) if isinstance(limit, LISTED) else [limit]
        taken = [value_of(name, case) for case in answered]
        taken += [word for word in _words(name, limit) if any(grouped(word, case) for case in answered)]
        for value in values if not answered or any(each in values for each in taken) else []:
            turned_down = sum(_holds(case, name, value) for case in refused)
            if turned_down >= ENOUGH and value not in taken:
                yield f"supports says that it takes {name}={value!r}, and it refused every case with it"


def never_taken(
    limits: Limits, said: Mapping[str, Any], judged: Sequence[Case], refused: Sequence[Case]
) -> Iterator[str]:
    """A sentence for each keyword of the layer's own of which every case but the plainest was refused.

    Nothing of what is ``said`` of its values, nor of keywords that no layer of the family can be without.
    """
    away = set(refused)
    answered = [case for case in judged if case not in away]
    own = set(limits.given.get("words") or ()) & PLAIN.keys() - {*said}
    for word in filter(own.__contains__, limits.family.words):
        plain = limits.plain(word)
        taken, turned_down = (
            [value for case in cases if (value := value_of(word, case)) != _held(plain, case)]
            for cases in (answered, refused)
        )
        if answered and not taken and len(turned_down) >= MANY:
            yield f"it takes {word}, and refused every case where that is not {_told(plain)}"


def _held(plain: Any, case: Case) -> Any:
    return value_of("kernel_size", case) if isinstance(plain, Fixed) else plain


def _told(plain: Any) -> str:
    return "the window" if isinstance(plain, Fixed) else repr(plain)


def _words(name: str, limit: Any) -> list[str]:
    return words(limit) if name == "groups" else []


def _holds(case: Case, name: str, value: Any) -> bool:
    """Whether a case holds this very value of a limit, or such groups as a word says."""
    return grouped(value, case) if _words(name, value) else bool(value_of(name, case) == value)


def value_of(name: str, case: Case) -> Any:
    """What a case holds of a limit; the number that all axes share where they share one."""
    value = READ[name](case) if name in READ else case.config.get(name)
    return value[0] if isinstance(value, tuple) and len(set(value)) == 1 else value
