"""Loaded by the process of which others are copies, and by no other: what it says of a copy whose caller has gone.

Where the caller is ended while a copy starts, the copy does not find what it was to take over. That is nobody's error.
"""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

#: What a copy meets that starts for nobody: a lock that is gone, a pipe that was closed.
_LEFT = (FileNotFoundError, EOFError, ConnectionError)


def unless_left(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Say what was raised, but what ``multiprocessing`` raises where the caller has gone: it would be read as ours."""
    if not (isinstance(error, _LEFT) and _place(trace).parent.name == "multiprocessing"):
        sys.__excepthook__(kind, error, trace)


def _place(trace: TracebackType | None) -> Path:
    """The file in which an error was raised."""
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return Path(trace.tb_frame.f_code.co_filename if trace else "")


sys.excepthook = unless_left
