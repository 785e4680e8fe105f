"""Processes that do one task at a time: one that dies takes its own task with it and nothing else.

Tasks and messages are pickled. A process starts afresh (spawn), so that the number of threads of every BLAS is what the
caller asked for; it never hears Ctrl-C, which is for the caller to handle: closing the iterator ends the processes.
"""

from __future__ import annotations

import os
import signal
import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from multiprocessing import get_context, resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeAlias, TypeVar

#: What the libraries below NumPy and PyTorch read when they are loaded.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: Seconds that a process gets to end by itself before it is killed.
PATIENCE = 1.0

Pipe: TypeAlias = "Connection[Any, Any]"
Task = TypeVar("Task")
Message = TypeVar("Message")


@dataclass(frozen=True)
class Died:
    """A task that did not come to its end, and what is known of the reason."""

    why: str


class _Finished:
    """Sent after the last message of a task."""


@dataclass
class _Worker(Generic[Task]):
    process: BaseProcess
    pipe: Pipe
    index: int

    def give(self, index: int, task: Task) -> None:
        """Hand over the next task; a process that is gone is noticed when its answer is read."""
        self.index = index
        with suppress(OSError):
            self.pipe.send(task)

    def read(self) -> Any:
        """The next message, or Died."""
        try:
            return self.pipe.recv()
        except (EOFError, OSError):
            self.process.join()
            return Died(_death(self.process.exitcode))

    def end(self) -> None:
        """Stop, whatever it is doing."""
        self.process.terminate()
        self.process.join(PATIENCE)
        self.process.kill()
        self.process.join()
        self.pipe.close()


def run(
    work: Callable[[Task], Iterable[Message]], tasks: Sequence[Task], processes: int, threads: int = 1
) -> Iterator[tuple[int, Message | Died]]:
    """Every message of ``work(task)`` with the index of its task, as they come, from ``processes`` processes.

    ``work`` is a function of a module. A task that raises or whose process dies ends with a ``Died`` message.
    """
    waiting, busy = deque(enumerate(tasks)), dict[Any, _Worker[Task]]()
    try:
        while waiting or busy:
            while waiting and len(busy) < processes:
                worker = _start(work, threads)
                busy[worker.pipe] = worker
                worker.give(*waiting.popleft())
            for pipe in wait(list(busy)):
                yield from _hear(busy, busy[pipe], waiting)
    finally:
        for worker in busy.values():
            worker.end()


def _hear(
    busy: dict[Any, _Worker[Task]], worker: _Worker[Task], waiting: deque[tuple[int, Task]]
) -> Iterator[tuple[int, Any]]:
    """One message of one worker; where it has finished, its next task."""
    index, message = worker.index, worker.read()
    if not isinstance(message, _Finished):
        yield index, message
    if isinstance(message, _Finished) and waiting:
        worker.give(*waiting.popleft())
    elif isinstance(message, (_Finished, Died)):
        del busy[worker.pipe]
        worker.end()


def _start(work: Callable[[Task], Iterable[Any]], threads: int) -> _Worker[Task]:
    context = get_context("spawn")
    near, far = context.Pipe()
    process = context.Process(target=_serve, args=(work, far), daemon=True)
    with _environment(dict.fromkeys(THREADS, str(threads))), _deaf():
        process.start()
    far.close()
    return _Worker(process, near, -1)


def _serve(work: Callable[[Any], Iterable[Any]], pipe: Pipe) -> None:
    """What a process does: one task after another until the caller hangs up."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    while True:
        try:
            task = pipe.recv()
        except EOFError:
            return
        _do(work, task, pipe)


def _do(work: Callable[[Any], Iterable[Any]], task: object, pipe: Pipe) -> None:
    try:
        for message in work(task):
            pipe.send(message)
        pipe.send(_Finished())
    except BaseException as error:  # noqa: BLE001 - also SystemExit, which a layer may raise
        last = traceback.extract_tb(error.__traceback__)[-1]
        with suppress(OSError):  # the caller may be gone
            pipe.send(Died(f"{type(error).__name__}: {error} ({last.filename}:{last.lineno})"))
        raise SystemExit(0) from None


def _death(code: int | None) -> str:
    """What an exit code tells of a process's end."""
    if code is not None and code < 0:
        return (
            f"the process was killed by {signal.Signals(-code).name} (a crash in compiled code, or too little memory)"
        )
    return f"the process ended by itself with exit code {code}"


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})


@contextmanager
def _deaf() -> Iterator[None]:
    """Block Ctrl-C while a process starts: it inherits the block; the caller hears the signal a moment later."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # it would lift the block
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
