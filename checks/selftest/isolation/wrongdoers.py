"""ReLUs that do something to their process on every batch of more than one sample, and are right on the others."""

from __future__ import annotations

import ctypes
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

from checks.types import Array
from reference_impl import relu_backward, relu_forward

#: Holds on to memory.
KEPT: list[Array] = []


def spin() -> None:
    """Never comes back, and lets signals through."""
    while True:
        pass


def spin_in_c() -> None:
    """Never comes back, inside of the regular expressions' own code, for 2**60 steps: no signal is heard."""
    re.match(r"(a+)+$", "a" * 60 + "b")


def fill() -> None:
    """Asks for memory until there is none."""
    while True:
        KEPT.append(np.zeros(4_000_000))


def grow_and_wait() -> None:
    """Takes a gigabyte, which is less than the limit, and never comes back."""
    KEPT.append(np.ones(1 << 27))
    time.sleep(1000)


def scribble() -> None:
    """Closes what it has not opened, the pipe to its keeper included."""
    os.closerange(3, 200)


def shout() -> None:
    """Prints megabytes, past Python too, and then dies."""
    sys.stdout.write("x" * 3_000_000)
    os.write(2, b"\nlast words\n")
    os.abort()


def double() -> None:
    """Comes back twice."""
    os.fork()


def linger() -> None:
    """Leaves a thread and a child process behind."""
    threading.Thread(target=time.sleep, args=(1000,), daemon=True, name="lingerer").start()
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"])


def move() -> None:
    """Changes what every layer of its process shares."""
    os.chdir("/")
    os.environ["MOVED"] = str(time.monotonic())
    np.seterr(all="raise")
    warnings.simplefilter("error", category=ResourceWarning, append=len(KEPT) > 1)
    torch.set_default_dtype(torch.float64)
    torch.set_grad_enabled(False)
    signal.alarm(1000)


def log() -> None:
    """Writes a file in the caller's folder, and one for a moment."""
    with Path("calls.log").open("a", encoding="utf-8") as calls, tempfile.TemporaryFile() as moment:
        calls.write("called")
        moment.write(b"called")


def handle() -> None:
    """Takes a signal for itself."""
    signal.signal(signal.SIGTERM, lambda *_: None)


def ignore_ctrl_c() -> None:
    """Is deaf to Ctrl-C from then on, and so is its process."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def reload() -> None:
    """Takes all modules out that are to be imported again, gradproof's too, which are not its own."""
    for name in [name for name in sys.modules if name.startswith("checks")]:
        del sys.modules[name]


def forward_that(does: Callable[[], Any]) -> tuple[Any, Any]:
    """A pair that does something in each forward."""

    def forward(x: Array) -> tuple[Array, Any]:
        does()
        return relu_forward(x)

    return forward, relu_backward


def keep_and_seed() -> None:
    """Seeds NumPy's generator, and leaves it as it was."""
    state = np.random.get_state()  # noqa: NPY002 - what layers do
    np.random.seed(0)  # noqa: NPY002 - as above
    np.random.set_state(state)  # noqa: NPY002 - as above


def relu(harm: Callable[[], Any]) -> tuple[Any, Any]:
    """A pair that does harm in its backward."""

    def backward(dy: Array, saved: Any) -> Array:
        if dy.shape[0] > 1:
            harm()
        return relu_backward(dy, saved)

    return relu_forward, backward


segfault = relu(lambda: ctypes.string_at(0))
hang = relu(spin)
