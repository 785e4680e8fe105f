"""What ends a run ends it as Ctrl-C does, and Ctrl-C is heard wherever it lands."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

#: Signals that ask a run to end: ``kill``, and a terminal that is closed, where there is one.
ENDS = [each for each in (getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")) if each]

#: Seconds after which Ctrl-C is sent once more that nobody could hear.
MOMENT = 0.01


@contextmanager
def ended_as_by_ctrl_c() -> Iterator[None]:
    """Other signals to end raise KeyboardInterrupt meanwhile, those apart that are ignored, as by ``nohup``."""
    before = {each: signal.getsignal(each) for each in ENDS}
    heard = [each for each, handler in before.items() if handler is not signal.SIG_IGN]
    for each in heard:
        signal.signal(each, signal.default_int_handler)
    try:
        yield
    finally:
        for each in heard:
            signal.signal(each, before[each])


@contextmanager
def never_lost() -> Iterator[None]:
    """Ctrl-C comes once more where it landed in what Python calls by itself, which loses every error.

    Callbacks of the collection of garbage, as Hypothesis has one, and finalizers.
    """
    before = sys.unraisablehook

    def again(lost: UnraisableHookArgs) -> None:
        if issubclass(lost.exc_type, KeyboardInterrupt):
            # From another thread, for whose start nobody waits, and later: raised in here it would be lost as well.
            left = threading.Event()
            _thread.start_new_thread(_interrupt, (left,))
            left.set()
        else:
            before(lost)

    sys.unraisablehook = again
    try:
        yield
    finally:
        sys.unraisablehook = before


def _interrupt(left: threading.Event) -> None:
    """Send Ctrl-C a moment after whoever asks has left."""
    left.wait()
    time.sleep(MOMENT)
    _thread.interrupt_main()
