"""How many of something there are, in words."""

from __future__ import annotations


def count(many: int, word: str) -> str:
    """``1 row``, ``2 rows``; ``1 entry``, ``2 entries``. ``word`` is of one; its last word is the one that changes."""
    several = f"{word[:-1]}ies" if word.endswith("y") else f"{word}s"
    return f"{many:,} {word if many == 1 else several}"
