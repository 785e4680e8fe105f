"""A layer asked in a new process for each question, in which nobody has called it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from typing import Any

from checks.anew import Anew
from checks.family import Family
from checks.isolation.allowance import Isolation
from checks.isolation.apart import Apart, Opening
from checks.spawning import prepare, prepared
from checks.subject import Subject

#: Both as they are known here, from what an opening says of them.
Known = Callable[[Any], tuple[Subject, Family]]

#: Seconds for opening a layer in such a process: somebody waits for one answer.
OPENING = 30.0


def in_new_processes(name: str, opening: Opening, known: Known, limits: Isolation) -> Anew:
    """A layer that is opened in a process of its own for each question; a call has as long as ``limits`` allow."""
    limits = replace(limits, opening=min(limits.opening, OPENING))
    opened = partial(_new_process, name, opening, known, limits)
    return Anew("in a new process", opened, expected=prepare, ready=prepared)


@contextmanager
def _new_process(
    name: str, opening: Opening, known: Known, limits: Isolation
) -> Iterator[tuple[Apart, Subject, Family]]:
    with Apart(limits) as apart:
        yield apart, *known(apart.enter(name, opening))
