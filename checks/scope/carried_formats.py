"""Formats that NumPy lacks and arrays carry: a layer that takes one is asked in it, too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from checks.errors import UsageError
from checks.scope.accepted import LISTED
from checks.scope.formats import formats
from checks.scope.limits import Limits
from checks.scope.probe import Remembering
from checks.subject import Subject

#: Formats that NumPy lacks.
LACKING = ("bfloat16",)


def in_carried_formats(limits: Limits, asked: Remembering) -> Limits:
    """The limits of a layer with the formats, of those that its arrays may carry, in which it has answered."""
    answered = {case.dtype for case, _ in asked.answers}
    return replace(limits, carried=tuple(dtype for dtype in asked.carried if dtype in answered))


def demand_carried(subject: Subject, said: Any) -> None:
    """Raise UsageError where a layer that cannot be handed a format that NumPy lacks is said to take it."""
    known = formats(said) if said is not None and not callable(said) else ()
    named = known if isinstance(known, LISTED) else (known,)
    for dtype in LACKING:
        if dtype in named and dtype not in (*subject.carried, *_own(subject)):
            raise UsageError(
                f"supports has dtype={said!r:.80}, and NumPy has no {dtype}: {subject.name} is handed NumPy's arrays; "
                f"expected a layer on tensors, or a framework's function, or formats without {dtype}"
            )


def _own(subject: Subject) -> tuple[Any, ...]:
    """The one format that it was adapted for, if it was for one."""
    return (subject.limits.get("dtype"),)
