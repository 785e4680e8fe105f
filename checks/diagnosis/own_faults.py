"""A fault of the diagnosis itself costs the sentence that it was to give, never the verdict."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from checks.errors import GradproofError
from checks.witness import Trial

#: Errors that are faults of ours where nobody else speaks of them.
FAULTS: tuple[type[Exception], ...] = (Exception,)


def carefully(question: Callable[[Trial], tuple[str, ...]], trial: Trial) -> tuple[str, ...]:
    """What a question about a trial is answered, or that it stumbled.

    Raises GradproofError where that says something of the layer.
    """
    try:
        return question(trial)
    except GradproofError:
        raise
    except FAULTS as error:
        return (f"nothing is said here, for {in_words(error)}",)


def in_words(error: Exception) -> str:
    """An error as one of ours, with its place."""
    where = traceback.extract_tb(error.__traceback__)[-1]
    at = f"{where.filename.rpartition('checks/')[2]}, line {where.lineno}"
    return (
        f"the diagnosis itself raised {type(error).__name__}: {error} ({at}); the verdict stands, and this is a fault "
        "of gradproof's: please report it with the case"
    )
