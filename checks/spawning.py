"""How a process of ours starts: afresh, with few threads, deaf to Ctrl-C, and without the caller's script.

A script that calls ``examine`` at its top level would otherwise be run again in every process that it starts.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing import forkserver, get_all_start_methods, get_context, resource_tracker
from multiprocessing.context import BaseContext, SpawnContext, SpawnProcess
from pathlib import Path
from pkgutil import iter_modules
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

from checks import families
from checks.errors import UsageError

if TYPE_CHECKING or "forkserver" in get_all_start_methods():
    from multiprocessing.context import ForkServerContext, ForkServerProcess
else:
    ForkServerContext, ForkServerProcess = SpawnContext, SpawnProcess

#: What the libraries below NumPy and PyTorch read when they are loaded.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

#: Exit code of a process that left by itself with 0: it was never told to leave.
LEFT = 256

#: Exit code of a process whose parent, which alone could tell its exit code, has ended before it.
ORPHANED = 257

#: What ``multiprocessing`` gives where nobody can tell the exit code; a process may leave with it, too.
_UNTOLD = 255

#: What a process that is started often finds loaded; PyTorch where there is one.
PRELOADED = (
    "checks.copied",
    "checks.api",
    "checks.runner",
    "torch",
    *(sheet.name for sheet in iter_modules(families.__path__, "checks.families.")),
)

#: Where the flags of a process stand in /proc/PID/stat behind its name, and the one of a process that ends (proc(5)).
_FLAGS, _EXITING = 6, 0x4

#: The file at which a process waits for several others (epoll(7)), as /proc/PID/fd shows it.
_WAITING = "anon_inode:[eventpoll]"

_STARTING = Lock()


def unstarted(error: OSError) -> UsageError:
    """What is said where no process can be started, on a full disk mostly."""
    where = f": {error.filename}" if error.filename else ""
    return UsageError(
        f"no process can be started to examine a layer in ({error.strerror or error}{where}); expected room for a few "
        "temporary files, processes and open files: free some, or name another folder for temporary files, TMPDIR=/path"
    )


class _Careful:
    """A process whose start changes nothing for the caller and takes nothing of the caller along."""

    threads = 1

    def start(self) -> None:
        """Start it."""
        with _STARTING, _alone(self.threads):
            super().start()  # type: ignore[misc] # of the process class beside this one

    @property
    def exitcode(self) -> int | None:
        """As multiprocessing has it, but leaving with 0 in the middle of a task is a death like any other."""
        code: int | None = super().exitcode  # type: ignore[misc] # the same
        return LEFT if code == 0 else code


class _Spawned(_Careful, SpawnProcess):
    """A process that loads everything anew."""


class _Forked(_Careful, ForkServerProcess):
    """A copy of a process that has loaded everything and done nothing."""

    _copied: int | None = None

    def start(self) -> None:
        """Start it; of another process where the one that others were copies of is on its way out."""
        _ = woken()  # no process starts while it stands still
        _wait_for_the_ending()
        super().start()
        self._copied = _server()

    @property
    def exitcode(self) -> int | None:
        """As above; nobody can tell it where the process of which this is a copy has ended."""
        code = super().exitcode
        orphaned = code == _UNTOLD and (self._copied != _server() or parent_ended())
        return ORPHANED if orphaned else code


class _Spawning(SpawnContext):
    def __init__(self, threads: int) -> None:
        super().__init__()
        self.threads = threads

    def Process(self, *arguments: Any, **keywords: Any) -> _Spawned:  # type: ignore[override] # noqa: N802
        found = _Spawned(*arguments, **keywords)
        found.threads = self.threads
        return found


class _Forking(ForkServerContext):
    Process = _Forked


def afresh(threads: int = 1) -> BaseContext:
    """Processes that load everything anew, with this many threads for every library below NumPy and PyTorch."""
    return _Spawning(threads)


def quickly() -> BaseContext:
    """Processes with one thread that start in a few hundredths of a second, from the second one on.

    They are copies of a process of their own that has loaded NumPy and PyTorch and done nothing yet. Where copies of a
    loaded process are not safe (macOS) or not possible (Windows) they load everything anew.
    """
    if sys.platform != "linux":
        return afresh()
    get_context("forkserver").set_forkserver_preload(list(PRELOADED))
    return _Forking()


def prepare() -> None:
    """Let the process of which others will be copies load what it needs, beside whatever else is done.

    Where it cannot be started now, it is told when one is asked for.
    """
    if sys.platform != "linux":
        return
    quickly()
    with suppress(OSError), _STARTING, _alone(1):
        _wait_for_the_ending()
        forkserver.ensure_running()


def prepared() -> bool:
    """Whether a process starts at once: the one of which it is a copy has loaded everything, and waits to be asked.

    That one opens what it waits at after it has loaded everything. Elsewhere each loads for itself.
    """
    if sys.platform != "linux":
        return True
    server = _server()
    with suppress(OSError):  # it ends, or one of its files is closed meanwhile
        return any(str(each.readlink()) == _WAITING for each in Path(f"/proc/{server}/fd").iterdir())
    return False


def _server() -> int | None:
    """The process that copies itself; None before the first copy."""
    number: int | None = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined] # noqa: SLF001 - no other way
    return number


def parent_ended() -> bool:
    """Whether the process of which the others are copies has ended, or was told to and is about it.

    It is left for ``multiprocessing`` to collect.
    """
    if sys.platform != "linux" or (server := _server()) is None:
        return False
    try:
        return os.waitid(os.P_PID, server, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None or _is_ending(server)
    except (ChildProcessError, FileNotFoundError, ProcessLookupError):  # collected already
        return True


def woken() -> bool:
    """Whether somebody had stopped the process of which the others are copies, which then goes on.

    While it stands still no process starts, and nobody learns that one has ended.
    """
    if sys.platform != "linux" or (server := _server()) is None:
        return False
    try:
        stopped = os.waitid(os.P_PID, server, os.WSTOPPED | os.WNOHANG) is not None
    except ChildProcessError:  # it has ended
        return False
    if stopped:
        os.kill(server, signal.SIGCONT)
    return stopped


def _wait_for_the_ending() -> None:
    """Until ``multiprocessing`` can see that the process of which others are copies has ended: it would ask in vain."""
    server = _server()
    if server is not None and parent_ended():
        with suppress(ChildProcessError):  # collected already
            os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)


def _is_ending(process: int) -> bool:
    """Whether a deadly signal waits for a process, or it is giving back what it had: either may take a moment."""
    status, stat = (Path(f"/proc/{process}/{name}").read_text(encoding="utf-8") for name in ("status", "stat"))
    waiting = (int(line.split()[1], 16) for line in status.splitlines() if line.startswith(("SigPnd", "ShdPnd")))
    flags = int(stat.rpartition(")")[2].split()[_FLAGS])
    return bool(flags & _EXITING) or any(each >> (signal.SIGKILL - 1) & 1 for each in waiting)


@contextmanager
def _alone(threads: int) -> Iterator[None]:
    """What a process that is started now has, and has not, of the caller."""
    with ExitStack() as around:
        around.enter_context(_environment(dict.fromkeys(THREADS, str(threads))))
        around.enter_context(_deaf())
        around.enter_context(_without_script())
        yield


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


@contextmanager
def _without_script() -> Iterator[None]:
    """Multiprocessing looks at ``__main__`` to find the script that the new process should run first."""
    script = sys.modules["__main__"]
    sys.modules["__main__"] = ModuleType("__main__")
    try:
        yield
    finally:
        sys.modules["__main__"] = script
