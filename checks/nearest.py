"""Which of the names that there are somebody may have meant."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

#: So many names are offered, of those that are so much (of 1) like what was written.
OFFERED, ALIKE = 3, 0.6


def nearest(name: str, options: Iterable[str]) -> list[str]:
    """The options that look like ``name``, capitals aside, the likest first; none where none does."""
    capitals = {option.lower(): option for option in options}
    return [capitals[option] for option in get_close_matches(name.lower(), capitals, OFFERED, ALIKE)]


def near(name: str, options: Iterable[str]) -> str:
    """`` (did you mean ...?)`` with the options that look like ``name``; empty where none does."""
    found = nearest(name, options)
    return f" (did you mean {' or '.join(found)}?)" if found else ""
