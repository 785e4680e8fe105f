"""A layer leaves its process as it found it: what it changes there changes the next layer's numbers, or the caller's.

Not among the laws of every run: only where a subject has a process of its own may what it changed be put back.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import warnings
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from checks.claim import Claim
from checks.errors import SubjectError
from checks.generators import listening, other_seeds, shared_after
from checks.invariants.written import written
from checks.subject import Subject
from checks.witness import Trial, Witness


@dataclass(frozen=True)
class Place:
    """One thing that every layer of a process shares: how it is read and, where that is possible, put back."""

    name: str
    read: Callable[[], Any]
    restore: Callable[[Any], object] = lambda _: None


class Surroundings(Witness):
    """A forward and a backward change nothing that other layers of the process share."""

    law = "surroundings"
    needs = "a process of its own (isolate=True)"

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """A hazard where something is not as it was.

        Raises SubjectError where the subject raises.
        """
        before = seen()
        trial.subject.vjp(trial.case)
        seeding = reseeded(trial)
        yield unchanged([*restored(before), *put_back(trial.subject), *seeding])


class Computing(Witness):
    """The same of how the process computes, which is put back after each call: of a layer in anyone's process."""

    law = Surroundings.law

    def claims(self, trial: Trial) -> Iterator[Claim]:
        """A hazard where it was not left as it was.

        Raises SubjectError where the subject raises.
        """
        trial.subject.vjp(trial.case)
        yield unchanged(put_back(trial.subject))


def unchanged(changed: list[str]) -> Claim:
    """Nothing may have changed."""
    got, nothing = np.array([float(len(changed))]), np.zeros(1)
    why = "; ".join(changed) or "nothing changed"
    return Claim(Surroundings.law, "y", got, nothing, nothing, why, severity="hazard", counted="change")


def put_back(subject: Subject) -> list[str]:
    """Say what the calls of a subject would have left changed, which is forgotten then."""
    found = [_told(name, before, after) for name, (before, after) in subject.changes.items()]
    subject.changes.clear()
    return found


def seen() -> dict[str, Any]:
    """Everything that layers share, by name."""
    return {place.name: place.read() for place in _places()}


def restored(before: Mapping[str, Any]) -> list[str]:
    """Put back what can be, and say what is not as it was."""
    changed = []
    for place in _places():
        if place.name in before and (now := place.read()) != before[place.name]:
            changed.append(_told(place.name, before[place.name], now))
            place.restore(before[place.name])
    return changed


def reseeded(trial: Trial) -> list[str]:
    """Say which of the shared generators a call leaves in one state, wherever they begin: it has seeded them anew.

    One that draws leaves them as far from one another as they began. Nothing where the subject raises.
    """
    try:
        first = _left_by(trial, 1)
        with other_seeds():
            second = _left_by(trial, 2)
    except SubjectError:
        return []
    alike = dict.fromkeys(name for (name, one), (_, other) in zip(first, second, strict=False) if one == other)
    return [f"the layer seeds {name} generator anew: what others draw next is no longer random" for name in alike]


def _left_by(trial: Trial, seed: int) -> list[tuple[str, Any]]:
    """The generators as a forward leaves them, and then a backward.

    PyTorch's, where the subject is not, is read from outside.
    """
    torch = sys.modules.get("torch")
    before = torch and torch.get_rng_state()
    try:
        with listening() as heard:
            if torch:
                torch.manual_seed(seed)
            trial.subject.apply(trial.case.inputs, trial.case.config)
        found = [*heard, *([("PyTorch's", torch.get_rng_state().tolist())] if torch else [])]
        return [*found, *shared_after(lambda: trial.subject.vjp(trial.case), seed)]
    finally:
        if torch:
            torch.set_rng_state(before)


def _told(name: str, before: Any, now: Any) -> str:
    return f"the layer leaves {name} changed: {_difference(before, now)}"


def _difference(before: Any, now: Any) -> str:
    if isinstance(before, Counter):
        return ", ".join(sorted(now - before)) or "fewer"
    if isinstance(before, tuple):
        return f"{next(iter(now), 'nothing')!s:.200} stands first"
    if isinstance(before, dict):
        names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
        before, now = ({name: side.get(name) for name in names} for side in (before, now))
    return f"{before!s:.200} became {now!s:.200}"


def _places() -> Iterator[Place]:
    yield Place("the working directory", _folder, os.chdir)
    yield Place("os.environ", lambda: dict(os.environ), _set_environment)
    yield Place("NumPy's error state", np.geterr, lambda before: np.seterr(**before))
    yield Place("NumPy's print options", np.get_printoptions, lambda before: np.set_printoptions(**before))
    yield Place("the warnings filters", lambda: tuple(warnings.filters), _set_filters)
    yield Place("the recursion limit", sys.getrecursionlimit, sys.setrecursionlimit)
    for name in ("stdin", "stdout", "stderr"):
        yield Place(f"sys.{name}", partial(getattr, sys, name), partial(setattr, sys, name))
    yield Place("signal handlers", _handlers, _set_handlers)
    yield Place("files on the disk", written)
    yield Place("threads running", lambda: Counter(thread.name for thread in threading.enumerate()))
    if hasattr(os, "waitid"):
        yield Place("child processes", _children)
    if hasattr(signal, "getitimer"):
        yield Place("an alarm", lambda: signal.getitimer(signal.ITIMER_REAL)[0] > 0, _disarm)
    if torch := sys.modules.get("torch"):
        yield Place("PyTorch's default dtype", torch.get_default_dtype, torch.set_default_dtype)
        yield Place("PyTorch's grad mode", torch.is_grad_enabled, torch.set_grad_enabled)
        yield Place("PyTorch's number of threads", torch.get_num_threads, torch.set_num_threads)


def _folder() -> str:
    try:
        return str(Path.cwd())
    except FileNotFoundError:
        return "a folder that does not exist"


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
