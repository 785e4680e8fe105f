"""One process at a time writes to a folder: who reads a file, adds to it and writes it back loses no other's words."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep

#: Seconds that anybody waits for his turn: one who was stopped in the middle holds up nobody for longer.
LONGEST = 5.0

#: Seconds between two looks at whether the folder is free.
BETWEEN = 0.01


@contextmanager
def one_writer(folder: Path) -> Iterator[None]:
    """Wait for the others, and hold the folder meanwhile; where there are no locks (Windows, some disks), no wait.

    The system gives back the lock of a process that ends, whatever ends it, and no file is left behind.
    """
    try:
        import fcntl  # noqa: PLC0415 - Windows has none

        held = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        _wait(lambda: fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB))
        yield
    finally:
        with suppress(OSError):
            fcntl.flock(held, fcntl.LOCK_UN)  # a process that was forked meanwhile holds it no longer either
        os.close(held)


def _wait(lock: Callable[[], None]) -> None:
    """Until the lock is had, or for the longest time."""
    end = monotonic() + LONGEST
    while monotonic() < end:
        try:
            lock()
        except BlockingIOError:
            sleep(BETWEEN)
        except OSError:  # a disk without locks
            return
        else:
            return
