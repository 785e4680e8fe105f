"""What every layer of a process shares: how it is read, and put back where that is possible."""

from __future__ import annotations

import gc
import locale
import os
import signal
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from checks.invariants import own_modules
from checks.invariants.place import Place
from checks.invariants.torch_places import torch_places
from checks.invariants.written import written
from checks.refusals import printable

#: How many of the threads or files that a layer leaves are named.
SHOWN = 3


def seen() -> dict[str, Any]:
    """Everything that layers share, by name."""
    return {place.name: place.read() for place in _places()}


def restored(before: Mapping[str, Any]) -> list[str]:
    """Put back what can be, and say what is not as it was."""
    changed = []
    for place in _places():
        if place.name in before and (now := place.read()) != before[place.name]:
            changed.append(told(place.name, before[place.name], now))
            place.restore(before[place.name])
    return changed


def told(name: str, before: Any, now: Any) -> str:
    """A sentence of what a layer leaves changed, which stood ``before``."""
    return f"the layer leaves {name} changed: {_difference(before, now)}"


def _difference(before: Any, now: Any) -> str:
    if isinstance(before, Counter):
        return _first(sorted(now - before)) or "fewer"
    if isinstance(before, tuple):
        later = [each for each in now[1:] if each not in before and now[0] in before]
        return f"{later[0]!s:.200} is new" if later else f"{next(iter(now), 'nothing')!s:.200} stands first"
    if isinstance(before, dict):
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        before, now = ({name: side.get(name) for name in names} for side in (before, now))
    return f"{before!s:.200} became {now!s:.200}"


def _first(names: list[str]) -> str:
    """The first of them, and how many more there are: a layer may leave hundreds."""
    more = f", and {len(names) - SHOWN:,} more" if len(names) > SHOWN else ""
    return f"{', '.join(map(printable, names[:SHOWN]))}{more}"


def _places() -> Iterator[Place]:
    yield Place("the working directory", _folder, os.chdir)
    yield Place("os.environ", lambda: dict(os.environ), _set_environment)
    yield Place("the locale", partial(locale.setlocale, locale.LC_ALL), partial(locale.setlocale, locale.LC_ALL))
    yield Place("the mode of files that are made", _mode, lambda before: os.umask(int(before, 8)))
    yield Place("the collection of garbage", gc.isenabled, _set_collection)
    yield Place("NumPy's error state", np.geterr, lambda before: np.seterr(**before))
    yield Place("NumPy's print options", np.get_printoptions, lambda before: np.set_printoptions(**before))
    yield Place("the warnings filters", lambda: tuple(warnings.filters), _set_filters)
    yield Place("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit)
    yield Place("gradproof's own modules in sys.modules", own_modules.missing, own_modules.put_in)
    yield Place("sys.path", lambda: tuple(sys.path), _set_path)
    for name in ("stdin", "stdout", "stderr", "excepthook"):
        yield Place(f"sys.{name}", partial(getattr, sys, name), partial(setattr, sys, name))
    yield Place("signal handlers", _handlers, _set_handlers)
    yield Place("files on the disk", written)
    yield Place("threads running", lambda: Counter(thread.name for thread in threading.enumerate()))
    if hasattr(os, "waitid"):
        yield Place("child processes", _children)
    if hasattr(signal, "getitimer"):
        yield Place("an alarm", lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0, _disarm)
    if torch := sys.modules.get("torch"):
        yield from torch_places(torch)


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "a folder that does not exist"


def _mode() -> str:
    """What is taken from the mode of new files, of which there is no other way to read it."""
    os.umask(before := os.umask(0o077))
    return f"{before:03o}"


def _set_collection(before: bool) -> None:  # noqa: FBT001 - what was read
    (gc.enable if before else gc.disable)()


def _set_environment(before: Mapping[str, str]) -> None:
    os.environ.clear()
    os.environ.update(before)


def _handlers() -> dict[str, Any]:
    """By the name of the signal; those that Python did not install are None."""
    return {
        each.name: signal.getsignal(each) for each in sorted(signal.valid_signals()) if isinstance(each, signal.Signals)
    }


def _set_handlers(before: Mapping[str, Any]) -> None:
    for name, handler in before.items():
        if handler is not None and signal.getsignal(signal.Signals[name]) is not handler:
            signal.signal(signal.Signals[name], handler)


def _set_path(before: tuple[str, ...]) -> None:
    sys.path[:] = before


def _set_filters(before: tuple[Any, ...]) -> None:
    warnings.filters[:] = before  # type: ignore[index] # a list indeed


def _children() -> str:
    """How many child processes are there, running or not yet waited for; whether any is, where that is not told."""
    lists = [_read(each) for each in Path("/proc/self/task").glob("*/children")]
    if lists:
        return str(sum(len(each.split()) for each in lists))
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return "none"
    return "some"


def _read(path: Path) -> str:
    """What stands in a file of a thread; nothing where the thread has ended by now."""
    with suppress(OSError):
        return path.read_text()
    return ""


def _disarm(_: bool) -> None:  # noqa: FBT001 - what was read
    signal.setitimer(signal.ITIMER_REAL, 0)
