"""Work in processes of its own, by the library pebble: a process that dies takes what it was doing along, no more.

Tasks and answers are pickled. A process never hears Ctrl-C, which is for the caller to handle: leaving the iterator, or
closing the room, ends the processes. This is the only module that knows pebble.
"""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessPool

from checks.errors import GradproofError, UsageError
from checks.spawning import LEFT, ORPHANED, afresh, parent_ended, quickly, unstarted, woken

Task = TypeVar("Task")
Answer = TypeVar("Answer")

#: Reasons that no exit code tells.
IDLE = "the process ended by itself after its last answer (a thread or a timer was left behind)"
BROKEN = "the process wrote into gradproof's own pipe"
PARENTLESS = (
    "the parent of the process ended, which alone could tell how this one did: the layer has ended its parent "
    "(os.getppid()), here or in a call just before, or somebody else has"
)
STOPPED = "the layer has stopped its parent (os.getppid()), or somebody else has; it was woken again"

_COMPILED = dict.fromkeys(("SIGSEGV", "SIGBUS", "SIGILL", "SIGFPE", "SIGABRT"), " (a crash in compiled code)")
_MEANINGS = {**_COMPILED, "SIGKILL": " (by its own hand, or for too little memory)", "SIGALRM": " (an alarm was set)"}

#: Seconds between two looks at a process that has not answered yet.
TICK = 0.05

#: Seconds that are left to the threads of a pool: one that Ctrl-C has hit as it began is never done.
LEAVING = 10.0


@dataclass(frozen=True)
class Died:
    """A task that did not come to its end, what is known of the reason, and gradproof's own error where it was one."""

    why: str
    error: GradproofError | None = field(default=None, compare=False)


def run(
    work: Callable[[Task], Answer], tasks: Sequence[Task], processes: int, threads: int = 1
) -> Iterator[tuple[int, Answer | Died]]:
    """``work(task)`` of every task with the index of the task, as they are done, from ``processes`` processes.

    ``work`` is a function of a module. A task that raises or whose process dies is answered by ``Died``; the next ones
    find a fresh process.
    """
    left, busy = iter(enumerate(tasks)), dict[Future[Answer | Died], int]()
    context = quickly() if threads == 1 else afresh(threads)
    with _ending(ProcessPool(max(1, min(processes, len(tasks))), context=context)) as pool:
        while True:
            # One task more than there are processes, so that none of them waits for the next.
            for index, task in left:
                busy[_scheduled(pool, work, task)] = index
                if len(busy) > processes:
                    break
            if not busy:
                return
            for done in _some(busy, pool):
                yield busy.pop(done), heard(done)


class Room:
    """One process that answers questions one after another; after its death the next question finds a fresh one.

    ``notes`` says what else happened to it.

    ``prepare(*arguments)`` is called first in each process.
    """

    def __init__(self, prepare: Callable[..., None], *arguments: Any) -> None:
        self._prepare, self._arguments = prepare, arguments
        self._pool: ProcessPool | None = None
        self.notes: list[str] = []

    @property
    def fresh(self) -> bool:
        """Whether the next question will start a process."""
        return self._pool is None

    def ask(self, question: Callable[..., Answer], arguments: tuple[Any, ...], watch: Callable[[], str]) -> Any:
        """What ``question(*arguments)`` gives there, or ``Died``; then ``end`` makes place for a fresh process.

        ``watch`` is asked while there is no answer: why to wait no longer, or nothing. Raises UsageError where no
        process can be started.
        """
        if self._pool is None:
            self._pool = ProcessPool(1, initializer=self._prepare, initargs=self._arguments, context=quickly())
        elif not self._pool.active:
            return Died(IDLE)
        try:
            future = _scheduled(self._pool, question, *arguments)
        except UsageError:
            self._pool = None  # another question may find room again
            raise
        while not wait([future], TICK).done:
            self._wake()
            if why := watch() or ("" if self._pool.active else BROKEN):
                return Died(why)
        self._wake()
        answer = heard(future)  # one whose parent is gone has little time left, and is no good for another question
        return Died(PARENTLESS) if parent_ended() else answer

    def end(self) -> None:
        """End the process, whatever it is doing."""
        self._wake()
        if self._pool is not None:
            self._pool.stop()  # type: ignore[no-untyped-call] # pebble gives it no types
            leaving = Thread(target=self._pool.join, daemon=True)
            leaving.start()
            leaving.join(LEAVING)
            self._pool = None

    def _wake(self) -> None:
        if woken() and STOPPED not in self.notes:
            self.notes.append(STOPPED)


def answered(work: Callable[..., Answer], *arguments: Any) -> Answer | Died:
    """In the process: the answer; whatever is raised, SystemExit too, becomes words."""
    try:
        return work(*arguments)
    except BaseException as error:  # noqa: BLE001 - also SystemExit, which a layer may raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        said = f": {error}" if str(error) else ""
        why = f"{type(error).__name__}{said} ({last.filename}:{last.lineno})"
        return Died(why, error if isinstance(error, GradproofError) else None)


def _scheduled(pool: ProcessPool, work: Callable[..., Answer], *arguments: Any) -> Future[Answer | Died]:
    """The answer to come of a process of the pool, which is started where it has none.

    Raises UsageError where none can be.
    """
    try:
        return pool.schedule(answered, (work, *arguments))
    except BrokenProcessPool as error:
        if isinstance(error.__cause__, OSError):
            raise unstarted(error.__cause__) from error
        raise


def heard(future: Future[Answer | Died]) -> Answer | Died:
    """The answer of a task that is done."""
    try:
        return future.result()
    except ProcessExpired as error:
        return Died(death(error.exitcode))
    except BrokenProcessPool:
        return Died(IDLE)
    except CancelledError:
        return Died("the process was ended")


def _some(busy: dict[Future[Answer | Died], int], pool: ProcessPool) -> set[Future[Answer | Died]]:
    """Tasks that are done, at least one."""
    while not (done := wait(busy, TICK, FIRST_COMPLETED).done):
        if not pool.active:
            raise BrokenProcessPool(BROKEN)
    return done


def death(code: int) -> str:
    """What an exit code tells of a process's end."""
    if code == ORPHANED:
        return PARENTLESS
    if code < 0:
        name = signal.Signals(-code).name
        return f"the process was killed by {name}{_MEANINGS.get(name, '')}"
    return f"the process ended by itself with exit code {0 if code == LEFT else code}"


@contextmanager
def _ending(pool: ProcessPool) -> Iterator[ProcessPool]:
    """End the processes at once when the caller has enough."""
    try:
        yield pool
    finally:
        pool.stop()  # type: ignore[no-untyped-call] # pebble gives it no types
        pool.join()
