"""What an examination had no time for, by name: laws of which its headline names some, and variations of an example."""

from __future__ import annotations

from collections.abc import Iterator

from checks.examination import Examination
from checks.scope.applies import applying

#: So many laws are named by a headline.
NAMED = 6


def unreached(examination: Examination) -> Iterator[str]:
    """A sentence each about laws that were asked of no case, where they are many, and about variations."""
    late = applying(examination.family, examination.unasked)
    if len(late) > NAMED:
        yield f"asked of no case, for want of time: {', '.join(late)}"
    if examination.hurried and (said := examination.family.unreached(examination.judged)):
        yield said
