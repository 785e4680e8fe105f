"""Ctrl-C at any moment of a question: before the first case, between cases, or when all is done but the answer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from checks.adapters.callables import name_of
from checks.errors import SubjectError, UsageError
from checks.examination import Examination
from checks.families.unclaimed import Unclaimed
from checks.family import Family
from checks.scope.cut_short import CutShortError
from checks.scope.likeness import resolve
from checks.subject import Subject
from checks.target import Named


@dataclass
class Begun:
    """What has been begun of a question about a layer: nothing but its name and its claim, until it is opened."""

    layer: Any
    like: str
    examination: Examination | None = None

    def interrupted(self) -> CutShortError:
        """What a user is told who has interrupted it."""
        found = self.examination or self._unopened()
        found.interrupted = True
        return CutShortError(found)

    def _unopened(self) -> Examination:
        subject = Subject(called(self.layer), _unopened, _unopened)
        with suppress(UsageError):
            return Examination(subject, resolve(self.like)[0])
        return Examination(subject, _claiming_nothing(subject))


@contextmanager
def interruptible(layer: Any, like: str) -> Iterator[Begun]:
    """Whatever of a question is done in the block, Ctrl-C there ends it with the examination so far.

    Raises CutShortError in place of KeyboardInterrupt.
    """
    begun = Begun(layer, like)
    try:
        yield begun
    except CutShortError:
        raise
    except KeyboardInterrupt as stop:
        raise begun.interrupted() from stop


def called(layer: Any) -> str:
    """What to call a layer of which nothing else is known; a pair as its first part."""
    return layer.text if isinstance(layer, Named) else name_of(layer[0] if isinstance(layer, tuple) else layer)


def _claiming_nothing(subject: Subject) -> Family:
    """What is known of a layer's claim where its examples were not looked at yet."""
    return Unclaimed(subject, {"x": np.zeros(1)})


def _unopened(*_: Any) -> Any:
    raise SubjectError("the layer was not opened before the examination was interrupted")
