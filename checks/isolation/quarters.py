"""A subject's own process, as its keeper sees it: opened, asked, watched, ended and started again."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Literal

from checks.claim import Verdict
from checks.counted import count
from checks.errors import SubjectError
from checks.isolation import inside
from checks.isolation.allowance import Isolation, in_words
from checks.isolation.desk import NOBODY, Desk
from checks.isolation.output import Output, Trace
from checks.judge import HANGS, RUNS
from checks.pool import Died, Room
from checks.refusals import printable

#: Seconds for starting a process on a busy machine: nothing of the subject is in it yet.
STARTING = 300.0

#: Seconds for all calls of a case together, as a multiple of those for one call.
CASE = 20

#: Seconds for a process that was asked where it is.
MOMENT = 0.1


#: Bytes of memory from which on what a process holds is told.
MUCH = 2 << 30

#: What took too long.
Late = Literal["no", "call", "case"]


class DiedError(SubjectError):
    """The process ended, or was ended because a call never answered.

    ``call`` is the subject's call that ran, ``witness`` the place of the witness that was heard (negative: none yet),
    ``late`` what took too long: a call, or all calls of a case together.
    """

    def __init__(self, why: str, *, call: str = "", witness: int = NOBODY, late: Late = "no") -> None:
        super().__init__(why)
        self.call, self.witness = call, witness
        self.hung, self.slow = late == "call", late == "case"

    @property
    def verdict(self) -> Verdict:
        """Wrong, by ``runs`` or by ``hangs``; blind where calls that all answered took too long together."""
        if self.slow:
            return Verdict(HANGS, "y", "blind", str(self), blind=1)
        return Verdict(HANGS if self.hung else RUNS, "y", "wrong", str(self), wrong=1, share=float("inf"))


class Quarters:
    """One process at a time for one subject."""

    def __init__(self, isolation: Isolation) -> None:
        self._isolation = isolation
        self._desk, self._output, self._trace = Desk(), Output(), Trace()
        pipes = (self._output.writer, self._trace.writer)
        self._room = Room(inside.prepare, str(Path.cwd()), self._desk, *pipes, isolation.bytes)
        self._way = b""
        self._opened = self._closed = False
        self.starting = 0.0

    def stop(self) -> None:
        """Answer nothing any more; what is being asked ends soon. May be called from another thread."""
        self._closed = True

    def close(self) -> None:
        """End the process for good."""
        self.stop()
        self._end()
        self._output.close()
        self._trace.close()

    @property
    def notes(self) -> tuple[str, ...]:
        """What happened to the process that is no death."""
        return tuple(self._room.notes)

    @property
    def printed(self) -> str:
        """How much was printed, and the end of it, in a sentence; empty where nothing was."""
        if not self._output.printed:
            return ""
        return f"the layer printed {count(self._output.printed, 'byte')}, which end with: {self._output.tail}"

    def enter(self, way: bytes) -> bytes:
        """Open a packed subject, in the process that is there or in a fresh one.

        Raises DiedError, and gradproof's errors that the opening raises.
        """
        self._way, start = way, time.perf_counter()
        try:
            self._answer(STARTING, inside.ready)
            found: bytes = self._answer(self._isolation.opening, inside.enter, way)
        finally:
            self.starting += time.perf_counter() - start
        self._opened = True
        return found

    def ask(self, question: Callable[..., Any], *arguments: Any) -> Any:
        """The answer to a question; a fresh process opens the subject first.

        Raises DiedError, and gradproof's errors that the question raises.
        """
        if not self._opened:
            self.enter(self._way)
        return self._answer(CASE * self._isolation.seconds, question, *arguments)

    def _answer(self, limit: float, question: Callable[..., Any], *arguments: Any) -> Any:
        if self._closed:
            raise DiedError("the process was ended by its keeper")
        self._late: Late = "no"
        printed = self._output.printed
        try:
            answer = self._room.ask(question, arguments, partial(self._overdue, time.monotonic() + limit, limit))
        except KeyboardInterrupt:  # nobody waits for that answer any more
            self._end()
            raise
        if not isinstance(answer, Died):
            return answer
        if answer.error is not None:
            raise answer.error
        raise self._death(answer.why, printed)

    def _overdue(self, deadline: float, limit: float) -> str:
        """Why nobody waits any longer; empty while somebody does."""
        if self._desk.running > self._isolation.seconds:
            self._late = "call"
            return f"no answer within {self._isolation.seconds:g} s"
        if time.monotonic() > deadline:
            self._late = "case"
            return f"not done within {limit:g} s"
        return "the keeper has enough" if self._closed else ""

    def _death(self, why: str, printed: int) -> DiedError:
        """What is known of a process that is of no use any more; ends it."""
        call, witness, shape = self._desk.call, self._desk.witness, self._desk.shape
        if self._late != "no" and self._desk.pid and hasattr(signal, "SIGUSR2"):
            with suppress(OSError):
                os.kill(self._desk.pid, signal.SIGUSR2)
            time.sleep(MOMENT)
        held = _held(self._desk.pid) if self._late != "no" else ""
        self._end()
        place, said = self._trace.place(), printable(self._output.tail) if self._output.printed > printed else ""
        where = " ".join(filter(None, [f"in {call}" if call else "", f"at {place}" if place else ""]))
        handed = f"it was handed an array of shape {shape}" if call else ""
        whole = "; ".join(filter(None, [why, where, handed, held, f"it printed last: {said}" if said else ""]))
        return DiedError(whole, call=call, witness=witness, late=self._late)

    def _end(self) -> None:
        """End the process, and whatever it has started and left behind."""
        if (pid := self._desk.pid) and sys.platform != "win32":
            with suppress(OSError):
                os.killpg(pid, signal.SIGKILL)
        self._room.end()
        self._desk.clear()
        self._opened = False


def _held(pid: int) -> str:
    """How much memory a process holds, in words, where that is much and the system tells."""
    with suppress(OSError, ValueError, IndexError):
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
        if (size := pages * os.sysconf("SC_PAGE_SIZE")) > MUCH:
            return f"it held {in_words(size)} of memory by then: it may take more and more"
    return ""
