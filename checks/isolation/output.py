"""What a process prints, and what it says when it dies: kept in bounded places, never mixed into our own output."""

from __future__ import annotations

import os
import re
import sysconfig
from contextlib import suppress
from multiprocessing import Pipe
from pathlib import Path
from threading import Thread

#: Bytes that are kept of what is printed: the last ones.
KEPT = 2_000
#: Characters of it that are shown.
SHOWN = 300

#: Bytes that a pipe holds: far more than the traceback of one thread.
PIPE = 65_536

_FRAME = re.compile(r'File "(.+)", line (\d+) in (\S+)')


class Output:
    """Everything that is written into ``writer``, counted; the end of it is kept."""

    def __init__(self) -> None:
        self._reader, self.writer = Pipe(duplex=False)
        self.printed = 0
        self._tail = b""
        self._thread = Thread(target=self._drain, name="gradproof output", daemon=True)
        self._thread.start()

    @property
    def tail(self) -> str:
        """The last lines, on one line; empty where nothing was printed."""
        lines = [line.strip() for line in self._tail.decode("utf-8", "replace").splitlines()]
        return " / ".join(filter(None, lines))[-SHOWN:]

    def close(self) -> None:
        """No more is read once nobody can write any more."""
        self.writer.close()
        self._thread.join(0.5)

    def _drain(self) -> None:
        with suppress(OSError):
            while piece := os.read(self._reader.fileno(), PIPE):
                self.printed += len(piece)
                self._tail = (self._tail + piece)[-KEPT:]


class Trace:
    """Where the standard library's faulthandler writes the place at which a process died or was asked."""

    def __init__(self) -> None:
        self._reader, self.writer = Pipe(duplex=False)
        os.set_blocking(self._reader.fileno(), False)

    def place(self) -> str:
        """File and line of the innermost frame that is the user's own; empty where nothing was written."""
        try:
            text = os.read(self._reader.fileno(), PIPE).decode("utf-8", "replace")
        except BlockingIOError:
            return ""
        frames = [match.groups() for match in _FRAME.finditer(text)]
        ours = str(Path(__file__).parent)
        until = next((place for place, (file, *_) in enumerate(frames) if file.startswith(ours)), len(frames))
        libraries = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "purelib", "platlib"))
        theirs = [frame for frame in frames[:until] if not frame[0].startswith(libraries)]
        file, line, function = next(iter(theirs + frames[:1]), ("", "", ""))
        return f"{file}:{line}, in {function}" if file else ""

    def close(self) -> None:
        """Nobody writes any more."""
        self.writer.close()
        self._reader.close()
