"""What a subject gives that it computes in a narrower format than that of its examples, and what shows that."""

from __future__ import annotations

from dataclasses import dataclass

#: By what part of itself a number is moved that a rounding to float32 hides, and one to float64 does not.
UNSEEN = 2.0**-42


@dataclass(frozen=True)
class Narrowed:
    """``of`` names the result that shows it, ``why`` tells how, ``seen`` says it of the subject in a few words.

    ``alone`` is true of a gradient where another is computed in the examples' own format; it may take so many rows.
    """

    of: str
    why: str
    seen: str
    alone: bool
