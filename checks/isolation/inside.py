"""What happens in a subject's own process: it is prepared, the subject is opened, questions are answered."""

from __future__ import annotations

import ctypes
import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, TypeVar

import numpy as np

from checks.case import Case
from checks.compare import compare
from checks.devices import lost
from checks.family import Family
from checks.hearing import Here, Said
from checks.invariants.reseeding import reseeded
from checks.invariants.shared_places import restored, seen
from checks.invariants.surroundings import Surroundings, put_back, unchanged
from checks.invariants.written import watch
from checks.isolation.allowance import in_words
from checks.isolation.desk import NOBODY, Desk
from checks.isolation.parcels import loaded, packed
from checks.subject import Subject
from checks.types import Array, Arrays, Config, Shape
from checks.witness import Trial, Witness

T = TypeVar("T")

#: Linux's number for "kill me when my parent dies".
_DIE_WITH_PARENT = 1

#: Cases on which it is looked whether a layer seeds generators anew: one that does does so in every forward.
LOOKS = 3

#: Exit code of a process whose device the subject has broken, or that it has used up: EX_OSERR of sysexits.h.
BROKEN_DEVICE = 71


@dataclass
class _Inside:
    """All that this process knows; ``heard`` counts cases."""

    desk: Desk
    pid: int
    memory: int
    pipes: tuple[Any, ...]
    subject: Subject | None = None
    family: Family | None = None
    heard: int = 0


_inside: list[_Inside] = []


def prepare(folder: str, desk: Desk, output: Connection, trace: Connection, memory: int) -> None:
    """Make a fresh process ready for a subject that may do anything to it, in the folder of the caller."""
    os.chdir(folder)
    if hasattr(os, "setsid"):
        os.setsid()  # so that what it leaves behind can be found and ended
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    for standard in (1, 2):
        os.dup2(output.fileno(), standard)
    sys.stdout = open(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    sys.stderr = open(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)  # noqa: SIM115
    faulthandler.enable(trace.fileno(), all_threads=False)
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR2, trace.fileno(), all_threads=False)
    signal.signal(signal.SIGINT, _deaf)
    if memory:
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    warnings.simplefilter("ignore")
    warnings.filterwarnings("ignore", "whatever a layer puts before this one is seen")
    watch()
    _inside[:] = [_Inside(desk, os.getpid(), memory, (output, trace))]
    desk.pid = os.getpid()


def _deaf(_signal: int, _frame: object) -> None:
    """Ctrl-C is for whoever asks; it is heard here by nobody, so that a layer is seen that ignores it from then on."""


def ready() -> None:
    """Nothing: an answer shows that the process has started."""


def enter(opening: bytes) -> bytes:
    """Open a subject; gives what the opening says of it."""
    (inside,), before = _inside, seen()
    try:
        inside.subject, inside.family, description = loaded(opening)(partial(_watched, inside))
    finally:
        restored(before)  # what a first call changes is seen at the next
    return packed(description, "what is known of the layer")


def hear(
    case: Case, arithmetic: str, witnesses: tuple[Witness, ...], until: float
) -> tuple[list[Said], tuple[str, ...]]:
    """What every witness says that is heard ``until`` then; a hazard where the subject leaves this process changed.

    Then what else is to be said of the subject by now.
    """
    (inside,), here = _inside, Here()
    here.until = until
    before, loaded, said = seen(), len(sys.modules), list[Said]()
    inside.desk.witness = NOBODY
    trial = _trial(inside, case, arithmetic)
    trial.subject.changes.clear()
    for each in here.hear(trial, witnesses):
        said.append(each)
        inside.desk.witness = len(said)
    inside.heard, inside.desk.witness = inside.heard + 1, NOBODY
    seeding = reseeded(trial) if inside.heard <= LOOKS else []
    changed = [*restored(before), *put_back(trial.subject)]  # after the last of its calls
    # What is loaded, by the layer's first call or by a witness, may change the process once: frameworks do.
    if inside.heard == 1 or len(sys.modules) != loaded:
        changed = []
    changed += seeding
    if changed and said:
        said.append(Said(Surroundings(), [compare(unchanged(changed))], said[-1].arithmetic))
    return said, tuple(trial.subject.remarks)


def ask(case: Case, arithmetic: str, question: Callable[[Trial], T]) -> T:
    """The answer to a question about the subject on a case."""
    (inside,) = _inside
    before = seen()
    try:
        return question(_trial(inside, case, arithmetic))
    finally:
        restored(before)


def _trial(inside: _Inside, case: Case, arithmetic: str) -> Trial:
    if inside.subject is None or inside.family is None:
        raise RuntimeError("no subject was opened in this process")
    return Trial(replace(inside.subject, arithmetic=arithmetic), inside.family, case)


def _watched(inside: _Inside, subject: Subject) -> Subject:
    """The subject with a clock on each of its calls, in each of its modes."""

    def forward(arrays: Arrays, config: Config) -> tuple[Array, Any]:
        return _called(inside, "forward", subject.forward, arrays, config)

    def backward(dy: Array, saved: Any) -> Mapping[str, Array]:
        return _called(inside, "backward", subject.backward, dy, saved)

    some = subject.some and partial(_called, inside, "forward and backward", subject.some)
    of_outputs = subject.of_outputs and partial(_called, inside, "forward and backward", subject.of_outputs)
    inference = subject.inference and partial(_called, inside, "forward", subject.inference)
    modes = {mode: _watched(inside, other) for mode, other in subject.modes.items()}
    untouched = subject.untouched and _watched(inside, subject.untouched)
    asked = replace(subject, forward=forward, backward=backward, some=some, inference=inference)
    asked = replace(asked, of_outputs=of_outputs)
    sibling = subject.sibling and _watched(inside, subject.sibling)
    return replace(asked, modes=modes, untouched=untouched, sibling=sibling)


def _shape(given: Any) -> Shape:
    """That of the first array which a call is handed."""
    return np.shape(next(iter(given.values()), 0.0) if isinstance(given, Mapping) else given)


def _called(inside: _Inside, name: str, call: Callable[..., T], *arguments: Any) -> T:
    try:
        with inside.desk.calling(name, _shape(arguments[0])):
            return call(*arguments)
    except MemoryError as error:
        limit = f"; the process may use {in_words(inside.memory)}" if inside.memory else ""
        raise MemoryError(f"{error or 'out of memory'}{limit}") from error
    except Exception as error:
        if why := lost(error):  # a fresh process finds all as it was
            sys.stderr.write(f"{name}: {why}\n")
            os._exit(BROKEN_DEVICE)
        raise
    finally:
        if os.getpid() != inside.pid:
            os._exit(0)  # a copy of this process, made by the subject: it must not answer too
