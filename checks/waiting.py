"""Says on the error stream where a layer does not come back: nobody else would, in the process of whoever asks."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from textwrap import shorten
from types import CodeType, FrameType
from typing import Any

from checks.calling import Called
from checks.hearing import Here

#: Seconds that one call may take before it is told, and how often it is looked at in this time.
LONG, LOOKS = 20.0, 4

#: Seconds that it may take to end, where nobody reads the error stream.
LONGEST_END = 1.0

#: Characters of a case that are told.
MOST_SAID = 400

#: The methods in which a layer is called, and the one in which a law is heard.
_CALLS = {Called._once.__code__, Called.bare_backward.__code__}  # noqa: SLF001 - looked at from outside, not called
_HEARS = {Here._heard.__code__}  # noqa: SLF001 - the same

_SAID = (
    "gradproof: one call of {who} has taken more than {seconds:.0f} s{where}; with isolate=True a call has its time, "
    "and what never comes back is a finding\n"
)


@contextmanager
def told_of_waiting() -> Iterator[None]:
    """While the block runs in this thread, a call of a layer that takes ``LONG`` is told once."""
    done = threading.Event()
    watch = threading.Thread(target=_watch, args=(threading.get_ident(), done), daemon=True, name="gradproof waiting")
    with suppress(RuntimeError):  # a layer before may have used up all threads
        watch.start()
    try:
        yield
    finally:
        done.set()
        if watch.is_alive():  # it may hold the last of a graph, and the end of a process is no time to free that
            watch.join(LONGEST_END)


def _watch(thread: int, done: threading.Event) -> None:
    """Look at what a thread does; a frame that is held is no other's."""
    before, looks = None, 0
    while not done.wait(LONG / LOOKS):
        frame = sys._current_frames().get(thread)  # noqa: SLF001 - the one door to another thread's calls
        call = _outermost(frame, _CALLS)
        looks = looks + 1 if call is not None and call is before else 0
        before = call
        if call is not None and looks >= LOOKS:
            sys.stderr.write(_told(call))
            sys.stderr.flush()
            return


def _outermost(frame: FrameType | None, places: set[CodeType]) -> FrameType | None:
    """The last frame, from the innermost on, that runs one of these functions."""
    found = None
    while frame is not None:
        if frame.f_code in places:
            found = frame
        frame = frame.f_back
    return found


def _told(call: FrameType) -> str:
    heard: dict[str, Any] = dict(found.f_locals) if (found := _outermost(call, _HEARS)) else {}
    law = getattr(heard.get("witness"), "law", "")
    where = f", asked by the law {law} of {shorten(str(heard['trial'].case), MOST_SAID)}" if law else ""
    return _SAID.format(who=call.f_locals["self"].name, seconds=LONG, where=where)
