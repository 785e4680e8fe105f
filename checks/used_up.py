"""A process that a layer has used up: so many of its threads run that Python can start none."""

from __future__ import annotations

import threading

from checks.refusals import text_of

#: What Python says then.
SAID = "can't start new thread"

#: Threads up to which the machine may be the one that has no room: pools are of this size.
USUAL = 64


def used_up(error: BaseException) -> str:
    """What is to be said where a layer raised ``error`` for that reason; empty where it did not."""
    many = threading.active_count()
    if many <= USUAL or not isinstance(error, RuntimeError) or SAID not in text_of(error):
        return ""
    return (
        f"RuntimeError: {SAID}: {many:,} threads run in this process, in which nothing more can be asked; a layer "
        "waits for the threads that it starts (join), or keeps a few of them (concurrent.futures)"
    )
