"""What a subject is like: a family, under any of the names by which people know it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from checks.errors import UsageError
from checks.families import families
from checks.family import Family
from checks.nearest import nearest

_DIGIT = re.compile(r"(.*[a-z])([123])d")

#: A name that numbers a layer, as networks do with theirs (conv1, conv2), or lacks its d.
_NUMBERED = re.compile(r"(.*[a-z])(\d+)")


def resolve(like: str) -> tuple[Family, dict[str, Any]]:
    """The family of a name such as ``conv``, ``conv2d``, ``MaxPool1d`` or ``relu``, and the axes that the name fixes.

    Raises UsageError that suggests near misses.
    """
    if not isinstance(like, str):
        raise UsageError(
            f"like={like!r:.80} is of {type(like).__name__}; expected the name of a family: {', '.join(families())}"
        )
    plain = re.sub(r"[^a-z0-9]", "", like.lower())
    known = {word: name for name, sheet in families().items() for word in (name.replace("_", ""), *_others(sheet))}
    match = _DIGIT.fullmatch(plain)
    if plain in known:
        return families()[known[plain]], {}
    if match and match[1] in known:
        return families()[known[match[1]]], {"axes": int(match[2])}
    found = _meant(plain, known)
    names = f"; the nearest are: {', '.join(found)}" if found else ""
    raise UsageError(
        f"like={like!r} is no family{names}; expected one of {', '.join(families())}, with 1d, 2d or 3d "
        "after it to fix the axes (conv2d)"
    )


def _meant(plain: str, known: Mapping[str, str]) -> list[str]:
    """Families that somebody may have meant by a name that is none."""
    said = _DIGIT.fullmatch(plain) or _NUMBERED.fullmatch(plain)
    if said and said[1] in known:
        base = known[said[1]]
        return [f"{base}{said[2]}d"] * (_DIGIT.fullmatch(f"{plain}d") is not None) + [base]
    return [*dict.fromkeys(known[name] for name in nearest(said[1] if said else plain, known))]


def _others(sheet: Family) -> tuple[str, ...]:
    """Other names of this very family: those of the one that it varies are not its own."""
    return tuple(vars(type(sheet)).get("aliases", ()))
